package dynamodb

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// specimen has an attribute of every type.
func specimen() item {
	return item{
		"word": str("rollback"), "n": num("10"), "octets": bin("\x01\x02\x03"), "flag": yes(), "nothing": null(),
		"tags": texts("a", "b"), "primes": numbers("2", "3"), "accent": str("é"),
		"steps": list(str("plan"), num("2"), doc(item{"deep": str("end")})),
		"doc":   doc(item{"weight": num("0.5"), "name.dot": str("odd")}),
	}
}

var (
	specimenNames  = map[string]string{"#word": "word", "#dot": "name.dot", "#state": "state"}
	specimenValues = item{
		":roll": str("roll"), ":word": str("rollback"), ":ten": num("10.0"), ":nine": num("9"), ":eleven": num("1.1e1"), ":a": str("a"),
		":two": num("2"), ":S": str("S"), ":half": num("0.50"), ":tags": texts("b", "a"), ":raw": bin("\x01\x02"), ":yes": yes(),
		":null": null(), ":plan": str("plan"), ":steps": list(str("plan"), num("2"), doc(item{"deep": str("end")})), ":odd": str("odd"),
		":X": str("X"), ":end": str("end"), ":doc": doc(item{"name.dot": str("odd"), "weight": num("5e-1")}), ":one": num("1"),
	}
)

// scopeFor keeps of the placeholders those that the expression uses.
func scopeFor(t testing.TB, expression string) *scope {
	t.Helper()
	names, values := map[string]string{}, item{}
	for _, piece := range scan(expression) {
		if name, known := specimenNames[piece.text]; known {
			names[piece.text] = name
		}
		if v, known := specimenValues[piece.text]; known {
			values[piece.text] = v
		}
	}
	s := &scope{names: names, values: item{}}
	for name, v := range values {
		admitted, err := admit(v, 0)
		if err != nil {
			t.Fatal(err)
		}
		s.values[name] = admitted
	}
	return s
}

