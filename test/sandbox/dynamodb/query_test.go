package dynamodb

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"pgregory.net/rapid"

	"sluice/test/sandbox/wire"
)

// numbered is a table whose sort key is a number, with an index by kin and label.
func numbered(t testing.TB, projection types.Projection) *Service {
	t.Helper()
	s := New(wire.Home{Region: "us-east-1", Account: "123456789012"})
	must(t)(s.CreateTable(t.Context(), &awsdynamodb.CreateTableInput{
		TableName: aws.String("numbered"), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{attribute("pk", "S"), attribute("n", "N"), attribute("kin", "S"), attribute("label", "S")},
		KeySchema:            keys("pk", "n"),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{
			{IndexName: aws.String("by-label"), KeySchema: keys("kin", "label"), Projection: &projection},
		},
	}))
	return s
}

var projectAll = types.Projection{ProjectionType: types.ProjectionTypeAll}

func putNumbered(t testing.TB, s *Service, pk, n, family, label string) item {
	t.Helper()
	it := item{"pk": str(pk), "n": num(n), "size_": num("1")}
	if family != "" {
		it["kin"], it["label"] = str(family), str(label)
	}
	must(t)(s.PutItem(t.Context(), &awsdynamodb.PutItemInput{TableName: aws.String("numbered"), Item: it}))
	return it
}

// ask is a query with the key condition of the table ("pk = :p AND n ...") or the index.
func ask(index, condition string, values item) *awsdynamodb.QueryInput {
	in := &awsdynamodb.QueryInput{TableName: aws.String("numbered"), KeyConditionExpression: &condition, ExpressionAttributeValues: values}
	if index != "" {
		in.IndexName = &index
	}
	return in
}

// pages follows LastEvaluatedKey to the end.
func pages(t testing.TB, s *Service, in *awsdynamodb.QueryInput) (items []string, turns int) {
	t.Helper()
	for {
		out, err := s.Query(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		turns++
		if in.Limit != nil && len(out.Items) > int(*in.Limit) {
			t.Fatalf("a page of %d items, limit %d", len(out.Items), *in.Limit)
		}
		for _, it := range out.Items {
			items = append(items, print(it))
		}
		if in.ExclusiveStartKey = out.LastEvaluatedKey; out.LastEvaluatedKey == nil {
			return items, turns
		}
	}
}

var rangeConditions = map[string]func(n, a, b int) bool{
	"":                         func(_, _, _ int) bool { return true },
	" AND n = :a":              func(n, a, _ int) bool { return n == a },
	" AND n < :a":              func(n, a, _ int) bool { return n < a },
	" AND n <= :a":             func(n, a, _ int) bool { return n <= a },
	" AND n > :a":              func(n, a, _ int) bool { return n > a },
	" AND :a <= n":             func(n, a, _ int) bool { return n >= a },
	" AND n BETWEEN :a AND :b": func(n, a, b int) bool { return n >= a && n <= b },
}

func TestQueryEqualsSortingAndFilteringAllItems(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := numbered(t, projectAll)
		held := map[string][]int{}
		for range rapid.IntRange(0, 30).Draw(rt, "writes") {
			pk, n := rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "pk"), rapid.IntRange(-5, 5).Draw(rt, "n")
			if rapid.IntRange(0, 3).Draw(rt, "delete") == 0 {
				held[pk] = slices.DeleteFunc(held[pk], func(other int) bool { return other == n })
				must(t)(s.DeleteItem(t.Context(), &awsdynamodb.DeleteItemInput{TableName: aws.String("numbered"), Key: item{"pk": str(pk), "n": num(fmt.Sprint(n))}}))
				continue
			}
			putNumbered(t, s, pk, fmt.Sprint(n), "", "")
			if !slices.Contains(held[pk], n) {
				held[pk] = append(held[pk], n)
			}
		}
		condition := rapid.SampledFrom(sortedKeys(rangeConditions)).Draw(rt, "condition")
		low := rapid.IntRange(-5, 5).Draw(rt, "a")
		high := rapid.IntRange(low, 5).Draw(rt, "b")
		values := item{":p": str("a")}
		if strings.Contains(condition, ":a") {
			values[":a"] = num(fmt.Sprintf("%d.0", low))
		}
		if strings.Contains(condition, ":b") {
			values[":b"] = num(fmt.Sprintf("%de0", high))
		}
		in := ask("", "pk = :p"+condition, values)
		forward := rapid.Bool().Draw(rt, "forward")
		in.ScanIndexForward = &forward
		if limit := rapid.Int32Range(0, 5).Draw(rt, "limit"); limit > 0 {
			in.Limit = &limit
		}
		var want []string
		slices.Sort(held["a"])
		for _, n := range held["a"] {
			if rangeConditions[condition](n, low, high) {
				want = append(want, fmt.Sprintf(`{n:%d pk:"a" size_:1}`, n))
			}
		}
		if !forward {
			slices.Reverse(want)
		}
		if got, _ := pages(t, s, in); !slices.Equal(got, want) {
			rt.Fatalf("%s limit %v forward %t\n got %v\nwant %v", condition, in.Limit, forward, got, want)
		}
	})
}

