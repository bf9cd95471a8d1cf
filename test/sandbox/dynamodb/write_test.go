package dynamodb

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"pgregory.net/rapid"
)

func TestAConditionalPutHappensOnce(t *testing.T) {
	s := newSluice(t)
	in := &awsdynamodb.PutItemInput{
		TableName: aws.String(theTable), Item: with(key("lease", "x"), "epoch", num("1")),
		ConditionExpression: aws.String("attribute_not_exists(pk)"),
	}
	must(t)(s.PutItem(t.Context(), in))
	_, err := s.PutItem(t.Context(), in)
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) || failed.ErrorMessage() != "The conditional request failed" {
		t.Fatalf("got %v", err)
	}
	if failed.Item != nil {
		t.Errorf("the failure shows %s unasked", print(failed.Item))
	}
	in.ReturnValuesOnConditionCheckFailure = types.ReturnValuesOnConditionCheckFailureAllOld
	_, err = s.PutItem(t.Context(), in)
	if !errors.As(err, &failed) || print(failed.Item) != `{epoch:1 pk:"lease" sk:"x"}` {
		t.Errorf("got %v with %s", err, print(failed.Item))
	}
}

func TestAFailedConditionChangesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newSluice(t)
		state := key("r", "1")
		n := rapid.IntRange(0, 3).Draw(rt, "n")
		state["n"] = num(fmt.Sprint(n))
		put(t, s, state)
		before := get(t, s, key("r", "1"))
		guess := rapid.IntRange(0, 3).Draw(rt, "guess")
		_, err := s.UpdateItem(t.Context(), &awsdynamodb.UpdateItemInput{
			TableName: aws.String(theTable), Key: key("r", "1"),
			UpdateExpression: aws.String("SET a = :a, b = :a ADD n :a"), ConditionExpression: aws.String("n = :n"),
			ExpressionAttributeValues: item{":a": num("1"), ":n": num(fmt.Sprint(guess))},
		})
		after := get(t, s, key("r", "1"))
		want := before
		if n == guess {
			want = fmt.Sprintf(`{a:1 b:1 n:%d pk:"r" sk:"1"}`, n+1)
		}
		if (err == nil) != (n == guess) || after != want {
			rt.Fatalf("n %d, guess %d: %v, %s", n, guess, err, after)
		}
	})
}

func TestDeleteGivesBackTheOldItemAndIsIdempotent(t *testing.T) {
	s := newSluice(t)
	put(t, s, with(key("r", "1"), "n", num("1")))
	in := &awsdynamodb.DeleteItemInput{TableName: aws.String(theTable), Key: key("r", "1"), ReturnValues: types.ReturnValueAllOld}
	for _, want := range []string{`{n:1 pk:"r" sk:"1"}`, `{}`} {
		out, err := s.DeleteItem(t.Context(), in)
		if err != nil || print(out.Attributes) != want {
			t.Errorf("got %v, %v; want %s", out, err, want)
		}
	}
	in.ReturnValues = types.ReturnValueAllNew
	_, err := s.DeleteItem(t.Context(), in)
	wantRefusal(t, err, "ReturnValues can only be ALL_OLD or NONE")
}

