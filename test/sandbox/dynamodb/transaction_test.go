package dynamodb

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"pgregory.net/rapid"
)

// The four members of a transaction, on the item with the key (pk, "1").
func putMember(pk string, pairs ...any) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{TableName: aws.String(theTable), Item: with(key(pk, "1"), pairs...)}}
}

func addMember(pk, condition string) types.TransactWriteItem {
	u := &types.Update{
		TableName: aws.String(theTable), Key: key(pk, "1"), UpdateExpression: aws.String("ADD n :one"),
		ExpressionAttributeValues: item{":one": num("1")},
	}
	if condition != "" {
		u.ConditionExpression = &condition
	}
	return types.TransactWriteItem{Update: u}
}

func deleteMember(pk string) types.TransactWriteItem {
	return types.TransactWriteItem{Delete: &types.Delete{TableName: aws.String(theTable), Key: key(pk, "1")}}
}

func checkMember(pk, condition string) types.TransactWriteItem {
	return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
		TableName: aws.String(theTable), Key: key(pk, "1"), ConditionExpression: &condition,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}}
}

func transact(t testing.TB, s *Service, token string, members ...types.TransactWriteItem) error {
	t.Helper()
	in := &awsdynamodb.TransactWriteItemsInput{TransactItems: members}
	if token != "" {
		in.ClientRequestToken = &token
	}
	_, err := s.TransactWriteItems(t.Context(), in)
	return err
}

func TestATransactionDoesAllOfItsMembers(t *testing.T) {
	s := newSluice(t)
	put(t, s, key("gone", "1"))
	put(t, s, key("there", "1"))
	err := transact(t, s, "", putMember("new", "a", str("b")), addMember("count", ""), deleteMember("gone"), checkMember("there", "attribute_exists(pk)"))
	if err != nil {
		t.Fatal(err)
	}
	for pk, want := range map[string]string{"new": `{a:"b" pk:"new" sk:"1"}`, "count": `{n:1 pk:"count" sk:"1"}`, "gone": "none", "there": `{pk:"there" sk:"1"}`} {
		if got := get(t, s, key(pk, "1")); got != want {
			t.Errorf("%s: got %s, want %s", pk, got, want)
		}
	}
}

func TestACancelledTransactionGivesAReasonForEachMember(t *testing.T) {
	s := newSluice(t)
	put(t, s, with(key("there", "1"), "n", str("text")))
	err := transact(t, s, "", putMember("new"), checkMember("there", "attribute_not_exists(pk)"), addMember("fresh", ""),
		types.TransactWriteItem{Update: &types.Update{TableName: aws.String(theTable), Key: key("there", "2"), UpdateExpression: aws.String("SET a = b")}})
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) {
		t.Fatalf("got %v", err)
	}
	want := "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, None, ValidationError]"
	if cancelled.ErrorMessage() != want {
		t.Errorf("got %s", cancelled.ErrorMessage())
	}
	var got []string
	for _, r := range cancelled.CancellationReasons {
		got = append(got, aws.ToString(r.Code)+"|"+aws.ToString(r.Message)+"|"+print(r.Item))
	}
	for i, want := range []string{
		"None||{}", `ConditionalCheckFailed|The conditional request failed|{n:"text" pk:"there" sk:"1"}`, "None||{}",
		"ValidationError|The provided expression refers to an attribute that does not exist in the item|{}",
	} {
		if got[i] != want {
			t.Errorf("reason %d: got %s, want %s", i, got[i], want)
		}
	}
	if cancelled.CancellationReasons[0].Message != nil {
		t.Error("a member without failure has a message")
	}
	if got := get(t, s, key("new", "1")); got != "none" {
		t.Errorf("a cancelled transaction left %s", got)
	}
}

func TestATransactionIsAllOrNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newSluice(t)
		counts := map[string]int{}
		for range rapid.IntRange(1, 8).Draw(rt, "transactions") {
			pks := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 1, 4, rapid.ID[string]).Draw(rt, "pks")
			var members []types.TransactWriteItem
			good := true
			for _, pk := range pks {
				condition := rapid.SampledFrom([]string{"", "attribute_exists(pk)", "attribute_not_exists(pk)"}).Draw(rt, "condition")
				good = good && (condition == "" || (condition == "attribute_exists(pk)") == (counts[pk] > 0))
				members = append(members, addMember(pk, condition))
			}
			if err := transact(t, s, "", members...); (err == nil) != good {
				rt.Fatalf("%v: %v", pks, err)
			}
			for _, pk := range pks {
				if good {
					counts[pk]++
				}
			}
		}
		for pk, n := range counts {
			want := fmt.Sprintf(`{n:%d pk:%q sk:"1"}`, n, pk)
			if got := get(t, s, key(pk, "1")); n > 0 && got != want {
				rt.Fatalf("got %s, want %s", got, want)
			}
		}
	})
}

