package events_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"sluice/events"
)

// TestSamplesSurviveTheRoundTrip decodes each sample into its type and back: no field that Sluice writes or reads is lost.
func TestSamplesSurviveTheRoundTrip(t *testing.T) {
	roundTrip[events.ReleaseRequest](t, "release-requested")
	roundTrip[events.ControlRequest](t, "release-abort-requested", "release-promote-requested", "release-override-requested")
	roundTrip[events.AnswerRequest](t, "release-answer-given")
	roundTrip[events.Release](t, "release-shifted", "release-waiting", "release-answered", "release-rolled-back", "release-rejected")
	roundTrip[events.Frozen](t, "freeze-set", "freeze-lifted")
	roundTrip[events.Push](t, "commit-pushed")
	roundTrip[events.Artifact](t, "artifact-published")
}

func roundTrip[T any](t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		var e events.Envelope[T]
		text := sample(t, name)
		if err := json.Unmarshal(text, &e); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		back, err := json.Marshal(e)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(tree(t, text), tree(t, back)); diff != "" {
			t.Errorf("%s (-sample +round trip):\n%s", name, diff)
		}
	}
}

func TestAlarmEventReadsCloudWatchsTimes(t *testing.T) {
	var e events.Envelope[events.Alarm]
	if err := json.Unmarshal(sample(t, "alarm"), &e); err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 11, 23, 9, 59, 59, 989e6, time.UTC); !e.Detail.State.Timestamp.Std().Equal(want) {
		t.Errorf("state changed at %v, want %v", e.Detail.State.Timestamp.Std(), want)
	}
	if a, err := events.ReadAlarm(delivered(t, "alarm")); err != nil || a.ARN != "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:checkout-errors" {
		t.Errorf("the alarm is %q (%v)", a.ARN, err)
	}
	if e.Detail.MuteDetail == nil || e.Detail.MuteDetail.End.Std().Hour() != 11 {
		t.Errorf("mute detail %+v, want one that ends at 11:00", e.Detail.MuteDetail)
	}
}

func TestExecutionEventCarriesTheCursor(t *testing.T) {
	var e events.Envelope[events.Execution]
	if err := json.Unmarshal(sample(t, "execution"), &e); err != nil {
		t.Fatal(err)
	}
	if e.Detail.Status != "ABORTED" || !strings.Contains(e.Detail.Input, "checkout-1f0c2b3a4d5e") {
		t.Errorf("execution %+v", e.Detail)
	}
}

// TestSamplesFollowTheirSchemas also shows that the schemas refuse something.
func TestSamplesFollowTheirSchemas(t *testing.T) {
	for schema, samples := range map[string][]string{
		"request":  {"release-requested"},
		"control":  {"release-abort-requested", "release-promote-requested", "release-override-requested"},
		"answer":   {"release-answer-given"},
		"push":     {"commit-pushed"},
		"artifact": {"artifact-published"},
		"freeze":   {"freeze-set", "freeze-lifted"},
		"release":  {"release-shifted", "release-waiting", "release-answered", "release-rolled-back", "release-rejected"},
	} {
		compiled, err := jsonschema.NewCompiler().Compile(schema + ".schema.json")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range samples {
			value, err := jsonschema.UnmarshalJSON(bytes.NewReader(sample(t, name)))
			if err != nil {
				t.Fatal(err)
			}
			if err := compiled.Validate(value); err != nil {
				t.Errorf("%s does not follow %s: %v", name, schema, err)
			}
			value.(map[string]any)["detail"] = map[string]any{}
			if compiled.Validate(value) == nil {
				t.Errorf("%s: schema %s takes an empty detail", name, schema)
			}
		}
	}
}

func TestReleaseIDIsAnExecutionNameAndOnePerEvent(t *testing.T) {
	id := events.ReleaseID("checkout", "42", "event-1")
	if id != events.ReleaseID("checkout", "42", "event-1") || id == events.ReleaseID("checkout", "42", "event-2") || id == events.ReleaseID("checkout", "43", "event-1") {
		t.Error("the id does not follow service, revision and event")
	}
	for _, service := range []string{"", "Not A Name", strings.Repeat("x", 300), "a/b", "ä"} {
		if id := events.ReleaseID(service, "1", "e"); !strings.HasPrefix(id, "unknown-") || len(id) > 80 {
			t.Errorf("service %.20q makes id %q", service, id)
		}
	}
}

// An alarm without its ARN could be anybody's.
func TestAlarmThatItsEventDoesNotNameIsMalformed(t *testing.T) {
	for name, resources := range map[string][]string{
		"nothing": nil, "no ARN": {"checkout-errors"}, "another alarm": {"arn:aws:cloudwatch:eu-central-1:123456789012:alarm:old:checkout-errors"},
		"a mute rule": {"arn:aws:cloudwatch:eu-central-1:123456789012:alarm-mute-rule:checkout-errors"},
	} {
		e := delivered(t, "alarm")
		e.Resources = resources
		var malformed *events.Malformed
		if a, err := events.ReadAlarm(e); !errors.As(err, &malformed) || malformed.Field != "resources" {
			t.Errorf("%s names the alarm %q (%v)", name, a.ARN, err)
		}
	}
}

// delivered is a sample as functions get it.
func delivered(t *testing.T, name string) events.Raw {
	t.Helper()
	var e events.Raw
	if err := json.Unmarshal(sample(t, name), &e); err != nil {
		t.Fatal(err)
	}
	return e
}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func tree(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