func TestItemsAreCopiedOnTheWayIn(t *testing.T) {
	s := newSluice(t)
	given := with(key("r", "1"), "m", doc(item{"n": num("1")}), "l", list(str("a")), "tags", texts("a"), "b", bin("x"))
	put(t, s, given)
	want := get(t, s, key("r", "1"))
	given["m"].(*types.AttributeValueMemberM).Value["n"] = str("spoiled")
	given["l"].(*types.AttributeValueMemberL).Value[0].(*types.AttributeValueMemberS).Value = "spoiled"
	given["tags"].(*types.AttributeValueMemberSS).Value[0] = "spoiled"
	given["b"].(*types.AttributeValueMemberB).Value[0] = '!'
	delete(given, "pk")
	if got := get(t, s, key("r", "1")); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Whoever reads an item without a protocol between shares its values with the table: a write must not change what was read before.
func TestWhatWasReadStaysWhatItWasWhenTheItemChanges(t *testing.T) {
	s := newSluice(t)
	put(t, s, with(key("r", "1"), "m", doc(item{"n": num("1")}), "l", list(str("a")), "tags", texts("a"), "n", num("1")))
	read := func() item {
		out, err := s.GetItem(t.Context(), &awsdynamodb.GetItemInput{TableName: aws.String(theTable), Key: key("r", "1")})
		if err != nil {
			t.Fatal(err)
		}
		return out.Item
	}
	early := read()
	delete(early, "l") // the item itself is the reader's own
	before, stored := print(early), get(t, s, key("r", "1"))
	_, err := s.UpdateItem(t.Context(), &awsdynamodb.UpdateItemInput{
		TableName: aws.String(theTable), Key: key("r", "1"),
		UpdateExpression:          aws.String("SET m.n = :two, l[0] = :two ADD tags :b, n :two"),
		ExpressionAttributeValues: item{":two": num("2"), ":b": texts("b")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := print(early); got != before {
		t.Errorf("what was read became %s, want %s", got, before)
	}
	if got := get(t, s, key("r", "1")); got == stored || !strings.Contains(got, "l:") {
		t.Errorf("the item is %s after the update of %s", got, stored)
	}
}

func TestProjectionKeepsTheShapeOfDocuments(t *testing.T) {
	s := newSluice(t)
	put(t, s, draft())
	for expression, want := range map[string]string{
		"a":                      `{a:1}`,
		"m.deep.n, b":            `{b:"two" m:{deep:{n:5}}}`,
		"l[3], l[1], m.gate":     `{l:[1 3] m:{gate:"o"}}`,
		"nobody, l[9], m.nobody": `{}`,
		"m[0], l.x, a.b":         `{}`,
	} {
		out, err := s.GetItem(t.Context(), &awsdynamodb.GetItemInput{TableName: aws.String(theTable), Key: key("r", "1"), ProjectionExpression: &expression})
		if err != nil || print(out.Item) != want {
			t.Errorf("%s: got %v, %v; want %s", expression, out, err, want)
		}
	}
	for expression, words := range map[string]string{
		"a, m, m.gate": "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m], path two: [m, gate]",
		"a b":          "Invalid ProjectionExpression: Syntax error",
		"status":       "Attribute name is a reserved keyword; reserved keyword: status",
	} {
		_, err := s.GetItem(t.Context(), &awsdynamodb.GetItemInput{TableName: aws.String(theTable), Key: key("r", "1"), ProjectionExpression: &expression})
		wantRefusal(t, err, words)
	}
}

func TestItemsThatDoNotFitAreRefused(t *testing.T) {
	s := newSluice(t)
	deepest := str("end")
	for range maxNesting {
		deepest = list(deepest)
	}
	put(t, s, with(key("deep", "1"), "l", deepest))
	for words, it := range map[string]item{
		"Missing the key sk in the item":                                       {"pk": str("r")},
		"Type mismatch for key sk expected: S actual: N":                       {"pk": str("r"), "sk": num("1")},
		"cannot contain an empty string value. Key: pk":                        key("", "1"),
		"Size of hashkey has exceeded the maximum size limit of2048 bytes":     key(strings.Repeat("x", 2049), "1"),
		"Aggregated size of all range keys has exceeded the size limit":        key("r", strings.Repeat("x", 1025)),
		"Type mismatch for Index Key open Expected: S Actual: BOOL IndexName":  with(key("r", "1"), "open", yes()),
		"cannot contain an empty string value. IndexName: open-releases, Inde": with(key("r", "1"), "open", str("")),
		"Item size has exceeded the maximum allowed size":                      with(key("r", "1"), "x", str(strings.Repeat("x", 400<<10))),
		"Nesting Levels have exceeded supported limits":                        with(key("r", "1"), "l", list(deepest)),
		"An string set  may not be empty":                                      with(key("r", "1"), "s", texts()),
		"Input collection contains duplicates":                                 with(key("r", "1"), "s", numbers("1", "1.0")),
		"Null attribute value types must have the value of true":               with(key("r", "1"), "s", &types.AttributeValueMemberNULL{}),
		"Supplied AttributeValue is empty":                                     {"pk": str("r"), "sk": nil},
	} {
		_, err := s.PutItem(t.Context(), &awsdynamodb.PutItemInput{TableName: aws.String(theTable), Item: it})
		wantRefusal(t, err, words)
	}
	for words, k := range map[string]item{
		"The provided key element does not match the schema":  {"pk": str("r")},
		"The provided key element does not match the schema ": with(key("r", "1"), "x", str("1")),
		" The provided key element does not match the schema": {"pk": str("r"), "sk": num("1")},
	} {
		_, err := s.GetItem(t.Context(), &awsdynamodb.GetItemInput{TableName: aws.String(theTable), Key: k})
		wantRefusal(t, err, strings.TrimSpace(words))
	}
	_, err := s.UpdateItem(t.Context(), &awsdynamodb.UpdateItemInput{
		TableName: aws.String(theTable), Key: key("deep", "2"),
		UpdateExpression: aws.String("SET x = :x"), ExpressionAttributeValues: item{":x": str(strings.Repeat("x", 400<<10))},
	})
	wantRefusal(t, err, "Item size to update has exceeded the maximum allowed size")
	_, err = s.UpdateItem(t.Context(), &awsdynamodb.UpdateItemInput{
		TableName: aws.String(theTable), Key: key("deep", "1"),
		UpdateExpression: aws.String("SET l[0] = l"),
	})
	wantRefusal(t, err, "Nesting Levels have exceeded supported limits")
}

func TestWritesFromManyGoroutinesAllCount(t *testing.T) {
	s := newSluice(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				_, err := s.UpdateItem(t.Context(), &awsdynamodb.UpdateItemInput{
					TableName: aws.String(theTable), Key: key("r", "1"),
					UpdateExpression: aws.String("ADD n :1"), ExpressionAttributeValues: item{":1": num("1")},
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got := get(t, s, key("r", "1")); got != `{n:400 pk:"r" sk:"1"}` {
		t.Errorf("got %s", got)
	}
}
