package dynamodb

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func draft() item {
	return with(key("r", "1"), "a", num("1"), "b", str("two"), "tags", texts("x", "y"),
		"l", list(num("0"), num("1"), num("2"), num("3")), "m", doc(item{"deep": doc(item{"n": num("5")}), "gate": str("o")}))
}

var updateValues = item{
	":1": num("1"), ":h": num("0.5"), ":s": str("new"), ":x": texts("x"), ":xyz": texts("x", "y", "z"), ":ns": numbers("1"),
	":l": list(str("tail")), ":m": doc(item{"fresh": yes()}), ":big": num("99999999999999999999999999999999999999"),
}

func runUpdate(t testing.TB, s *Service, expression string, wanted types.ReturnValue) (*awsdynamodb.UpdateItemOutput, error) {
	t.Helper()
	in := &awsdynamodb.UpdateItemInput{TableName: aws.String(theTable), Key: key("r", "1"), UpdateExpression: &expression, ReturnValues: wanted}
	for _, piece := range scan(expression) {
		if v, known := updateValues[piece.text]; known {
			if in.ExpressionAttributeValues == nil {
				in.ExpressionAttributeValues = item{}
			}
			in.ExpressionAttributeValues[piece.text] = v
		}
	}
	return s.UpdateItem(t.Context(), in)
}

func TestUpdatesChangeItemsAsAWSDocumentsThem(t *testing.T) {
	const rest = ` pk:"r" sk:"1" tags:["x" "y"]}`
	const tail = ` l:[0 1 2 3] m:{deep:{n:5} gate:"o"}` + rest
	for expression, want := range map[string]string{
		"SET a = :s":       `{a:"new" b:"two"` + tail,
		"set a = a + :1":   `{a:2 b:"two"` + tail,
		"SET a = a - :h":   `{a:0.5 b:"two"` + tail,
		"SET a = (:1 + a)": `{a:2 b:"two"` + tail,
		"SET a = b, b = a": `{a:"two" b:1` + tail, // both read the old item
		"SET c = a":        `{a:1 b:"two" c:1` + tail,
		"SET c = if_not_exists(c, :1), a = if_not_exists(a, :s)": `{a:1 b:"two" c:1` + tail,
		"SET c = if_not_exists(c, :1) + :1":                      `{a:1 b:"two" c:2` + tail,
		"SET l = list_append(l, :l)":                             `{a:1 b:"two" l:[0 1 2 3 "tail"] m:{deep:{n:5} gate:"o"}` + rest,
		"SET l = list_append(:l, l)":                             `{a:1 b:"two" l:["tail" 0 1 2 3] m:{deep:{n:5} gate:"o"}` + rest,
		"SET n = list_append(if_not_exists(n, :l), :l)":          `{a:1 b:"two" l:[0 1 2 3] m:{deep:{n:5} gate:"o"} n:["tail" "tail"]` + rest,
		"SET m.deep.n = m.deep.n + :1":                           `{a:1 b:"two" l:[0 1 2 3] m:{deep:{n:6} gate:"o"}` + rest,
		"SET m.p = :s, m.q = :1":                                 `{a:1 b:"two" l:[0 1 2 3] m:{deep:{n:5} gate:"o" p:"new" q:1}` + rest,
		"SET l[1] = :s":                                          `{a:1 b:"two" l:[0 "new" 2 3] m:{deep:{n:5} gate:"o"}` + rest,
		"SET l[9] = :s, l[7] = :1":                               `{a:1 b:"two" l:[0 1 2 3 1 "new"] m:{deep:{n:5} gate:"o"}` + rest,
		"REMOVE l[0], l[2]":                                      `{a:1 b:"two" l:[1 3] m:{deep:{n:5} gate:"o"}` + rest, // indexes of the old list
		"SET l[2] = :s REMOVE l[1]":                              `{a:1 b:"two" l:[0 "new" 3] m:{deep:{n:5} gate:"o"}` + rest,
		"REMOVE l[9], nobody, m.nobody":                          `{a:1 b:"two"` + tail,
		"REMOVE a, m.deep.n":                                     `{b:"two" l:[0 1 2 3] m:{deep:{} gate:"o"}` + rest,
		"ADD a :1":                                               `{a:2 b:"two"` + tail,
		"ADD c :h":                                               `{a:1 b:"two" c:0.5` + tail,
		"ADD m.deep.n :1":                                        `{a:1 b:"two" l:[0 1 2 3] m:{deep:{n:6} gate:"o"}` + rest,
		"ADD tags :xyz":                                          `{a:1 b:"two" l:[0 1 2 3] m:{deep:{n:5} gate:"o"} pk:"r" sk:"1" tags:["x" "y" "z"]}`,
		"ADD more :x":                                            `{a:1 b:"two" l:[0 1 2 3] m:{deep:{n:5} gate:"o"} more:["x"]` + rest,
		"DELETE tags :x":                                         `{a:1 b:"two" l:[0 1 2 3] m:{deep:{n:5} gate:"o"} pk:"r" sk:"1" tags:["y"]}`,
		"DELETE tags :xyz":                                       `{a:1 b:"two" l:[0 1 2 3] m:{deep:{n:5} gate:"o"} pk:"r" sk:"1"}`, // no empty sets
		"DELETE nobody :x":                                       `{a:1 b:"two"` + tail,
		"REMOVE b ADD a :1 SET c = :s DELETE tags :x":            `{a:2 c:"new" l:[0 1 2 3] m:{deep:{n:5} gate:"o"} pk:"r" sk:"1" tags:["y"]}`,
	} {
		s := newSluice(t)
		put(t, s, draft())
		if _, err := runUpdate(t, s, expression, ""); err != nil {
			t.Errorf("%s: %v", expression, err)
			continue
		}
		if got := get(t, s, key("r", "1")); got != want {
			t.Errorf("%s:\n got %s\nwant %s", expression, got, want)
		}
	}
}

