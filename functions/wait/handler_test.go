package wait_test

import (
	"slices"
	"testing"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/scenario"
)

// queued is a release that waits behind another one, which holds the lease.
func queued(w *byhand.World) (running, waiting rollout.Release) {
	running = w.Begun("2")
	w.Pass(time.Second)
	waiting = w.Planned("3")
	w.Leads("admit", byhand.Start(waiting))
	return running, waiting
}

func TestWhoWaitsCanBeWoken(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		_, r := queued(w)
		w.Does("wait", byhand.Task(r, 0, "first"))
		w.Does("wait", byhand.Task(r, 0, "second")) // a retried state has a new token, and only that one counts
		if got := w.Woken(); len(got) != 0 {
			t.Errorf("woken %v while the target is held", got)
		}
		if got := w.Waits(r.ID); got != "second" {
			t.Errorf("it waits with %q, want the newest token", got)
		}
	})
}

// What came between Gate's look and the token would never be heard of: Wait looks again after it has stored the token.
func TestWhatCameInBetweenEndsTheWaitAtOnce(t *testing.T) {
	for name, between := range map[string]func(w *byhand.World, running, r rollout.Release){
		"the target is free": func(w *byhand.World, running, _ rollout.Release) {
			w.Fenced(running)
			w.Leads("rollback", byhand.Start(running))
			w.Leads("settle", byhand.Start(running))
		},
		"the one that ran was promoted": func(w *byhand.World, running, _ rollout.Release) {
			w.Does("shift", byhand.Task(running, running.Last(), ""))
			w.Leads("settle", byhand.Start(running))
		},
		"a person stopped it": func(w *byhand.World, _, r rollout.Release) {
			w.Does("decide", byhand.Event(events.AbortRequested, events.ControlRequest{Release: r.ID, By: "grace"}))
		},
		"a newer one takes its place": func(w *byhand.World, _, r rollout.Release) {
			place, err := w.Store.Queued(w.T.Context(), scenario.Target, r)
			if err == nil {
				err = w.Store.Displace(w.T.Context(), scenario.Target, place, "checkout-newer")
			}
			if err != nil {
				w.T.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.Run(t, func(w *byhand.World) {
				running, r := queued(w)
				between(w, running, r)
				w.Does("wait", byhand.Task(r, 0, "mine"))
				if got := w.Woken(); !slices.Contains(got, "mine") {
					t.Errorf("woken %v, want the wait to end at once", got)
				}
			})
		})
	}
}

// A release that waits for a green alarm stands in no queue: nobody wakes it, its time-out does.
func TestWhoIsInNoQueueWaitsForTheTimeOut(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Planned("2")
		w.Does("wait", byhand.Task(r, 0, "mine"))
		if got := w.Woken(); len(got) != 0 || w.Waiting() != 0 {
			t.Errorf("woken %v, %d in the queue; want a wait that nothing ends", got, w.Waiting())
		}
	})
}
