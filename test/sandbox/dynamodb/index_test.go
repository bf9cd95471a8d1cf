package dynamodb

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func TestQueriesAreRefusedInAWSsWords(t *testing.T) {
	s := numbered(t, projectAll)
	p := str("a")
	for words, in := range map[string]*awsdynamodb.QueryInput{
		"Query condition missed key schema element: pk":                                  ask("", "n = :p", item{":p": num("1")}),
		"Query condition missed key schema element: n":                                   ask("", "pk = :p AND label = :p", item{":p": p}),
		"Query key condition not supported":                                              ask("", "pk > :p", item{":p": p}),
		"Condition parameter type does not match schema type":                            ask("", "pk = :p AND n = :p", item{":p": p}),
		"Invalid operator used in KeyConditionExpression: OR":                            ask("", "pk = :p OR n = :p", item{":p": p}),
		"Invalid operator used in KeyConditionExpression: <>":                            ask("", "pk = :p AND n <> :n", item{":p": p, ":n": num("1")}),
		"Invalid operator used in KeyConditionExpression: IN":                            ask("", "pk IN (:p)", item{":p": p}),
		"Invalid operator used in KeyConditionExpression: NOT":                           ask("", "NOT pk = :p", item{":p": p}),
		"Invalid operator used in KeyConditionExpression: attribute_exists":              ask("", "attribute_exists(pk)", nil),
		"Multiple attribute names used in one condition":                                 ask("", "pk = n", nil),
		"KeyConditionExpressions cannot have conditions on nested attributes":            ask("", "pk.x = :p", item{":p": p}),
		"KeyConditionExpressions must only contain one condition per key":                ask("", "pk = :p AND pk = :p", item{":p": p}),
		"cannot contain an empty string value. Key: pk":                                  ask("", "pk = :p", item{":p": str("")}),
		"The table does not have the specified index: nobody":                            ask("nobody", "pk = :p", item{":p": p}),
		"Attribute name is a reserved keyword; reserved keyword: open":                   ask("", "open = :p", item{":p": p}),
		"Value provided in ExpressionAttributeValues unused in expressions: keys: {:q}":  ask("", "pk = :p", item{":p": p, ":q": p}),
		"Either the KeyConditions or KeyConditionExpression parameter must be specified": {TableName: aws.String("numbered")},
		"the sandbox does not implement KeyConditions of Query":                          {TableName: aws.String("numbered"), KeyConditions: map[string]types.Condition{}},
	} {
		_, err := s.Query(t.Context(), in)
		wantRefusal(t, err, words)
	}
	in := ask("by-label", "kin = :p", item{":p": p})
	in.ConsistentRead = aws.Bool(true)
	_, err := s.Query(t.Context(), in)
	wantRefusal(t, err, "Consistent reads are not supported on global secondary indexes")

	in = ask("", "pk = :p", item{":p": p})
	in.FilterExpression = aws.String("n > :p")
	_, err = s.Query(t.Context(), in)
	wantRefusal(t, err, "Filter Expression can only contain non-primary key attributes: Primary key attribute: n")

	in = ask("", "pk = :p", item{":p": p})
	in.ExclusiveStartKey = item{"pk": str("b"), "n": num("1")}
	_, err = s.Query(t.Context(), in)
	wantRefusal(t, err, "The provided starting key is outside query boundaries based on provided conditions")

	in.ExclusiveStartKey = item{"pk": str("a")}
	_, err = s.Query(t.Context(), in)
	wantRefusal(t, err, "The provided starting key is invalid")
}

func TestAnIndexShowsWhatItProjects(t *testing.T) {
	for want, projection := range map[string]types.Projection{
		`{kin:"f" label:"x" n:1 pk:"a" size_:1}`:  projectAll,
		`{kin:"f" label:"x" n:1 pk:"a"}`:          {ProjectionType: types.ProjectionTypeKeysOnly},
		`{kin:"f" label:"x" n:1 pk:"a" size_:1} `: {ProjectionType: types.ProjectionTypeInclude, NonKeyAttributes: []string{"size_", "nobody"}},
	} {
		s := numbered(t, projection)
		putNumbered(t, s, "a", "1", "f", "x")
		got, _ := pages(t, s, ask("by-label", "kin = :f", item{":f": str("f")}))
		if len(got) != 1 || got[0] != strings.TrimSpace(want) {
			t.Errorf("%s: got %v, want %s", projection.ProjectionType, got, want)
		}
	}
	s := numbered(t, types.Projection{ProjectionType: types.ProjectionTypeKeysOnly})
	in := ask("by-label", "kin = :f", item{":f": str("f")})
	in.Select = types.SelectAllAttributes
	_, err := s.Query(t.Context(), in)
	wantRefusal(t, err, "Select type ALL_ATTRIBUTES is not supported for global secondary index by-label")
}

func TestAnItemMovesInTheIndexWhenItChanges(t *testing.T) {
	s := newSluice(t)
	open := func() (found []string) {
		out, err := s.Query(t.Context(), &awsdynamodb.QueryInput{
			TableName: aws.String(theTable), IndexName: aws.String("open-releases"),
			KeyConditionExpression: aws.String("#o = :o"), ProjectionExpression: aws.String("pk, created"),
			ExpressionAttributeNames: map[string]string{"#o": "open"}, ExpressionAttributeValues: item{":o": str("yes")},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range out.Items {
			found = append(found, print(it))
		}
		return found
	}
	put(t, s, with(key("r1", "x"), "open", str("yes"), "created", str("2026-02")))
	put(t, s, with(key("r2", "x"), "open", str("yes"), "created", str("2026-01")))
	put(t, s, with(key("r3", "x"), "open", str("yes"))) // not in the index: it has no created
	if got := open(); !slices.Equal(got, []string{`{created:"2026-01" pk:"r2"}`, `{created:"2026-02" pk:"r1"}`}) {
		t.Errorf("got %v", got)
	}
	must(t)(s.UpdateItem(t.Context(), &awsdynamodb.UpdateItemInput{
		TableName: aws.String(theTable), Key: key("r2", "x"),
		UpdateExpression: aws.String("REMOVE #o"), ExpressionAttributeNames: map[string]string{"#o": "open"},
	}))
	must(t)(s.UpdateItem(t.Context(), &awsdynamodb.UpdateItemInput{
		TableName: aws.String(theTable), Key: key("r3", "x"),
		UpdateExpression: aws.String("SET created = :c"), ExpressionAttributeValues: item{":c": str("2026-03")},
	}))
	if got := open(); !slices.Equal(got, []string{`{created:"2026-02" pk:"r1"}`, `{created:"2026-03" pk:"r3"}`}) {
		t.Errorf("got %v", got)
	}
}
