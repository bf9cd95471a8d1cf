package pattern

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"sluice/test/sandbox/wire"
)

func TestPatternMatchesWhatTheDocumentationSays(t *testing.T) {
	for _, test := range documented {
		t.Run(test.name, func(t *testing.T) {
			p, err := Compile(test.pattern)
			if err != nil {
				t.Fatal(err)
			}
			for _, event := range test.match {
				if !matches(t, p, event) {
					t.Errorf("does not match %s", event)
				}
			}
			for _, event := range test.refuse {
				if matches(t, p, event) {
					t.Errorf("matches %s", event)
				}
			}
		})
	}
}

func matches(t testing.TB, p *Pattern, event string) bool {
	t.Helper()
	v, err := Decode([]byte(event))
	if err != nil {
		t.Fatalf("%s: %v", event, err)
	}
	return p.Match(v)
}

func TestCompileRefusesWhatIsNoPattern(t *testing.T) {
	tests := []struct{ source, reason string }{
		{`[]`, "Filter is not an object"},
		{`{}`, "Empty objects are not allowed"},
		{`{"source": "aws.ec2"}`, `"source" must be an object or an array`},
		{`{"source": []}`, "Empty arrays are not allowed"},
		{`{"source": [["aws.ec2"]]}`, "Match value must be String, number, true, false, or null"},
		{`{"source": [{}]}`, "Match expression name not found"},
		{`{"source": [{"begins": "x"}]}`, "Unrecognized match type begins"},
		{`{"source": [{"prefix": "x", "suffix": "y"}]}`, "Only one key allowed"},
		{`{"source": [{"prefix": 1}]}`, "prefix match pattern must be a string"},
		{`{"source": [{"exists": "yes"}]}`, "exists match pattern must be either true or false"},
		{`{"source": [{"anything-but": ["a", 1]}]}`, "mixed type is not supported"},
		{`{"source": [{"anything-but": []}]}`, "mixed type is not supported"},
		{`{"source": [{"anything-but": [null]}]}`, "Value of anything-but"},
		{`{"$or": {"a": ["x"]}}`, "$or must be an array"},
		{`{"$or": [{"a": ["x"]}]}`, "at least 2 objects"},
		{`{"$or": [{"prefix": ["x"]}, {"b": ["y"]}]}`, "reserved field name"},
		{`{"source": ["a"]`, "unexpected EOF"},
		{`{"source": ["a"]} x`, "text after the end"},
	}
	for _, test := range tests {
		_, err := Compile(test.source)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%s: error %v, want a SyntaxError", test.source, err)
			continue
		}
		if !strings.Contains(syntax.Reason, test.reason) {
			t.Errorf("%s: %q, want %q in it", test.source, syntax.Reason, test.reason)
		}
	}
}

func TestSyntaxErrorPointsAtThePlace(t *testing.T) {
	_, err := Compile("{\n  \"source\": [\"a\"],\n  \"detail\": 7\n}")
	var syntax *SyntaxError
	if !errors.As(err, &syntax) || syntax.Line != 3 || syntax.Column < 13 || syntax.Column > 15 {
		t.Errorf("error %v, want one at the end of line 3", err)
	}
}

func TestCompileRefusesMoreThanAThousandCombinations(t *testing.T) {
	ten := make([]string, 10)
	for i := range ten {
		ten[i] = fmt.Sprintf(`{"f%d": ["x"]}`, i)
	}
	or := `"$or": [` + strings.Join(ten, ",") + `]`
	thousand := `{"a": {` + or + `}, "b": {` + or + `}, "c": {` + or + `}}`
	if _, err := Compile(thousand); err != nil {
		t.Errorf("a thousand: %v", err)
	}
	if _, err := Compile(strings.Replace(thousand, `"c": {`, `"c": {"e": {"$or": [{"x": [1]}, {"y": [1]}]},`, 1)); err == nil {
		t.Error("two thousand: accepted")
	}
}

func TestOperatorThatIsNotHereIsSaid(t *testing.T) {
	for _, source := range []string{
		`{"a": [{"suffix": {"equals-ignore-case": "x"}}]}`, `{"a": [{"wildcard": "x\\*"}]}`, `{"a": [{"numeric": ["=", 1]}]}`, `{"a": [{"cidr": "10.0.0.0/8"}]}`,
		`{"a": [{"equals-ignore-case": "x"}]}`, `{"a": [{"prefix": {"equals-ignore-case": "x"}}]}`, `{"a": [{"anything-but": {"prefix": "x"}}]}`,
	} {
		var missing *wire.Error
		if _, err := Compile(source); !errors.As(err, &missing) || missing.Code != "NotImplementedException" {
			t.Errorf("%s: error %v, want NotImplementedException", source, err)
		}
	}
}

func TestWildcardStandsForAnyCharacters(t *testing.T) {
	for text, matches := range map[string]bool{"stack/shop/1": true, "arn:stack/shop/": true, "stack/shop": false, "stack/shop2/1": false, "stack/a/shop/1": false} {
		p, err := Compile(`{"a": [{"wildcard": "*stack/shop/*"}]}`)
		if err != nil {
			t.Fatal(err)
		}
		event, err := Decode(fmt.Appendf(nil, `{"a": %q}`, text))
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Match(event); got != matches {
			t.Errorf("%s: %v", text, got)
		}
	}
	if _, err := Compile(`{"a": [{"wildcard": "x**"}]}`); err == nil {
		t.Error("two wildcards in a row: accepted")
	}
}

func BenchmarkMatch(b *testing.B) {
	p, err := Compile(`{"source": ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"], "detail": {"state": {"value": ["ALARM", "INSUFFICIENT_DATA"]}}}`)
	if err != nil {
		b.Fatal(err)
	}
	for name, source := range map[string]string{"hit": "aws.cloudwatch", "miss": "aws.states"} {
		event, err := Decode(fmt.Appendf(nil, `{"source": %q, "detail-type": "CloudWatch Alarm State Change", "detail": {"state": {"value": "ALARM"}}}`, source))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Match(event)
			}
		})
	}
}