func TestATokenMakesATransactionHappenOnceForTenMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSluice(t)
		count := func() string { return get(t, s, key("count", "1")) }
		for range 2 {
			if err := transact(t, s, "token", addMember("count", "")); err != nil {
				t.Fatal(err)
			}
		}
		if got := count(); got != `{n:1 pk:"count" sk:"1"}` {
			t.Errorf("after a repetition: %s", got)
		}
		var mismatch *types.IdempotentParameterMismatchException
		if err := transact(t, s, "token", addMember("other", "")); !errors.As(err, &mismatch) {
			t.Errorf("another request with the token: %v", err)
		}
		time.Sleep(10 * time.Minute)
		if err := transact(t, s, "token", addMember("count", "")); err != nil {
			t.Fatal(err)
		}
		if got := count(); got != `{n:2 pk:"count" sk:"1"}` {
			t.Errorf("after ten minutes: %s", got)
		}
	})
}

func TestACancelledTransactionDoesNotSpendItsToken(t *testing.T) {
	s := newSluice(t)
	if err := transact(t, s, "token", addMember("r", "attribute_exists(pk)")); err == nil {
		t.Fatal("the condition held")
	}
	put(t, s, key("r", "1"))
	if err := transact(t, s, "token", addMember("r", "attribute_exists(pk)")); err != nil {
		t.Fatal(err)
	}
}

func TestTransactionsAreRefusedInAWSsWords(t *testing.T) {
	s := newSluice(t)
	wantRefusal(t, transact(t, s, ""), "Member must have length less than or equal to 100")
	wantRefusal(t, transact(t, s, "", types.TransactWriteItem{}), "TransactItems can only contain one of Check, Put, Update or Delete")
	both := putMember("a")
	both.Delete = deleteMember("b").Delete
	wantRefusal(t, transact(t, s, "", both), "TransactItems can only contain one of Check, Put, Update or Delete")
	wantRefusal(t, transact(t, s, "", putMember("a"), deleteMember("a")), "Transaction request cannot include multiple operations on one item")
	wantRefusal(t, transact(t, s, "", addMember("a", "open")), "reserved keyword: open")
	missing := putMember("a")
	missing.Put.TableName = aws.String("nobody")
	var notFound *types.ResourceNotFoundException
	if err := transact(t, s, "", missing); !errors.As(err, &notFound) {
		t.Errorf("got %v", err)
	}
}

func TestTransactGetItemsAnswersInOrder(t *testing.T) {
	s := newSluice(t)
	put(t, s, with(key("a", "1"), "n", num("1")))
	get := func(k item) types.TransactGetItem {
		return types.TransactGetItem{Get: &types.Get{TableName: aws.String(theTable), Key: k, ProjectionExpression: aws.String("n")}}
	}
	out, err := s.TransactGetItems(t.Context(), &awsdynamodb.TransactGetItemsInput{TransactItems: []types.TransactGetItem{get(key("b", "1")), get(key("a", "1"))}})
	if err != nil || len(out.Responses) != 2 || out.Responses[0].Item != nil || print(out.Responses[1].Item) != "{n:1}" {
		t.Errorf("got %v, %v", out, err)
	}
	_, err = s.TransactGetItems(t.Context(), &awsdynamodb.TransactGetItemsInput{TransactItems: []types.TransactGetItem{get(key("a", "1")), get(key("a", "1"))}})
	wantRefusal(t, err, "Transaction request cannot include multiple operations on one item")
}

func TestBatchesWriteAndRead(t *testing.T) {
	s := newSluice(t)
	put(t, s, key("gone", "1"))
	write := func(requests ...types.WriteRequest) error {
		_, err := s.BatchWriteItem(t.Context(), &awsdynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{theTable: requests}})
		return err
	}
	a := types.WriteRequest{PutRequest: &types.PutRequest{Item: with(key("a", "1"), "n", num("1"))}}
	gone := types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: key("gone", "1")}}
	if err := write(a, gone); err != nil {
		t.Fatal(err)
	}
	out, err := s.BatchGetItem(t.Context(), &awsdynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
		theTable: {Keys: []item{key("gone", "1"), key("a", "1")}, ProjectionExpression: aws.String("n")},
	}})
	if err != nil || len(out.Responses[theTable]) != 1 || print(out.Responses[theTable][0]) != "{n:1}" || len(out.UnprocessedKeys) != 0 {
		t.Errorf("got %v, %v", out, err)
	}
	wantRefusal(t, write(a, types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: key("a", "1")}}), "Provided list of item keys contains duplicates")
	wantRefusal(t, write(make([]types.WriteRequest, 1)...), "exactly one of the supported datatypes")
	var many []types.WriteRequest
	for i := range 26 {
		many = append(many, types.WriteRequest{PutRequest: &types.PutRequest{Item: key("many", fmt.Sprint(i))}})
	}
	wantRefusal(t, write(many...), "Too many items requested for the BatchWriteItem call")
}