func TestIndexQueryEqualsSortingAllItems(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := numbered(t, projectAll)
		held := map[string]string{} // by primary key, the label; "" is not in the index
		for range rapid.IntRange(0, 25).Draw(rt, "writes") {
			pk, n := rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "pk"), fmt.Sprint(rapid.IntRange(1, 6).Draw(rt, "n"))
			label := rapid.SampledFrom([]string{"", "x", "xy", "y"}).Draw(rt, "label")
			family := "f"
			if label == "" {
				family = ""
			}
			held[pk+n] = label
			putNumbered(t, s, pk, n, family, label)
		}
		in := ask("by-label", "kin = :f AND begins_with(label, :x)", item{":f": str("f"), ":x": str("x")})
		in.Limit = aws.Int32(rapid.Int32Range(1, 4).Draw(rt, "limit"))
		in.ScanIndexForward = aws.Bool(rapid.Bool().Draw(rt, "forward"))
		got, _ := pages(t, s, in)
		var wantLabels, gotLabels []string
		for _, label := range held {
			if strings.HasPrefix(label, "x") {
				wantLabels = append(wantLabels, label)
			}
		}
		slices.Sort(wantLabels)
		if !*in.ScanIndexForward {
			slices.Reverse(wantLabels)
		}
		seen := map[string]bool{}
		for _, text := range got {
			if seen[text] {
				rt.Fatalf("%s twice", text)
			}
			seen[text] = true
			gotLabels = append(gotLabels, strings.Split(strings.Split(text, `label:"`)[1], `"`)[0])
		}
		if !slices.Equal(gotLabels, wantLabels) {
			rt.Fatalf("got %v, want %v", gotLabels, wantLabels)
		}
	})
}

func TestScanPagesMeetEveryItemOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := numbered(t, projectAll)
		want := map[string]bool{}
		for range rapid.IntRange(0, 20).Draw(rt, "writes") {
			pk, n := rapid.StringMatching("[a-f]").Draw(rt, "pk"), fmt.Sprint(rapid.IntRange(1, 4).Draw(rt, "n"))
			want[print(putNumbered(t, s, pk, n, "f", "x"))] = true
		}
		in := &awsdynamodb.ScanInput{TableName: aws.String("numbered"), Limit: aws.Int32(rapid.Int32Range(1, 7).Draw(rt, "limit"))}
		if rapid.Bool().Draw(rt, "index") {
			in.IndexName = aws.String("by-label")
		}
		met := 0
		for {
			out, err := s.Scan(t.Context(), in)
			if err != nil {
				rt.Fatal(err)
			}
			for _, it := range out.Items {
				if !want[print(it)] {
					rt.Fatalf("met %s", print(it))
				}
				met++
			}
			if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
				break
			}
			if rapid.Bool().Draw(rt, "vanish") { // the item that the key names may go between two pages
				k := item{"pk": out.LastEvaluatedKey["pk"], "n": out.LastEvaluatedKey["n"]}
				must(t)(s.DeleteItem(t.Context(), &awsdynamodb.DeleteItemInput{TableName: aws.String("numbered"), Key: k}))
			}
		}
		if met != len(want) {
			rt.Fatalf("met %d of %d", met, len(want))
		}
	})
}

func TestLimitCountsBeforeTheFilterAndPromisesNothing(t *testing.T) {
	s := numbered(t, projectAll)
	for _, n := range []string{"1", "2", "3", "4"} {
		putNumbered(t, s, "a", n, "f", n)
	}
	in := ask("", "pk = :p", item{":p": str("a"), ":four": str("4")})
	in.FilterExpression, in.Limit = aws.String("label = :four"), aws.Int32(2)
	first, err := s.Query(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if first.Count != 0 || first.ScannedCount != 2 || print(first.LastEvaluatedKey) != `{n:2 pk:"a"}` {
		t.Errorf("first page: count %d of %d, last %s", first.Count, first.ScannedCount, print(first.LastEvaluatedKey))
	}
	in.ExclusiveStartKey = first.LastEvaluatedKey
	second, err := s.Query(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if second.Count != 1 || second.LastEvaluatedKey == nil {
		t.Errorf("a page that ends at its limit has a LastEvaluatedKey even at the end: count %d, last %v", second.Count, second.LastEvaluatedKey)
	}
	if rest, turns := pages(t, s, in); len(rest) != 1 || turns != 2 {
		t.Errorf("got %v in %d turns", rest, turns)
	}
}

func TestAPageEndsAfterAMegabyte(t *testing.T) {
	s := newSluice(t)
	for i := range 5 {
		put(t, s, with(key("r", fmt.Sprint(i)), "body", str(strings.Repeat("x", 300<<10))))
	}
	out, err := s.Query(t.Context(), &awsdynamodb.QueryInput{
		TableName: aws.String(theTable), KeyConditionExpression: aws.String("pk = :p"),
		ExpressionAttributeValues: item{":p": str("r")}, Select: types.SelectCount,
	})
	if err != nil {
		t.Fatal(err)
	}
	if out.Count != 4 || out.LastEvaluatedKey == nil || out.Items != nil {
		t.Errorf("got %d, last %v, %d items", out.Count, out.LastEvaluatedKey, len(out.Items))
	}
}
