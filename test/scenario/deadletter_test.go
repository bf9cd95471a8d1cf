package scenario

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
)

// send puts an event with any detail on the bus.
func (w *World) send(detailType, detail string) {
	w.T.Helper()
	out, err := w.offer(detailType, detail)
	w.must(err)
	if out.FailedEntryCount > 0 {
		w.T.Fatalf("the bus refused the event: %s", aws.ToString(out.Entries[0].ErrorMessage))
	}
}

func (w *World) offer(detailType, detail string) (*eventbridge.PutEventsOutput, error) {
	return w.Events.PutEvents(w.ctx, &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{{
		EventBusName: aws.String(busName), Source: aws.String("story"), DetailType: &detailType, Detail: &detail,
	}}})
}

// onlyRelease is the id of the one release that anybody was told of.
func (w *World) onlyRelease() string {
	w.T.Helper()
	w.journal.mu.Lock()
	defer w.journal.mu.Unlock()
	if len(w.told) != 1 {
		w.T.Fatalf("told of %d releases, want one", len(w.told))
	}
	for id := range maps.Keys(w.told) {
		return id
	}
	return ""
}

// untouched checks that no machine ran, nothing waits to be looked at and the traffic is where it was.
func (w *World) untouched() {
	w.T.Helper()
	if got := w.Serves(); got != "1" {
		w.T.Errorf("the alias serves %s", got)
	}
	if n := w.Running(); n > 0 || len(w.Open()) > 0 {
		w.T.Errorf("%d executions run, open releases %v", n, w.Open())
	}
	w.nothingGivenUp()
}

// deadLettered waits for the last of a function's tries and checks that the event lies in its dead-letter queue as it
// was sent, with the reason, and that the queue's alarm tells people.
func (w *World) deadLettered(function, sent, want string) {
	w.T.Helper()
	w.GivesUp(function)
	w.Pass(lastTry)
	letters := w.Sandbox.SQS.Messages(w.deadLetters(function))
	if len(letters) != 1 || !strings.Contains(letters[0].Body, sent) {
		w.T.Fatalf("%d dead letters, want the event", len(letters))
	}
	if got := letters[0].Attributes["ErrorMessage"]; !strings.Contains(got, want) {
		w.T.Errorf("the dead letter says %q, want %q", got, want)
	}
	if state := w.alarmState(stackName + "-" + function + "-dead-letters"); state != "ALARM" {
		w.T.Errorf("the alarm of the dead-letter queue is %s", state)
	}
}

// A queue that nobody looks at would make every story look quiet.
func TestDeadLettersAreFoundInTheQueueOfEachFunction(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		woken := []string{"decide", "github", "guard", "notify", "progress", "slack", "source", "sweep", "trigger"}
		for _, f := range woken {
			w.GivesUp(f)
			w.Redeliver(f, []byte(`"no event"`))
		}
		w.Pass(lastTry)
		if got := slices.Sorted(maps.Keys(w.letters())); !slices.Equal(got, woken) {
			t.Errorf("dead letters of %v, want those of %v", got, woken)
		}
	})
}
