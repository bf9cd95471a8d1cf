package sfn

import (
	"flag"
	"os"
	"strings"
	"testing"
)

// Paths and templates: whatever stands in a definition compiles and evaluates, or is refused.
func FuzzTemplate(f *testing.F) {
	const input = `{"release":"r","step":1,"list":[1,2,{"a":"b"}],"text":"a.b"}`
	for _, text := range []string{
		`{"a.$":"$.release"}`, `{"a.$":"$$.Task.Token"}`, `{"a.$":"States.UUID()"}`, `{"a.$":"$.list[-1]"}`, `{"a.$":"$['rel\\'ease']"}`, `{"a.$":7}`,
	} {
		f.Add(text, input)
	}
	if !mutating() {
		for _, text := range []string{strings.Repeat(`{"a":`, 5000) + `1` + strings.Repeat("}", 5000), `{"a.$":"$` + strings.Repeat(".a", 100_000) + `"}`} {
			f.Add(text, input)
		}
	}
	run := &execution{service: New(f.Context(), Options{}), contextExecution: map[string]any{}, contextMachine: map[string]any{}}
	f.Fuzz(func(t *testing.T, template, input string) {
		value, err := decode(template)
		if err != nil {
			return
		}
		e, err := compileTemplate(value)
		if err != nil {
			return
		}
		in, err := decode(input)
		if err != nil {
			return
		}
		if out, err := e(scope{input: in, context: &contextObject{run: run, token: "t"}}); err == nil {
			if _, err := decode(encode(out)); err != nil {
				t.Errorf("%.60q makes what is no JSON: %v", template, err)
			}
		}
	})
}

func FuzzMachine(f *testing.F) {
	text, err := os.ReadFile("../../../infra/release.asl.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(strings.ReplaceAll(string(text), "${Partition}", "aws"))
	for _, text := range []string{
		`{"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[{"Not":{"Variable":"$.a","IsNull":true},"Next":"A"}]}}}`,
		`{"StartAt":"A","States":{"A":{"Type":"Map","ItemProcessor":{"StartAt":"A","States":{"A":{"Type":"Succeed"}}},"End":true}}}`,
		`{"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":-1,"End":true}}}`, `{"StartAt":"A"}`, `null`,
		`{"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[{"Next":"A",` + strings.Repeat(`"Not":{`, 5000) + strings.Repeat("}", 5000) + `}]}}}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, definition string) {
		p, err := compile(definition)
		if err == nil && p.body.start == nil {
			t.Error("accepted a machine that starts nowhere")
		}
	})
}

// mutating says whether this process looks for new inputs: the largest seeds would take all of its time.
func mutating() bool { return flag.Lookup("test.fuzz").Value.String() != "" }
