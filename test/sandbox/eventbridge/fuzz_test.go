package eventbridge

import (
	"encoding/json"
	"flag"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
)

func FuzzTransformer(f *testing.F) {
	for _, template := range []string{`"<x> is <y>"`, `{"a":<x>,"b":"<y>"}`, `<aws.events.event.json>`, `"\"<x>`, `<<x>>`, `{"a":<x>`} {
		f.Add(template, "$.detail.a", []byte(`{"a":"say \"hi\"","b":[1,{"c":2}]}`))
	}
	s := New(f.Context(), Options{Home: home})
	if !mutating() {
		f.Add(`<x>`, "$"+strings.Repeat("[0]", 50_000), []byte(`{"a":`+strings.Repeat("[", 5000)+strings.Repeat("]", 5000)+`}`))
		for _, template := range []string{strings.Repeat("<x>", 90_000)} {
			f.Add(template, "$.detail.a", []byte(`{"a":1}`))
		}
	}
	f.Fuzz(func(t *testing.T, template, path string, detail []byte) {
		in, err := transformerInput(types.InputTransformer{InputTemplate: &template, InputPathsMap: map[string]string{"x": path, "y": "$.detail-type"}}, "id")
		if err != nil || !json.Valid(detail) {
			return
		}
		m, err := s.newMessage(Event{ID: "1", DetailType: "d", Source: "s", Detail: detail})
		if err != nil {
			return
		}
		_, _ = in(&rule{name: "r", arn: "arn"}, m) // what is no JSON afterwards is an error, never a panic
	})
}

// mutating says whether this process looks for new inputs: the largest seeds would take all of its time.
func mutating() bool { return flag.Lookup("test.fuzz").Value.String() != "" }