func TestUpdatesAreRefusedInAWSsWordsAndChangeNothing(t *testing.T) {
	s := newSluice(t)
	put(t, s, draft())
	before := get(t, s, key("r", "1"))
	for expression, words := range map[string]string{
		"":                             "Invalid UpdateExpression: The expression can not be empty;",
		"PUT a = :s":                   `Invalid UpdateExpression: Syntax error; token: "PUT", near: "PUT a"`,
		"SET a :s":                     `Syntax error; token: ":s", near: "a :s"`,
		"SET a = :1 + :1 + :1":         `Syntax error; token: "+"`,
		"SET a = :s SET b = :s":        `The "SET" section can only be used once in an update expression;`,
		"SET ttl = :1":                 "Attribute name is a reserved keyword; reserved keyword: ttl",
		"SET pk = :s":                  "One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key",
		"REMOVE sk":                    "Cannot update attribute sk. This attribute is part of the key",
		"SET created.x = :s":           "Key attributes must be scalars",
		"SET created = :1":             "Type mismatch for Index Key created Expected: S Actual: N IndexName: open-releases",
		"SET a = nobody":               "The provided expression refers to an attribute that does not exist in the item",
		"SET a = nobody + :1":          "The provided expression refers to an attribute that does not exist in the item",
		"SET a = b + :1":               "An operand in the update expression has an incorrect data type",
		"SET a = :s + :1":              "Incorrect operand type for operator or function; operator or function: +, operand type: S",
		"SET a = list_append(l, :s)":   "Incorrect operand type for operator or function; operator or function: list_append, operand type: S",
		"SET a = list_append(l, b)":    "An operand in the update expression has an incorrect data type",
		"SET a = if_not_exists(:1, b)": "Operator or function requires a document path; operator or function: if_not_exists",
		"SET a = if_not_exists(a)":     "number of operands: 1",
		"SET a = size(l)":              "Invalid function name; function: size",
		"SET nobody.x = :s":            "The document path provided in the update expression is invalid for update",
		"SET m[0] = :s":                "The document path provided in the update expression is invalid for update",
		"SET l.x = :s":                 "The document path provided in the update expression is invalid for update",
		"SET l[9].x = :s":              "The document path provided in the update expression is invalid for update",
		"REMOVE nobody.x":              "The document path provided in the update expression is invalid for update",
		"SET m = :m, m.deep = :s":      "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m], path two: [m, deep]",
		"SET a = :s REMOVE a":          "Two document paths overlap with each other",
		"SET m.x = :s REMOVE m[0]":     "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [m, x], path two: [m, [0]]",
		"ADD a :s":                     "Incorrect operand type for operator or function; operator: ADD, operand type: STRING",
		"ADD a :x":                     "An operand in the update expression has an incorrect data type",
		"ADD b :1":                     "An operand in the update expression has an incorrect data type",
		"ADD a b":                      `Syntax error; token: "b"`,
		"DELETE tags :1":               "Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER",
		"DELETE tags :ns":              "An operand in the update expression has an incorrect data type",
		"SET a = :big + :h":            "Attempting to store more than 38 significant digits in a Number",
	} {
		_, err := runUpdate(t, s, expression, "")
		wantRefusal(t, err, words)
		if after := get(t, s, key("r", "1")); after != before {
			t.Fatalf("%s changed the item to %s", expression, after)
		}
	}
}

func TestReturnValuesShowWhatAWSShows(t *testing.T) {
	for wanted, want := range map[types.ReturnValue]string{
		types.ReturnValueNone:       `{}`,
		types.ReturnValueAllOld:     `{a:1 l:[0 1 2] m:{gate:"o" n:5} pk:"r" sk:"1"}`,
		types.ReturnValueAllNew:     `{a:2 fresh:"new" l:[0 "new" 2] m:{n:6} pk:"r" sk:"1"}`,
		types.ReturnValueUpdatedOld: `{a:1 l:[1] m:{gate:"o" n:5}}`,
		types.ReturnValueUpdatedNew: `{a:2 fresh:"new" l:["new"] m:{n:6}}`,
	} {
		s := newSluice(t)
		put(t, s, with(key("r", "1"), "a", num("1"), "l", list(num("0"), num("1"), num("2")), "m", doc(item{"n": num("5"), "gate": str("o")})))
		out, err := runUpdate(t, s, "SET a = a + :1, l[1] = :s, m.n = m.n + :1, fresh = :s REMOVE m.gate", wanted)
		if err != nil {
			t.Fatal(err)
		}
		if got := print(out.Attributes); got != want {
			t.Errorf("%s:\n got %s\nwant %s", wanted, got, want)
		}
	}
}

func TestUpdateMakesAnItemThatIsNotThere(t *testing.T) {
	s := newSluice(t)
	out, err := runUpdate(t, s, "SET a = :1", types.ReturnValueAllOld)
	if err != nil || out.Attributes != nil {
		t.Errorf("got %v, %v; want no old attributes", out, err)
	}
	if got := get(t, s, key("r", "1")); got != `{a:1 pk:"r" sk:"1"}` {
		t.Errorf("got %s", got)
	}
	must(t)(s.UpdateItem(t.Context(), &awsdynamodb.UpdateItemInput{TableName: aws.String(theTable), Key: key("bare", "1")}))
	if got := get(t, s, key("bare", "1")); got != `{pk:"bare" sk:"1"}` {
		t.Errorf("an update without an expression made %s", got)
	}
}
