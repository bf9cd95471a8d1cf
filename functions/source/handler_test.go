package source_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"sluice/events"
	"sluice/test/byhand"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// sample is an event of AWS as AWS documents it, after changes of its text.
func sample(t *testing.T, name string, changes ...string) json.RawMessage {
	t.Helper()
	text, err := os.ReadFile("../../events/testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer(changes...).Replace(string(text))
	if len(changes) > 0 && changed == string(text) {
		t.Fatalf("%s does not hold %q", name, changes[0])
	}
	return json.RawMessage(changed)
}

// heard is a world that keeps what is put on the bus.
func heard(t *testing.T, faults []wire.Middleware, test func(w *byhand.World, told func() []types.PutEventsRequestEntry)) {
	t.Helper()
	calls := &sandboxtest.Calls{}
	byhand.RunWith(t, scenario.Options{Middleware: append([]wire.Middleware{byhand.For("source", calls.Keep)}, faults...)}, scenario.Canary, func(w *byhand.World) {
		test(w, func() (all []types.PutEventsRequestEntry) {
			for _, c := range calls.Of("events:PutEvents") {
				all = append(all, c.Input.(*eventbridge.PutEventsInput).Entries...)
			}
			return all
		})
	})
}

// AWS tells twice now and then, an hour apart even: under two names one push would be two releases.
func TestEventThatComesTwiceIsToldUnderOneName(t *testing.T) {
	for name, detailType := range map[string]string{
		"codecommit-updated": events.CommitPushed, "ecr-pushed": events.ArtifactPublished, "s3-created": events.ArtifactPublished,
		"codepipeline-succeeded": events.ArtifactPublished, "lambda-published": events.ArtifactPublished,
	} {
		t.Run(name, func(t *testing.T) {
			heard(t, nil, func(w *byhand.World, told func() []types.PutEventsRequestEntry) {
				w.Does("source", sample(t, name))
				w.Pass(time.Hour)
				w.Does("source", sample(t, name))
				all := told()
				if len(all) != 2 || *all[0].Detail != *all[1].Detail || *all[0].DetailType != detailType || *all[0].Source != events.Source {
					t.Fatalf("told %d times, want twice the same", len(all))
				}
				var said struct{ Delivery string }
				if err := json.Unmarshal([]byte(*all[0].Detail), &said); err != nil || said.Delivery != "6a7e8feb-b491-4cf7-a9f1-bf3703467718" {
					t.Errorf("its name is %q (%v), want the event's", said.Delivery, err)
				}
			})
		})
	}
}

// Each of these would release something that nobody wants released, or fail for ever.
func TestEventThatMeansNothingIsToldToNobody(t *testing.T) {
	for name, event := range map[string]json.RawMessage{
		"a replayed one":                     sample(t, "codecommit-updated", `"version": "0",`, `"version": "0", "replay-name": "look-at-yesterday",`),
		"a branch that was deleted":          sample(t, "codecommit-deleted"),
		"a pipeline that failed":             sample(t, "codepipeline-succeeded", "SUCCEEDED", "FAILED"),
		"a stage without its name":           sample(t, "codepipeline-stage-succeeded", `"stage"`, `"stages"`),
		"an image that was deleted":          sample(t, "ecr-pushed", "PUSH", "DELETE"),
		"code that is no version":            sample(t, "lambda-code-updated", `"version": "43"`, `"version": "$LATEST"`),
		"a version that was not published":   sample(t, "lambda-published", `"eventName"`, `"errorCode": "AccessDenied", "eventName"`),
		"a push without its commit":          sample(t, "codecommit-updated", `"commitId"`, `"commitIds"`),
		"a push whose commit is a number":    sample(t, "codecommit-updated", `"4f1c2a9be07d35861b24c9d7e5f60a1832b7cd90"`, `7`),
		"an event without a name of its own": sample(t, "ecr-pushed", "6a7e8feb-b491-4cf7-a9f1-bf3703467718", ""),
		"one of another service":             sample(t, "alarm"),
		"one that somebody else sends":       sample(t, "ecr-pushed", `"aws.ecr"`, `"acme.ecr"`),
	} {
		t.Run(name, func(t *testing.T) {
			heard(t, nil, func(w *byhand.World, _ func() []types.PutEventsRequestEntry) {
				w.Does("source", event)
				if n := len(w.Calls("source")); n != 0 {
					t.Errorf("it made %d calls", n)
				}
			})
		})
	}
}

// The bus says 200 to what it did not take: whoever believes that loses a push.
func TestPushThatTheBusDidNotTakeIsToldAgain(t *testing.T) {
	for name, fault := range map[string]wire.Middleware{
		"it took no entry": sandboxtest.Answer("events:PutEvents", 1, &eventbridge.PutEventsOutput{
			FailedEntryCount: 1, Entries: []types.PutEventsResultEntry{{ErrorCode: aws.String("InternalFailure"), ErrorMessage: aws.String("not now")}},
		}),
		"it refused the call": sandboxtest.Fail("events:PutEvents", 1, wire.AccessDenied("not now")),
	} {
		t.Run(name, func(t *testing.T) {
			heard(t, []wire.Middleware{byhand.For("source", fault)}, func(w *byhand.World, told func() []types.PutEventsRequestEntry) {
				w.Refuses("source", sample(t, "codecommit-updated"), "not now")
				w.Does("source", sample(t, "codecommit-updated"))
				if all := told(); len(all) != 2 || *all[0].Detail != *all[1].Detail {
					t.Errorf("told %d times, want the same once more", len(all))
				}
			})
		})
	}
}
