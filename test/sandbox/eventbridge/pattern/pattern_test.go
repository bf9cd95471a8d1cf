package pattern

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The patterns are the examples of https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html,
// .../eb-event-patterns-arrays.html and .../eb-event-patterns-null-values.html, each with events on either side of it.
var documented = []struct {
	name, pattern string
	match, refuse []string
}{
	{
		"and", `{"Location": ["New York"], "Day": ["Monday"]}`,
		[]string{`{"Location": "New York", "Day": "Monday"}`},
		[]string{`{"Location": "New York", "Day": "Tuesday"}`, `{"Location": "New York"}`},
	},
	{
		"anything-but text", `{"detail": {"state": [{"anything-but": "initializing"}]}}`,
		[]string{`{"detail": {"state": "running"}}`, `{"detail": {"state": null}}`, `{"detail": {"state": ["initializing", "running"]}}`},
		[]string{`{"detail": {"state": "initializing"}}`, `{"detail": {}}`, `{"detail": {"state": []}}`},
	},
	{
		"anything-but number", `{"detail": {"x-limit": [{"anything-but": 123}]}}`,
		[]string{`{"detail": {"x-limit": 124}}`, `{"detail": {"x-limit": "123"}}`},
		[]string{`{"detail": {"x-limit": 123}}`, `{"detail": {"x-limit": 123.0}}`},
	},
	{
		"anything-but texts", `{"detail": {"state": [{"anything-but": ["stopped", "overloaded"]}]}}`,
		[]string{`{"detail": {"state": "running"}}`},
		[]string{`{"detail": {"state": "stopped"}}`, `{"detail": {"state": "overloaded"}}`},
	},
	{
		"anything-but numbers", `{"detail": {"x-limit": [{"anything-but": [100, 200, 300]}]}}`,
		[]string{`{"detail": {"x-limit": 150}}`},
		[]string{`{"detail": {"x-limit": 200}}`},
	},
	{
		"anything-but ignoring case", `{"detail": {"state": [{"anything-but": {"equals-ignore-case": "initializing"}}]}}`,
		[]string{`{"detail": {"state": "running"}}`},
		[]string{`{"detail": {"state": "INITIALIZING"}}`},
	},
	{
		"anything-but list ignoring case", `{"detail": {"state": [{"anything-but": {"equals-ignore-case": ["initializing", "stopped"]}}]}}`,
		[]string{`{"detail": {"state": "running"}}`},
		[]string{`{"detail": {"state": "Stopped"}}`, `{"detail": {"state": "Initializing"}}`},
	},
	{
		"anything-but prefix", `{"Region": [{"anything-but": {"prefix": "us-"}}]}`,
		[]string{`{"Region": "eu-west-1"}`},
		[]string{`{"Region": "us-east-1"}`},
	},
	{
		"anything-but prefixes", `{"detail": {"state": [{"anything-but": {"prefix": ["init", "stop"]}}]}}`,
		[]string{`{"detail": {"state": "running"}}`},
		[]string{`{"detail": {"state": "initializing"}}`, `{"detail": {"state": "stopped"}}`},
	},
	{
		"anything-but suffix", `{"detail": {"FileName": [{"anything-but": {"suffix": ".txt"}}]}}`,
		[]string{`{"detail": {"FileName": "a.png"}}`},
		[]string{`{"detail": {"FileName": "a.txt"}}`},
	},
	{
		"anything-but suffixes", `{"detail": {"FileName": [{"anything-but": {"suffix": [".txt", ".rtf"]}}]}}`,
		[]string{`{"detail": {"FileName": "a.png"}}`},
		[]string{`{"detail": {"FileName": "a.txt"}}`, `{"detail": {"FileName": "a.rtf"}}`},
	},
	{
		"anything-but wildcard", `{"detail": {"FilePath": [{"anything-but": {"wildcard": "*/lib/*"}}]}}`,
		[]string{`{"detail": {"FilePath": "/src/main.go"}}`},
		[]string{`{"detail": {"FilePath": "/usr/lib/x"}}`},
	},
	{
		"anything-but wildcards", `{"detail": {"FilePath": [{"anything-but": {"wildcard": ["*/lib/*", "*/bin/*"]}}]}}`,
		[]string{`{"detail": {"FilePath": "/src/main.go"}}`},
		[]string{`{"detail": {"FilePath": "/usr/lib/x"}}`, `{"detail": {"FilePath": "/usr/bin/x"}}`},
	},
	{
		"prefix", `{"time": [{"prefix": "2017-10-02"}]}`,
		[]string{`{"time": "2017-10-02T18:43:48Z"}`},
		[]string{`{"time": "2017-10-03T18:43:48Z"}`, `{"time": 20171002}`},
	},
	{
		"prefix ignoring case", `{"detail": {"service": [{"prefix": {"equals-ignore-case": "EventB"}}]}}`,
		[]string{`{"detail": {"service": "EVENTBRIDGE"}}`, `{"detail": {"service": "eventbridge"}}`},
		[]string{`{"detail": {"service": "events"}}`},
	},
	{
		"suffix", `{"FileName": [{"suffix": ".png"}]}`,
		[]string{`{"FileName": "a.png"}`},
		[]string{`{"FileName": "a.PNG"}`, `{"FileName": "png"}`},
	},
	{
		"suffix ignoring case", `{"detail": {"FileName": [{"suffix": {"equals-ignore-case": ".png"}}]}}`,
		[]string{`{"detail": {"FileName": "a.PNG"}}`, `{"detail": {"FileName": "a.png"}}`},
		[]string{`{"detail": {"FileName": "a.jpg"}}`},
	},
	{
		"empty text", `{"LastName": [""]}`,
		[]string{`{"LastName": ""}`},
		[]string{`{"LastName": "x"}`, `{"LastName": null}`, `{}`},
	},
	{
		"equals", `{"Name": ["Alice"]}`,
		[]string{`{"Name": "Alice"}`},
		[]string{`{"Name": "alice"}`},
	},
	{
		"equals ignoring case", `{"detail-type": [{"equals-ignore-case": "ec2 instance state-change notification"}]}`,
		[]string{`{"detail-type": "EC2 Instance State-change Notification"}`},
		[]string{`{"detail-type": "EC2 Instance"}`},
	},
	{
		"exists", `{"detail": {"state": [{"exists": true}]}}`,
		[]string{`{"detail": {"state": "x"}}`, `{"detail": {"state": null}}`},
		[]string{`{"detail": {}}`, `{"detail": {"state": {"name": "x"}}}`},
	},
	{
		"does not exist", `{"detail-type": ["EC2"], "detail": {"c-count": [{"exists": false}]}}`,
		[]string{
			`{"detail-type": "EC2", "detail": {"state": ["initializing", "running"]}}`,
			`{"detail-type": "EC2", "detail": {"c-count": {"c1": 100}}}`, // not a leaf
			`{"detail-type": "EC2"}`,
		},
		[]string{`{"detail-type": "EC2", "detail": {"c-count": 1}}`},
	},
	{
		"null", `{"detail": {"UserID": [null]}}`,
		[]string{`{"detail": {"UserID": null}}`},
		[]string{`{"detail": {"UserID": ""}}`, `{"detail": {}}`},
	},
	{
		"boolean", `{"detail": {"ok": [true]}}`,
		[]string{`{"detail": {"ok": true}}`},
		[]string{`{"detail": {"ok": false}}`, `{"detail": {"ok": "true"}}`},
	},
	{
		"number equals", `{"Price": [{"numeric": ["=", 100]}]}`,
		[]string{`{"Price": 100}`, `{"Price": 1.0e2}`},
		[]string{`{"Price": 101}`, `{"Price": "100"}`},
	},
	{
		"number in range", `{"Price": [{"numeric": [">", 10, "<=", 20]}]}`,
		[]string{`{"Price": 11}`, `{"Price": 20}`},
		[]string{`{"Price": 10}`, `{"Price": 20.000001}`},
	},
	{
		"several numbers", `{"detail": {"c-count": [{"numeric": [">", 0, "<=", 5]}], "d-count": [{"numeric": ["<", 10]}], "x-limit": [{"numeric": ["=", 3.018e2]}]}}`,
		[]string{`{"detail": {"c-count": 5, "d-count": 9, "x-limit": 301.8}}`},
		[]string{`{"detail": {"c-count": 5, "d-count": 10, "x-limit": 301.8}}`},
	},
	{
		"address block", `{"detail": {"sourceIPAddress": [{"cidr": "10.0.0.0/24"}]}}`,
		[]string{`{"detail": {"sourceIPAddress": "10.0.0.255"}}`},
		[]string{`{"detail": {"sourceIPAddress": "10.0.1.0"}}`, `{"detail": {"sourceIPAddress": "nowhere"}}`},
	},
	{
		"address block of version 6", `{"detail": {"sourceIPAddress": [{"cidr": "2001:db8::/32"}]}}`,
		[]string{`{"detail": {"sourceIPAddress": "2001:db8::7"}}`},
		[]string{`{"detail": {"sourceIPAddress": "2001:db9::7"}}`},
	},
	{
		"or of values", `{"PaymentType": ["Credit", "Debit"]}`,
		[]string{`{"PaymentType": "Credit"}`, `{"PaymentType": "Debit"}`},
		[]string{`{"PaymentType": "Cash"}`},
	},
	{
		"or of fields", `{"$or": [{"Location": ["New York"]}, {"Day": ["Monday"]}]}`,
		[]string{`{"Location": "New York"}`, `{"Day": "Monday", "Location": "Paris"}`},
		[]string{`{"Location": "Paris", "Day": "Tuesday"}`},
	},
	{
		"or below detail", `{"detail": {"$or": [{"c-count": [{"numeric": [">", 0, "<=", 5]}]}, {"d-count": [{"numeric": ["<", 10]}]}, {"x-limit": [{"numeric": ["=", 3.018e2]}]}]}}`,
		[]string{`{"detail": {"c-count": 1}}`, `{"detail": {"d-count": 1, "c-count": 9}}`, `{"detail": {"x-limit": 301.8}}`},
		[]string{`{"detail": {"c-count": 6, "d-count": 10}}`, `{"detail": {}}`},
	},
	{
		"wildcard", `{"detail": {"EventBusArn": [{"wildcard": "arn:aws:events:us-east-1:*:event-bus/*"}]}}`,
		[]string{`{"detail": {"EventBusArn": "arn:aws:events:us-east-1:123456789012:event-bus/sluice"}}`},
		[]string{`{"detail": {"EventBusArn": "arn:aws:events:eu-west-1:123456789012:event-bus/sluice"}}`},
	},
	{
		"wildcard within a folder", `{"FileName": [{"wildcard": "dir/*.png"}]}`,
		[]string{`{"FileName": "dir/a.png"}`, `{"FileName": "dir/.png"}`},
		[]string{`{"FileName": "dir/a.gif"}`, `{"FileName": "other/a.png"}`, `{"FileName": 7}`},
	},
	{
		"wildcard with escaped stars", `{"detail": {"s": [{"wildcard": "\\**\\\\"}]}}`,
		[]string{`{"detail": {"s": "*anything\\"}}`},
		[]string{`{"detail": {"s": "anything\\"}}`, `{"detail": {"s": "*anything"}}`},
	},
	{
		"combined", `{"time": [{"prefix": "2017-10-02"}], "detail": {"state": [{"anything-but": "initializing"}], "c-count": [{"numeric": [">", 0, "<=", 5]}], "d-count": [{"numeric": ["<", 10]}], "x-limit": [{"anything-but": [100, 200, 300]}]}}`,
		[]string{`{"time": "2017-10-02T00:00:00Z", "detail": {"state": "running", "c-count": 5, "d-count": 3, "x-limit": 301.8}}`},
		[]string{`{"time": "2017-10-02T00:00:00Z", "detail": {"state": "running", "c-count": 5, "d-count": 3, "x-limit": 300}}`},
	},
	{
		"arrays intersect", `{"resources": ["arn:aws:ec2:us-east-1:123456789012:instance/i-b188560f", "arn:aws:ec2:us-east-1:111122223333:instance/i-b188560f"]}`,
		[]string{`{"resources": ["arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:x", "arn:aws:ec2:us-east-1:123456789012:instance/i-b188560f"]}`},
		[]string{`{"resources": ["arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:x"]}`, `{"resources": []}`},
	},
	{
		"fields of one element of an array", `{"employees": {"firstName": ["Anna"], "lastName": ["Smith"]}}`,
		[]string{`{"employees": [{"firstName": "John", "lastName": "Doe"}, {"firstName": "Anna", "lastName": "Smith"}]}`},
		[]string{`{"employees": [{"firstName": "Anna", "lastName": "Doe"}, {"firstName": "John", "lastName": "Smith"}]}`},
	},
	{
		"identifier longer than a float", `{"account": [123456789012345678901]}`,
		[]string{`{"account": 123456789012345678901}`},
		[]string{`{"account": 123456789012345678902}`},
	},
}

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
		{`{"source": [{"prefix": {"wildcard": "x"}}]}`, "Unsupported prefix pattern"},
		{`{"source": [{"exists": "yes"}]}`, "exists match pattern must be either true or false"},
		{`{"source": [{"cidr": "10.0.0.0"}]}`, "Malformed CIDR"},
		{`{"source": [{"wildcard": "a**b"}]}`, "Consecutive wildcard characters"},
		{`{"source": [{"wildcard": "a\\b"}]}`, "Invalid escape character"},
		{`{"source": [{"numeric": 5}]}`, "Value of numeric must be an array"},
		{`{"source": [{"numeric": ["<", 5, ">", 1]}]}`, "Bad numeric range operator"},
		{`{"source": [{"numeric": [">", 5, "<", 5]}]}`, "Bottom must be less than top"},
		{`{"source": [{"numeric": [">", 5.1e9]}]}`, "Value must be between"},
		{`{"source": [{"numeric": ["~", 5]}]}`, "Unrecognized numeric range operator"},
		{`{"source": [{"anything-but": ["a", 1]}]}`, "mixed type is not supported"},
		{`{"source": [{"anything-but": []}]}`, "mixed type is not supported"},
		{`{"source": [{"anything-but": [null]}]}`, "Value of anything-but"},
		{`{"source": [{"anything-but": {"prefix": ""}}]}`, "Null prefix/suffix not allowed"},
		{`{"source": [{"anything-but": {"numeric": ["=", 1]}}]}`, "Unsupported anything-but pattern"},
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

// The wildcard matcher is greedy; here it is held against one that tries everything.
func TestWildcardAgreesWithTryingEverything(t *testing.T) {
	var try func(pattern, s string) bool
	try = func(pattern, s string) bool {
		if pattern == "" {
			return s == ""
		}
		if pattern[0] == '*' {
			return try(pattern[1:], s) || (s != "" && try(pattern, s[1:]))
		}
		return s != "" && s[0] == pattern[0] && try(pattern[1:], s[1:])
	}
	rapid.Check(t, func(t *rapid.T) {
		source := rapid.StringMatching(`\*?([ab]+\*){0,4}[ab]*`).Draw(t, "pattern")
		text := rapid.StringMatching(`[ab]{0,12}`).Draw(t, "text")
		parts, err := split(source)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := glob(parts, text), try(source, text); got != want {
			t.Errorf("%q on %q: %v, want %v", source, text, got, want)
		}
	})
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
