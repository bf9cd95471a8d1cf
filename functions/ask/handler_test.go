package ask_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/scenario"
)

// first is a definition that asks before any traffic.
var first = strings.Replace(scenario.Asking, `"before":"last"`, `"before":"first"`, 1)

func TestQuestionIsWrittenToldAndWaitedWith(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, first, func(w *byhand.World) {
		r := w.Asking("2")
		w.Does("ask", byhand.Task(r, 0, "mine"))
		q := w.Release(r.ID).Asked
		if q == nil || q.Step != 0 || q.Digest != r.Digest(0) || q.Until.Sub(q.Since) != 4*time.Hour {
			t.Fatalf("question %+v, want one about step 0 for four hours", q)
		}
		if l := w.Lease(); w.Waits(r.ID) != "mine" || l.Expires.Before(q.Until) {
			t.Errorf("lease until %v, it waits with %q; want its own token, and the lease until after %v", l.Expires, w.Waits(r.ID), q.Until)
		}
		if told := w.Told(r.ID); !slices.Contains(told, "waiting") || len(w.Woken()) != 0 {
			t.Errorf("told %v, woken %v", told, w.Woken())
		}
	})
}

// A wait that ended for nothing must not give people more time, or take any from them.
func TestQuestionThatIsAskedAgainKeepsItsTime(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, first, func(w *byhand.World) {
		r := w.Asking("2")
		w.Does("ask", byhand.Task(r, 0, "mine"))
		until := w.Release(r.ID).Asked.Until
		w.Pass(time.Hour)
		w.Does("ask", byhand.Task(r, 0, "again"))
		if q := w.Release(r.ID).Asked; !q.Until.Equal(until) || w.Waits(r.ID) != "again" {
			t.Errorf("it ends at %v, want %v; token %q", q.Until, until, w.Waits(r.ID))
		}
	})
}

// Whatever was said or decided before the token was stored woke nobody.
func TestWaitThatIsOverBeforeItBeginsEndsAtOnce(t *testing.T) {
	for name, before := range map[string]func(w *byhand.World, r rollout.Release){
		"the fence is up":  func(w *byhand.World, r rollout.Release) { w.Fenced(r) },
		"nothing is asked": func(w *byhand.World, r rollout.Release) { w.Define(scenario.Canary); w.Leads("plan", byhand.Start(r)) },
		"it is answered": func(w *byhand.World, r rollout.Release) {
			w.Does("ask", byhand.Task(r, 0, "lost"))
			w.Does("decide", yes(r))
		},
		"somebody else holds": func(w *byhand.World, _ rollout.Release) { w.LeaseExpires(); w.Begun("3") },
	} {
		t.Run(name, func(t *testing.T) {
			byhand.RunWith(t, scenario.Options{}, first, func(w *byhand.World) {
				r := w.Asking("2")
				before(w, r)
				w.Does("ask", byhand.Task(w.Release(r.ID), 0, "mine"))
				if woken := w.Woken(); !slices.Contains(woken, "mine") {
					t.Errorf("woken %v, want the wait itself", woken)
				}
			})
		})
	}
}

func yes(r rollout.Release) events.Envelope[any] {
	return byhand.Event(events.AnswerGiven, events.AnswerRequest{Release: r.ID, By: "grace", Answer: events.Approve})
}
