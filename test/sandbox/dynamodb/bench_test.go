package dynamodb

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func BenchmarkUpdateItem(b *testing.B) {
	s := newSluice(b)
	in := &awsdynamodb.UpdateItemInput{
		TableName: aws.String(theTable), Key: key("release#1", "state"),
		UpdateExpression:          aws.String("SET #o = :o, created = if_not_exists(created, :c), phase = :p ADD epoch :1"),
		ConditionExpression:       aws.String("attribute_not_exists(pk) OR phase = :p"),
		ExpressionAttributeNames:  map[string]string{"#o": "open"},
		ExpressionAttributeValues: item{":o": str("yes"), ":c": str("2026-11-23"), ":p": str("baking"), ":1": num("1")},
		ReturnValues:              types.ReturnValueAllNew,
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.UpdateItem(b.Context(), in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGetItem(b *testing.B) {
	s := newSluice(b)
	put(b, s, with(key("release#1", "state"), "a", str("b"), "n", num("1")))
	in := &awsdynamodb.GetItemInput{TableName: aws.String(theTable), Key: key("release#1", "state")}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.GetItem(b.Context(), in); err != nil {
			b.Fatal(err)
		}
	}
}
