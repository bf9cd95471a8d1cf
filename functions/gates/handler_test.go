package gates_test

import (
	"slices"
	"testing"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/scenario"
)

// In the night to Sunday, 26 March 2000, the clock in Berlin jumps from 02:00 to 03:00; on 29 October it comes back to 02:00.
func TestWaitForAWindowFollowsTheClockOverItsChanges(t *testing.T) {
	for name, test := range map[string]struct {
		now  time.Time
		want int // seconds of the wait; 0: it is open
	}{
		"half an hour before the jump into the window": {time.Date(2000, 3, 26, 0, 30, 0, 0, time.UTC), 30 * 60},
		"at the jump":                          {time.Date(2000, 3, 26, 1, 0, 0, 0, time.UTC), 0},
		"in the hour that comes a second time": {time.Date(2000, 10, 29, 1, 10, 0, 0, time.UTC), 20 * 60},
		"a day before, in pieces":              {time.Date(2000, 3, 25, 3, 0, 0, 0, time.UTC), 5184},
	} {
		t.Run(name, func(t *testing.T) {
			clock := func() time.Time { return time.Now().Add(test.now.Sub(time.Date(2000, 1, 1, 0, 2, 0, 0, time.UTC))) } // byhand takes two minutes
			byhand.RunWith(t, scenario.Options{Now: clock}, longer(`"windows":[{"from":"02:30","until":"04:00","zone":"Europe/Berlin"}]`), func(w *byhand.World) {
				r := w.Planned("2")
				r.ID, r.Created = "checkout-000000000001", clock()
				if err := w.Store.Create(w.T.Context(), r); err != nil {
					t.Fatal(err)
				}
				c := w.Leads("gates", byhand.Start(r))
				switch {
				case test.want == 0 && c.Next != rollout.NextOpen:
					t.Errorf("it goes on with %+v, want it open", c)
				case test.want > 0 && (c.Next != rollout.NextWait || c.Seconds > test.want || c.Seconds < test.want-30):
					t.Errorf("it goes on with %+v, want a wait of %d seconds", c, test.want)
				}
			})
		})
	}
}

func longer(gates string) string {
	return scenario.Gated(gates)[:len(scenario.Gated(gates))-1] + `,"queueLimit":"720h"}`
}

// A word that comes between the look and the wait would never be heard of otherwise.
func TestOverrideBetweenTheLookAndTheWaitEndsTheWaitAtOnce(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, scenario.Gated(`"windows":[{"from":"04:00","until":"05:00","zone":"UTC"}],"override":["grace"]`), func(w *byhand.World) {
		r := w.Planned("2")
		if c := w.Leads("gates", byhand.Start(r)); c.Next != rollout.NextWait {
			t.Fatalf("it goes on with %+v", c)
		}
		w.Does("decide", byhand.Event(events.OverrideRequested, events.ControlRequest{Release: r.ID, By: "grace", Reason: "I know"}))
		w.Does("wait", byhand.Task(r, 0, "mine"))
		if got := w.Woken(); len(got) != 1 || got[0] != "mine" {
			t.Errorf("woken %v, want the wait to end at once", got)
		}
		if c := w.Leads("gates", byhand.Start(r)); c.Next != rollout.NextOpen {
			t.Errorf("it goes on with %+v, want it open", c)
		}
		w.Does("wait", byhand.Task(r, 0, "next")) // what was looked at wakes nobody again
		if got := w.Woken(); len(got) != 1 {
			t.Errorf("woken %v", got)
		}
	})
}

func TestOverrideEndsAWaitThatHasBegun(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, scenario.Gated(`"windows":[{"from":"04:00","until":"05:00","zone":"UTC"}],"override":["grace"]`), func(w *byhand.World) {
		r := w.Planned("2")
		w.Leads("gates", byhand.Start(r))
		w.Does("wait", byhand.Task(r, 0, "mine"))
		w.Does("decide", byhand.Event(events.OverrideRequested, events.ControlRequest{Release: r.ID, By: "grace", Reason: "I know"}))
		if got := w.Woken(); len(got) != 1 || got[0] != "mine" {
			t.Errorf("woken %v, want the wait to end", got)
		}
	})
}

// A release that is held looks like one that hangs to whoever was not told.
func TestPeopleHearThatTheReleaseIsHeldWhereverTheFirstTryDied(t *testing.T) {
	byhand.Crashing(t, "gates", scenario.Options{}, scenario.Gated(`"windows":[{"from":"04:00","until":"05:00","zone":"UTC"}]`), func(w *byhand.World) {
		r := w.Planned("2")
		w.Again("gates", byhand.Start(r))
		if got := w.Told(r.ID); !slices.Contains(got, "held") {
			w.T.Errorf("people heard %v", got)
		}
	})
}

func TestPeopleHearOnceOfAGateThatStaysShut(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, scenario.Gated(`"windows":[{"from":"04:00","until":"05:00","zone":"UTC"}]`), func(w *byhand.World) {
		r := w.Planned("2")
		for _, token := range []string{"first", "second", "third"} {
			w.Leads("gates", byhand.Start(r))
			w.Does("wait", byhand.Task(r, 0, token))
		}
		if got := w.Told(r.ID); !slices.Equal(got, []string{"held"}) {
			t.Errorf("people heard %v", got)
		}
	})
}
