package dynamodb

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// fingerprint tells whether two requests with the same ClientRequestToken ask for the same.
func fingerprint(members []types.TransactWriteItem) [32]byte {
	f := digest{sha256.New()}
	for _, m := range members {
		switch {
		case m.Put != nil:
			p := m.Put
			f.text("put", p.TableName, p.ConditionExpression)
			f.item(p.Item)
			f.placeholders(p.ExpressionAttributeNames, p.ExpressionAttributeValues)
		case m.Update != nil:
			u := m.Update
			f.text("update", u.TableName, u.ConditionExpression, u.UpdateExpression)
			f.item(u.Key)
			f.placeholders(u.ExpressionAttributeNames, u.ExpressionAttributeValues)
		case m.Delete != nil:
			d := m.Delete
			f.text("delete", d.TableName, d.ConditionExpression)
			f.item(d.Key)
			f.placeholders(d.ExpressionAttributeNames, d.ExpressionAttributeValues)
		case m.ConditionCheck != nil:
			c := m.ConditionCheck
			f.text("check", c.TableName, c.ConditionExpression)
			f.item(c.Key)
			f.placeholders(c.ExpressionAttributeNames, c.ExpressionAttributeValues)
		}
	}
	return [32]byte(f.Sum(nil))
}

// A digest writes every piece with its length, so that pieces cannot run into each other.
type digest struct{ hash.Hash }

func (d digest) piece(text string) { fmt.Fprintf(d, "%d:%s", len(text), text) }

func (d digest) text(kind string, texts ...*string) {
	d.piece(kind)
	for _, t := range texts {
		d.piece(aws.ToString(t))
	}
}

func (d digest) placeholders(names map[string]string, values item) {
	for _, key := range sortedKeys(names) {
		d.piece(key)
		d.piece(names[key])
	}
	d.item(values)
}

func (d digest) item(it item) {
	fmt.Fprintf(d, "{%d", len(it))
	for _, name := range sortedKeys(it) {
		d.piece(name)
		d.value(it[name])
	}
}

func (d digest) value(v types.AttributeValue) {
	d.piece(typeCode(v))
	switch v := v.(type) {
	case *types.AttributeValueMemberBOOL:
		fmt.Fprintf(d, "%t", v.Value)
	case *types.AttributeValueMemberM:
		d.item(v.Value)
	case *types.AttributeValueMemberL:
		fmt.Fprintf(d, "[%d", len(v.Value))
		for _, element := range v.Value {
			d.value(element)
		}
	default:
		d.plain(v)
	}
}

// plain writes a scalar, or a set in an order of its own.
func (d digest) plain(v types.AttributeValue) {
	text, _ := scalarText(v)
	texts, isSet := elements(v)
	if !isSet {
		d.piece(text)
		return
	}
	fmt.Fprintf(d, "<%d", len(texts))
	for _, element := range slices.Sorted(slices.Values(texts)) {
		d.piece(element)
	}
}
