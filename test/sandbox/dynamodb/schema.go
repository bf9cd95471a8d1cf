package dynamodb

import (
	"encoding/binary"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// A keyAttribute is an attribute that a table or an index is ordered by; an empty name means that there is none.
type keyAttribute struct {
	name string
	kind string // S, N or B
}

// A keySchema is what identifies an item in a table, or orders it in an index.
type keySchema struct{ hash, sort keyAttribute }

func (k keySchema) attributes() []keyAttribute {
	if k.sort.name == "" {
		return []keyAttribute{k.hash}
	}
	return []keyAttribute{k.hash, k.sort}
}

func (k keySchema) has(name string) bool {
	return name == k.hash.name || name == k.sort.name
}

// A position is where an item stands: its partition, its place in it and, where several items share one (in an index),
// the primary key to tell them apart. Texts compare as the keys do.
type position struct{ hash, sort, tie string }

// id tells primary keys apart in one string.
func (p position) id() string {
	size := binary.AppendUvarint(nil, uint64(len(p.hash)))
	return string(size) + p.hash + p.sort
}

// position reads the key of an item that has passed the checks.
func (k keySchema) position(it item) position {
	at := position{hash: sortText(it[k.hash.name])}
	if k.sort.name != "" {
		at.sort = sortText(it[k.sort.name])
	}
	return at
}

// sortText maps keys to strings with the same order.
func sortText(v types.AttributeValue) string {
	if n, ok := v.(*types.AttributeValueMemberN); ok {
		d, _ := parseDecimal(n.Value)
		return d.sortKey()
	}
	text, _ := scalarText(v)
	return text
}

// checkKey accepts exactly the key attributes, as GetItem and the like want them.
func (k keySchema) checkKey(key item) error {
	wanted := k.attributes()
	if len(key) != len(wanted) {
		return keyMismatch()
	}
	for _, attribute := range wanted {
		v, found := key[attribute.name]
		if !found || typeCode(v) != attribute.kind {
			return keyMismatch()
		}
		if err := k.checkKeySize(attribute, v); err != nil {
			return err
		}
	}
	return nil
}

func keyMismatch() error { return invalid("The provided key element does not match the schema") }

// checkItem accepts an item that has the key attributes among others.
func (k keySchema) checkItem(it item) error {
	for _, attribute := range k.attributes() {
		v, found := it[attribute.name]
		if !found {
			return invalidParameter("Missing the key %s in the item", attribute.name)
		}
		if code := typeCode(v); code != attribute.kind {
			return invalidParameter("Type mismatch for key %s expected: %s actual: %s", attribute.name, attribute.kind, code)
		}
		if err := k.checkKeySize(attribute, v); err != nil {
			return err
		}
	}
	return nil
}

func (k keySchema) checkKeySize(attribute keyAttribute, v types.AttributeValue) error {
	text, _ := scalarText(v)
	switch {
	case text == "":
		return invalid("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty %s value. Key: %s",
			emptyKind(attribute), attribute.name)
	case attribute == k.hash && len(text) > maxHashKeySize:
		return invalidParameter("Size of hashkey has exceeded the maximum size limit of2048 bytes")
	case attribute == k.sort && len(text) > maxSortKeySize:
		return invalidParameter("Aggregated size of all range keys has exceeded the size limit of 1024 bytes")
	}
	return nil
}

func emptyKind(attribute keyAttribute) string {
	if attribute.kind == "B" {
		return "binary"
	}
	return "string"
}

// holds reports whether an item belongs in an index: it has the index's key attributes.
func (k keySchema) holds(it item) bool {
	for _, attribute := range k.attributes() {
		if _, found := it[attribute.name]; !found {
			return false
		}
	}
	return true
}

// pick copies the key attributes out of an item.
func (k keySchema) pick(it item, into item) {
	for _, attribute := range k.attributes() {
		into[attribute.name] = clone(it[attribute.name])
	}
}