func TestConditionsHoldAsAWSDocumentsThem(t *testing.T) {
	for expression, want := range map[string]bool{
		"word = :word":                                   true,
		"#word = :word":                                  true,
		"word <> :word":                                  false,
		"absent = :word":                                 false,
		"absent <> :word":                                true, // an attribute that is not there differs from everything
		"n = :word":                                      false,
		"n <> :word":                                     true,
		"n = :ten":                                       true, // 10 and 10.0 are one number
		"n > :nine":                                      true, // as numbers, not as text
		"n < :nine":                                      false,
		"n >= :ten and n <= :ten":                        true,
		":nine < n":                                      true,
		"word > :nine":                                   false, // no order between types
		"not word > :nine":                               true,
		"absent < :nine":                                 false,
		"n BETWEEN :nine AND :eleven":                    true,
		"n between :ten and :ten":                        true,
		"word BETWEEN :nine AND :eleven":                 false,
		"absent BETWEEN :nine AND :eleven":               false,
		"n IN (:nine, :ten)":                             true,
		"n in (:nine)":                                   false,
		"absent IN (:nine)":                              false,
		"flag = :yes":                                    true,
		"nothing = :null":                                true,
		"tags = :tags":                                   true, // sets have no order
		"steps = :steps":                                 true,
		"doc = :doc":                                     true,
		"attribute_exists(nothing)":                      true,
		"attribute_exists(absent)":                       false,
		"attribute_not_exists(absent)":                   true,
		"attribute_not_exists(word)":                     false,
		"attribute_exists(doc.weight)":                   true,
		"attribute_exists(doc.absent)":                   false,
		"attribute_exists(steps[2].deep)":                true,
		"attribute_exists(steps[3])":                     false,
		"attribute_exists(word.deep)":                    false,
		"attribute_exists(doc[0])":                       false,
		"attribute_exists(steps.deep)":                   false,
		"doc.#dot = :odd":                                true, // a placeholder is one name, dots and all
		"doc.weight = :half":                             true,
		"steps[0] = :plan":                               true,
		"steps [ 2 ] . deep = :end":                      true,
		"attribute_type(word, :S)":                       true,
		"attribute_type(n, :S)":                          false,
		"attribute_type(absent, :S)":                     false,
		"begins_with(word, :roll)":                       true,
		"begins_with(word, :word)":                       true,
		"begins_with(n, :roll)":                          false,
		"begins_with(octets, :raw)":                      true,
		"begins_with(absent, :roll)":                     false,
		"contains(word, :roll)":                          true,
		"contains(word, :ten)":                           false,
		"contains(tags, :a)":                             true,
		"contains(tags, :roll)":                          false,
		"contains(primes, :two)":                         true,
		"contains(primes, :a)":                           false,
		"contains(steps, :plan)":                         true,
		"contains(steps, :two)":                          true,
		"contains(steps, :nine)":                         false,
		"contains(absent, :a)":                           false,
		"contains(octets, :raw)":                         true,
		"contains(:roll, word)":                          false,
		"contains(:word, word)":                          true,
		"size(tags) = :two":                              true,
		"size(word) > :two":                              true,
		"size(accent) = :one":                            true, // characters, not bytes
		"size(octets) > :two":                            true,
		"size(steps) > :two":                             true,
		"size(doc) = :two":                               true,
		"size(n) = :two":                                 false, // a number has no size
		"size(absent) < :two":                            false,
		"n = :nine OR n = :ten":                          true,
		"n = :nine AND n = :ten OR word = :word":         true, // AND binds tighter
		"n = :nine AND (n = :ten OR word = :word)":       false,
		"NOT n = :nine AND word = :word":                 true, // NOT binds tightest
		"NOT (n = :ten AND word = :word)":                false,
		"NOT NOT n = :ten":                               true,
		"(word) = (:word)":                               true,
		"NOT attribute_exists(absent) and not n = :nine": true,
	} {
		s := scopeFor(t, expression)
		c, err := s.condition("ConditionExpression", &expression)
		if err != nil {
			t.Errorf("%s: %v", expression, err)
			continue
		}
		if got := c.holds(s, specimen()); got != want {
			t.Errorf("%s: got %t, want %t", expression, got, want)
		}
	}
}

func TestConditionsAreRefusedInAWSsWords(t *testing.T) {
	for expression, words := range map[string]string{
		"":                                "Invalid ConditionExpression: The expression can not be empty;",
		"n =":                             `Syntax error; token: "<EOF>", near: "="`,
		"n = :ten :nine":                  `Syntax error; token: ":nine", near: ":ten :nine"`,
		"n == :ten":                       `Syntax error; token: "=", near: "== :ten"`,
		"n ! :ten":                        `Syntax error; token: "!", near: "n ! :ten"`,
		"n":                               `Syntax error; token: "<EOF>"`,
		"n = 5":                           `Syntax error; token: "5"`,
		"_n = :ten":                       `Syntax error; token: "_"`,
		"steps[:ten] = :ten":              `Syntax error; token: ":ten"`,
		"(n = :ten":                       `Syntax error; token: "<EOF>"`,
		"n BETWEEN :nine :ten":            `Syntax error; token: ":ten"`,
		"open = :ten":                     "Attribute name is a reserved keyword; reserved keyword: open",
		"doc.TTL = :ten":                  "Attribute name is a reserved keyword; reserved keyword: TTL",
		"#nobody = :ten":                  "An expression attribute name used in the document path is not defined; attribute name: #nobody",
		"n = :nobody":                     "An expression attribute value used in expression is not defined; attribute value: :nobody",
		"exists(n)":                       "Invalid function name; function: exists",
		"ATTRIBUTE_EXISTS(n)":             "Invalid function name; function: ATTRIBUTE_EXISTS",
		"attribute_exists(n, word)":       "Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2",
		"attribute_exists(:ten)":          "Operator or function requires a document path; operator or function: attribute_exists",
		"begins_with(n, :ten)":            "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
		"attribute_type(n, :ten)":         "Incorrect operand type for operator or function; operator or function: attribute_type, operand type: N",
		"attribute_type(n, :X)":           "Invalid attribute type name found; type: X",
		"size(n)":                         "The function is not allowed to be used this way in an expression; function: size",
		"size(:ten) = :ten":               "Incorrect operand type for operator or function; operator or function: size, operand type: N",
		"contains(word, n) = :yes":        `Syntax error; token: "="`,
		":yes = contains(word, n)":        "The function is not allowed to be used this way in an expression; function: contains",
		"n < :yes":                        "Incorrect operand type for operator or function; operator: <, operand type: BOOL",
		"n = n":                           "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [n]",
		"word = #word":                    "first operand: [word]",
		"n BETWEEN :ten AND :nine":        "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:10}, upper bound operand: AttributeValue: {N:9}",
		"n BETWEEN :ten AND :word":        "The BETWEEN operator requires same data type for lower and upper bounds",
		"((n = :ten))":                    "The expression has redundant parentheses;",
		"n = :ten AND word":               "Syntax error",
		strings.Repeat("n", 4097):         "Expression size has exceeded the maximum allowed size; expression size: 4097",
		strings.Repeat("not ", 301) + "n": "Syntax error",
		strings.Repeat("not ", 301) + "attribute_exists(n)": "The expression contains too many operators; operator count: 302",
		"n IN (" + strings.Repeat(":ten,", 100) + ":ten)":   "number of operands: 101",
	} {
		_, err := scopeFor(t, expression).condition("ConditionExpression", aws.String(expression))
		wantRefusal(t, err, words)
	}
}

