package dynamodb

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"sluice/test/sandbox/wire"
)

const theTable = "sluice-sandbox"

func str(text string) types.AttributeValue { return &types.AttributeValueMemberS{Value: text} }
func num(text string) types.AttributeValue { return &types.AttributeValueMemberN{Value: text} }
func bin(text string) types.AttributeValue { return &types.AttributeValueMemberB{Value: []byte(text)} }
func yes() types.AttributeValue            { return &types.AttributeValueMemberBOOL{Value: true} }
func null() types.AttributeValue           { return &types.AttributeValueMemberNULL{Value: true} }
func doc(it item) types.AttributeValue     { return &types.AttributeValueMemberM{Value: it} }
func list(v ...types.AttributeValue) types.AttributeValue {
	return &types.AttributeValueMemberL{Value: v}
}
func texts(v ...string) types.AttributeValue   { return &types.AttributeValueMemberSS{Value: v} }
func numbers(v ...string) types.AttributeValue { return &types.AttributeValueMemberNS{Value: v} }

// print writes an item in a form that tests can state: names and sets in order, strings quoted.
func print(it item) string {
	var parts []string
	for _, name := range sortedKeys(it) {
		parts = append(parts, name+":"+printValue(it[name]))
	}
	return "{" + strings.Join(parts, " ") + "}"
}

func printValue(v types.AttributeValue) string {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return strconv.Quote(v.Value)
	case *types.AttributeValueMemberN:
		return v.Value
	case *types.AttributeValueMemberBOOL:
		return strconv.FormatBool(v.Value)
	case *types.AttributeValueMemberNULL:
		return "null"
	case *types.AttributeValueMemberM:
		return print(v.Value)
	case *types.AttributeValueMemberL:
		parts := make([]string, len(v.Value))
		for i, element := range v.Value {
			parts[i] = printValue(element)
		}
		return "[" + strings.Join(parts, " ") + "]"
	case *types.AttributeValueMemberSS:
		return fmt.Sprintf("%q", slices.Sorted(slices.Values(v.Value)))
	case *types.AttributeValueMemberNS:
		return fmt.Sprintf("<%s>", strings.Join(slices.Sorted(slices.Values(v.Value)), " "))
	}
	return fmt.Sprintf("%s:%v", typeCode(v), v)
}

// newSluice is a service with a table like Sluice's: keys pk and sk, an index of the open releases by time.
func newSluice(t testing.TB) *Service {
	t.Helper()
	s := New(wire.Home{Region: "us-east-1", Account: "123456789012"})
	must(t)(s.CreateTable(t.Context(), sluiceTable(theTable)))
	return s
}

func sluiceTable(name string) *awsdynamodb.CreateTableInput {
	return &awsdynamodb.CreateTableInput{
		TableName:            aws.String(name),
		BillingMode:          types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{attribute("pk", "S"), attribute("sk", "S"), attribute("open", "S"), attribute("created", "S")},
		KeySchema:            keys("pk", "sk"),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName: aws.String("open-releases"), KeySchema: keys("open", "created"),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		}},
	}
}

func attribute(name string, kind types.ScalarAttributeType) types.AttributeDefinition {
	return types.AttributeDefinition{AttributeName: aws.String(name), AttributeType: kind}
}

func keys(hash, sort string) []types.KeySchemaElement {
	elements := []types.KeySchemaElement{{AttributeName: aws.String(hash), KeyType: types.KeyTypeHash}}
	if sort != "" {
		elements = append(elements, types.KeySchemaElement{AttributeName: aws.String(sort), KeyType: types.KeyTypeRange})
	}
	return elements
}

// must makes a test fail on an error of a call whose answer does not matter.
func must(t testing.TB) func(any, error) {
	return func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
}

func key(pk, sk string) item { return item{"pk": str(pk), "sk": str(sk)} }

// with adds attributes to a key.
func with(it item, pairs ...any) item {
	for i := 0; i < len(pairs); i += 2 {
		it[pairs[i].(string)] = pairs[i+1].(types.AttributeValue)
	}
	return it
}

func put(t testing.TB, s *Service, it item) {
	t.Helper()
	must(t)(s.PutItem(t.Context(), &awsdynamodb.PutItemInput{TableName: aws.String(theTable), Item: it}))
}

func get(t testing.TB, s *Service, k item) string {
	t.Helper()
	out, err := s.GetItem(t.Context(), &awsdynamodb.GetItemInput{TableName: aws.String(theTable), Key: k})
	if err != nil {
		t.Fatal(err)
	}
	if out.Item == nil {
		return "none"
	}
	return print(out.Item)
}

// wantRefusal checks that a call was refused as invalid, with AWS's words in the message.
func wantRefusal(t testing.TB, err error, words string) {
	t.Helper()
	message, refused := validationMessage(err)
	if !refused || !strings.Contains(message, words) {
		t.Errorf("got error %v, want a ValidationException with %q", err, words)
	}
}
