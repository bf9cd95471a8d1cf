package dynamodb

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go"
)

// Whatever is written as an expression is carried out or refused with an AWS error code; and a refused write changes nothing.
func FuzzExpressions(f *testing.F) {
	for _, e := range [][2]string{
		{"SET #a = if_not_exists(#a, :n) + :n", "attribute_not_exists(#a) OR #a < :n"},
		{"SET #b.c[0] = list_append(#l, :l), d = :s REMOVE #l[1], e ADD n :n DELETE t :t", "#a BETWEEN :n AND :n AND NOT contains(#l, :s)"},
		{"SET #a = :n", "size(#l) >= :n AND attribute_type(#b, :s) AND begins_with(d, :s) AND #a IN (:n, :s)"},
		{"REMOVE #l[99999999999999999999]", strings.Repeat("NOT ", 500) + "attribute_exists(#a)"},
		{"SET #a = " + strings.Repeat("(", 400), strings.Repeat("(", 300) + "#a = :n" + strings.Repeat(")", 300)},
		{"SET " + strings.Repeat("a.", 200) + "a = :n", ":n = :n"},
		{"SET #a = :n, #a = :n", "#missing = :missing"},
		{"SET \xff = :n", "size = :n"},
	} {
		f.Add(e[0], e[1], "pk = :s", "#a, #b.c")
	}
	f.Add("", "", "pk = :s AND begins_with(sk, :s)", "#l[0], #l[0]")
	f.Fuzz(func(t *testing.T, update, condition, keys, projection string) {
		s := newSluice(t)
		put(t, s, with(key("r", "1"), "a", num("1"), "b", doc(item{"c": list(num("2"))}), "l", list(str("x"), num("3")), "t", texts("u", "v")))
		before := get(t, s, key("r", "1"))
		names := map[string]string{"#a": "a", "#b": "b", "#l": "l"}
		values := item{":n": num("1"), ":s": str("r"), ":l": list(num("9")), ":t": texts("u")}
		_, err := s.UpdateItem(t.Context(), &awsdynamodb.UpdateItemInput{
			TableName: aws.String(theTable), Key: key("r", "1"), UpdateExpression: &update, ConditionExpression: &condition,
			ExpressionAttributeNames: used(names, update+condition), ExpressionAttributeValues: used(values, update+condition),
		})
		coded(t, err)
		if after := get(t, s, key("r", "1")); err != nil && after != before {
			t.Errorf("refused with %v, and yet %s became %s", err, before, after)
		}
		_, err = s.Query(t.Context(), &awsdynamodb.QueryInput{
			TableName: aws.String(theTable), KeyConditionExpression: &keys, FilterExpression: &condition, ProjectionExpression: &projection,
			ExpressionAttributeNames: used(names, keys+condition+projection), ExpressionAttributeValues: used(values, keys+condition),
		})
		coded(t, err)
	})
}

// used leaves only the placeholders that a text mentions: DynamoDB refuses the others.
func used[V any](all map[string]V, text string) map[string]V {
	some := map[string]V{}
	for name, v := range all {
		if strings.Contains(text, name) {
			some[name] = v
		}
	}
	if len(some) == 0 {
		return nil
	}
	return some
}

func coded(t *testing.T, err error) {
	t.Helper()
	var api smithy.APIError
	if err != nil && (!errors.As(err, &api) || api.ErrorCode() == "" || api.ErrorFault() == smithy.FaultServer) {
		t.Errorf("refused without an AWS error code: %v", err)
	}
}