func TestTheReservedWordsAreAWSs(t *testing.T) {
	if len(reserved) != 573 {
		t.Errorf("%d words, the documentation lists 573", len(reserved))
	}
	for _, text := range []string{"ABORT", "zone", "Open", "ttl", "localtimestamp", "flattern"} {
		if !isReserved(text) {
			t.Errorf("%s is free", text)
		}
	}
	for _, text := range []string{"pk", "sk", "created", "epoch", "weight", "localtimestamps"} {
		if isReserved(text) {
			t.Errorf("%s is reserved", text)
		}
	}
}

func TestEveryPlaceholderMustBeUsed(t *testing.T) {
	use := func(names map[string]string, values item, expression *string) error {
		s, err := newScope(names, values)
		if err != nil {
			return err
		}
		if _, err := s.condition("ConditionExpression", expression); err != nil {
			return err
		}
		return s.close("ConditionExpression")
	}
	exists := aws.String("attribute_exists(#a)")
	a := map[string]string{"#a": "open"}
	if err := use(a, nil, exists); err != nil {
		t.Errorf("a placeholder stands for a reserved word: %v", err)
	}
	wantRefusal(t, use(map[string]string{"#a": "a", "#c": "c", "#b": "b"}, nil, exists),
		"Value provided in ExpressionAttributeNames unused in expressions: keys: {#b, #c}")
	wantRefusal(t, use(a, item{":v": str("")}, exists), "Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}")
	wantRefusal(t, use(a, nil, nil), "ExpressionAttributeNames can only be specified when using expressions")
	wantRefusal(t, use(nil, item{":v": str("")}, nil),
		"ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null")
	wantRefusal(t, use(map[string]string{}, nil, nil), "ExpressionAttributeNames must not be empty")
	wantRefusal(t, use(nil, item{}, nil), "ExpressionAttributeValues must not be empty")
	wantRefusal(t, use(map[string]string{"a": "a"}, nil, exists), `ExpressionAttributeNames contains invalid key: Syntax error; key: "a"`)
	wantRefusal(t, use(a, item{":v-v": str("")}, exists), `ExpressionAttributeValues contains invalid key: Syntax error; key: ":v-v"`)
	wantRefusal(t, use(a, item{":v": num("x")}, exists),
		"ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value: x for key :v")
}
