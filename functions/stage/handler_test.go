package stage_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/eventbridge"

	"sluice/events"
	"sluice/test/byhand"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

const (
	first = "c0d76431-b0e7-4a5b-97e3-e8ee786eb6f6"
	later = "00000000-b0e7-4a5b-97e3-e8ee786eb6f6"
)

// job is a call of an action with these parameters, and the token of the call before.
func job(id, parameters, token string) any {
	return map[string]any{"CodePipeline.job": map[string]any{"id": id, "data": map[string]any{
		"actionConfiguration": map[string]any{"configuration": map[string]string{"UserParameters": parameters}}, "continuationToken": token,
	}}}
}

const asksFor2 = `{"service":"checkout","revision":"2"}`

// id is that of the release for which the first call asks.
var id = events.StageRequest{Service: "checkout", Revision: "2"}.Request(first).ID("")

// bus is what stage has put on the bus of a world.
type bus struct{ calls *sandboxtest.Calls }

func (b *bus) keep(next wire.Handler) wire.Handler {
	return func(ctx context.Context, call *wire.Call) (any, error) { return b.calls.Keep(next)(ctx, call) }
}

func (b *bus) options() scenario.Options {
	return scenario.Options{Middleware: []wire.Middleware{byhand.For("stage", b.keep)}}
}

// delivers has trigger get each event, as often as stage has put it.
func (b *bus) delivers(w *byhand.World) {
	w.T.Helper()
	for _, c := range b.calls.Of("events:PutEvents") {
		entry := c.Input.(*eventbridge.PutEventsInput).Entries[0]
		e := byhand.Event(*entry.DetailType, json.RawMessage(*entry.Detail))
		e.Source = *entry.Source
		w.Does("trigger", e)
	}
}

func TestJobIsAskedForOnceWhereverItsFunctionDied(t *testing.T) {
	b := &bus{}
	byhand.Crashing(t, "stage", b.options(), scenario.Canary, func(w *byhand.World) {
		b.calls = &sandboxtest.Calls{}
		w.Again("stage", job(first, asksFor2, ""))
		b.delivers(w)
		w.Again("stage", job(first, asksFor2, "")) // Lambda delivers it again
		b.delivers(w)
		if r, there := w.Recorded(id); !there || w.Running() != 1 || r.By != events.StageSource {
			w.T.Errorf("the release is there: %t, asked for by %q; %d executions", there, r.By, w.Running())
		}
	})
}

// A later call is another job, and asks for the release of the first.
func TestRequestThatWasLostIsSentAgainForTheSameRelease(t *testing.T) {
	b := &bus{calls: &sandboxtest.Calls{}}
	byhand.RunWith(t, b.options(), scenario.Canary, func(w *byhand.World) {
		w.Does("stage", job(first, asksFor2, ""))
		token := `{"first":"` + first + `","release":"` + id + `","since":"` + time.Now().Format(time.RFC3339) + `"}`
		w.Pass(time.Minute)
		w.Does("stage", job(later, asksFor2, token))
		b.delivers(w)
		if _, there := w.Recorded(id); !there || w.Running() != 1 || w.Made("stage", "events:PutEvents") != 2 {
			t.Errorf("the release is there: %t; %d executions", there, w.Running())
		}
		w.Does("stage", job(later, asksFor2, token))
		if n := w.Made("stage", "events:PutEvents"); n != 2 {
			t.Errorf("it asks %d times, although the release is there", n)
		}
	})
}

// What is no job is nobody's request, and nobody waits for an answer.
func TestEventThatIsNoJobDoesNothing(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		for _, e := range []any{map[string]string{}, job("mine", asksFor2, ""), byhand.Event(events.ReleaseRequested, events.ReleaseRequest{Service: "checkout", Revision: "2"})} {
			w.Does("stage", e)
		}
		if calls := w.Calls("stage"); len(calls) != 0 {
			t.Errorf("it calls %v", calls)
		}
	})
}

// A release that somebody else has begun with the same revision is waited for: a second one would take its place.
func TestJobJoinsTheReleaseThatRunsAlready(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		w.Created("2")
		w.Pass(time.Second)
		says, err := w.Call("stage", job(first, asksFor2, ""))
		if err != nil || w.Made("stage", "events:PutEvents") != 0 || !strings.Contains(string(says), "is running") {
			t.Errorf("it says %s (%v), and asks %d times", says, err, w.Made("stage", "events:PutEvents"))
		}
		w.Does("stage", job(later, `{"service":"checkout","revision":"3"}`, ""))
		if n := w.Made("stage", "events:PutEvents"); n != 1 {
			t.Errorf("of another revision it asks %d times", n)
		}
	})
}

// turn is a look of the state machine for an execution, after another that has found a release.
func turn(execution, asks, release string) any {
	return map[string]any{"turn": map[string]any{"execution": execution, "since": time.Now().UTC().Format("2006-01-02T15:04:05.000Z"), "asks": json.RawMessage(asks), "release": release}}
}

// Step Functions tries a turn again that failed, and the next one knows what it has found.
func TestTurnIsAskedForOnceWhereverItsFunctionDied(t *testing.T) {
	of := events.StageRequest{Service: "checkout", Revision: "2"}.Request("shop-" + first).ID("")
	b := &bus{}
	byhand.Crashing(t, "stage", b.options(), scenario.Canary, func(w *byhand.World) {
		b.calls = &sandboxtest.Calls{}
		for _, release := range []string{"", "", of} {
			w.Again("stage", turn("shop-"+first, asksFor2, release))
			b.delivers(w)
		}
		if r, there := w.Recorded(of); !there || w.Running() != 1 || r.By != events.StageSource {
			w.T.Errorf("the release is there: %t, asked for by %q; %d executions", there, r.By, w.Running())
		}
	})
}
