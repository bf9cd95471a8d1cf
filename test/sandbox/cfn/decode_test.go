package cfn_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/test/sandbox/cfn"
)

type queue struct {
	QueueName  *string
	Retention  int32
	Fifo       bool
	Weight     float64
	Tags       []tag
	Attributes map[string]string
	Policy     any
}

type tag struct{ Key, Value string }

func decodeQueue(t *testing.T, text string) (queue, error) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var properties map[string]any
	if err := d.Decode(&properties); err != nil {
		t.Fatal(err)
	}
	var q queue
	err := cfn.Decode(properties, &q, map[string]string{"KmsMasterKeyId": "nothing is encrypted here"})
	return q, err
}

func TestPropertiesDecodeLeniently(t *testing.T) {
	name := "jobs"
	got, err := decodeQueue(t, `{"QueueName": "jobs", "Retention": "30", "Fifo": "true", "Weight": 0.5, "KmsMasterKeyId": "x",
		"Tags": [{"Key": "a", "Value": 1}], "Attributes": {"x": true}, "Policy": {"Statement": []}}`)
	if err != nil {
		t.Fatal(err)
	}
	want := queue{
		QueueName: &name, Retention: 30, Fifo: true, Weight: 0.5, Tags: []tag{{"a", "1"}},
		Attributes: map[string]string{"x": "true"}, Policy: map[string]any{"Statement": []any{}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestUnknownAndIllTypedPropertiesAreRefusedWithTheirPath(t *testing.T) {
	for text, want := range map[string]string{
		`{"Colour": "red"}`:                  "property Colour is not implemented",
		`{"Tags": [{"Key": "a", "Hue": 1}]}`: "Tags.0: property Hue is not implemented",
		`{"Retention": "soon"}`:              `Retention: wants a whole number, got "soon"`,
		`{"Retention": 3000000000}`:          "Retention: wants a whole number",
		`{"Fifo": "maybe"}`:                  "Fifo: wants true or false",
		`{"Tags": {}}`:                       "Tags: wants a list",
		`{"Attributes": {"x": []}}`:          "Attributes.x: wants text",
	} {
		if _, err := decodeQueue(t, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v; want it to say %q", text, err, want)
		}
	}
}
