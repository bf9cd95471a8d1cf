package scenario

import (
	"strings"
	"testing"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
)

func TestAbortStopsTheReleaseWhereverItIs(t *testing.T) {
	t.Run("while it bakes", func(t *testing.T) {
		Run(t, func(w *World) {
			w.Given(Canary)
			id := w.Requested("2")
			w.AtStep(id, 1)
			w.Aborted(id)
			r := w.Ended(id)
			w.Then(r, rollout.Aborted, began+step+step+back, "1")
			if r.Cause.By != "grace" {
				t.Errorf("cause %+v, want grace", r.Cause)
			}
		})
	})
	t.Run("before it begins", func(t *testing.T) {
		Run(t, func(w *World) {
			w.Given(Canary)
			id := w.Requested("2")
			w.Aborted(id)
			r := w.Ended(id)
			if r.End != rollout.Aborted || w.Serves() != "1" {
				t.Errorf("ended %s, serves %s:\n%s", r.End, w.Serves(), Story(r))
			}
		})
	})
	t.Run("in the queue", func(t *testing.T) {
		Run(t, func(w *World) {
			w.Given(Canary)
			first, second := w.Requested("2"), w.later("3")
			w.Pass(time.Minute)
			w.Aborted(second)
			w.Then(w.Ended(second), rollout.Aborted, "Plan Admit Wait Admit "+ends, "1 95 %, 2 5 %")
			w.Then(w.Ended(first), rollout.Succeeded, began+step+step+step+step+ends, "2")
		})
	})
	t.Run("inside its revert window", func(t *testing.T) {
		Run(t, func(w *World) {
			w.Given(Canary)
			id := w.Requested("2")
			w.Ended(id)
			w.Aborted(id)
			w.Pass(time.Minute)
			r := w.Ended(id)
			if r.End != rollout.Aborted || !r.Reverted || w.Serves() != "1" {
				t.Errorf("ended %s (reverted %v), serves %s:\n%s", r.End, r.Reverted, w.Serves(), Story(r))
			}
		})
	})
	t.Run("but not after it", func(t *testing.T) {
		Run(t, func(w *World) {
			w.Given(Canary)
			id := w.Requested("2")
			w.Ended(id)
			w.Pass(2 * time.Hour)
			w.Aborted(id)
			w.Pass(time.Minute)
			w.Then(w.Ended(id), rollout.Succeeded, began+step+step+step+step+ends, "2")
		})
	})
}

func TestPromoteNowSkipsTheRemainingSteps(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		id := w.Requested("2")
		w.AtStep(id, 0)
		w.PromotedNow(id)
		r := w.Ended(id)
		w.Then(r, rollout.Succeeded, began+step+step+ends, "2")
		if !strings.Contains(Story(r), "Promoted at once by grace") {
			t.Errorf("the audit trail does not say who promoted:\n%s", Story(r))
		}
	})
}

func TestTheSameRequestTwiceIsOneRelease(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		id := w.Requested("2")
		w.AtStep(id, 0)
		w.Redeliver("trigger", w.LastEvent("trigger"))
		w.Then(w.Ended(id), rollout.Succeeded, began+step+step+step+step+ends, "2")
		w.Redeliver("trigger", w.LastEvent("trigger")) // and once more after its end
		w.Pass(time.Hour)
		if got := len(w.Executions()); got != 1 {
			t.Errorf("%d executions led it, want 1", got)
		}
	})
}

func TestRequestThatCannotBeReleasedIsRejectedWithARemedy(t *testing.T) {
	for name, test := range map[string]struct {
		request events.ReleaseRequest
		spoil   func(w *World)
		want    string
	}{
		"unknown service":          {request: events.ReleaseRequest{Service: "chekout", Revision: "2"}, want: `no service is called "chekout"`},
		"no revision":              {request: events.ReleaseRequest{Service: Service}, want: "names no revision"},
		"$LATEST":                  {request: events.ReleaseRequest{Service: Service, Revision: "$LATEST"}, want: `"$LATEST", which is not a version`},
		"an alias":                 {request: events.ReleaseRequest{Service: Service, Revision: "live"}, want: `"live", which is not a version`},
		"a version of a parameter": {request: events.ReleaseRequest{Service: Service + ":1", Revision: "2"}, want: "no service name"},
		"missing version":          {request: events.ReleaseRequest{Service: Service, Revision: "77"}, want: "has no version 77"},
		"provisioned concurrency":  {request: events.ReleaseRequest{Service: Service, Revision: "2"}, spoil: (*World).ProvisionedConcurrency, want: "provisioned concurrency"},
		"other role":               {request: events.ReleaseRequest{Service: Service, Revision: "4"}, spoil: (*World).VersionWithOtherRole, want: "runs with role"},
		"somebody else's split":    {request: events.ReleaseRequest{Service: Service, Revision: "3"}, spoil: func(w *World) { w.Split("1", "2", 0.1) }, want: "split by somebody else"},
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				w.Given(Canary)
				if test.spoil != nil {
					test.spoil(w)
				}
				before := w.Serves()
				r := w.Ended(w.Request(test.request))
				if r.End != rollout.Rejected || r.Rejection == nil || !strings.Contains(r.Rejection.Reason, test.want) || r.Rejection.Remedy == "" {
					t.Errorf("ended %s: %+v, want a rejection with %q\n%s", r.End, r.Rejection, test.want, Story(r))
				}
				if got := w.Serves(); got != before {
					t.Errorf("a rejected release moved the alias from %s to %s", before, got)
				}
			})
		})
	}
}

// Whoever may put an event on the bus could give a bad candidate all traffic in anybody's name.
func TestPromotionByEventCountsOnlyFromWhomTheDefinitionNames(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		id := w.Requested("2")
		w.AtStep(id, 0)
		w.put(events.PromoteRequested, events.ControlRequest{Release: id, By: "mallory"})
		w.Pass(time.Minute)
		if serves := w.Serves(); serves != "1 95 %, 2 5 %" {
			t.Errorf("a word of nobody moved the traffic: %s", serves)
		}
		w.PromotedNow(id)
		trail := Story(w.Ended(id))
		for _, want := range []string{`promote by "mallory", by an event of account 123456789012, does not count`, "grace (claimed, by an event of account 123456789012"} {
			if !strings.Contains(trail, want) {
				t.Errorf("the record does not say %q:\n%s", want, trail)
			}
		}
	})
}
