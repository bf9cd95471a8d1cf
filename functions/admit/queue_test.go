package admit_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/scenario"
)

// A fix must be able to pass while a release waits for the alarm that the fix turns green.
func TestLeaseIsGivenBackWhileItWaitsForAGreenAlarm(t *testing.T) {
	waits := strings.Replace(says(`"queueLimit":"1h"`), `"alarms":["checkout-errors"]`, `"alarms":["checkout-errors"],"whenRed":"wait"`, 1)
	byhand.RunWith(t, scenario.Options{}, waits, func(w *byhand.World) {
		r := w.Planned("2")
		w.AlarmRed(scenario.Alarm)
		if c := w.Leads("admit", byhand.Start(r)); c.Next != rollout.NextWait || c.Seconds != 60 {
			t.Errorf("the cursor is %+v, want a wait of a minute", c)
		}
		if l := w.Lease(); l.Phase != rollout.Free {
			t.Errorf("the lease is %s by %s", l.Phase, l.Owner)
		}
		w.Pass(2 * time.Hour)
		w.AlarmRed(scenario.Alarm)
		c := w.Leads("admit", byhand.Start(r))
		if why := w.Release(r.ID).Rejection; c.Next != rollout.NextSettle || why == nil || why.Remedy != "bring them back to OK and release again" {
			t.Errorf("after its queue limit it goes on with %q: %+v", c.Next, why)
		}
	})
}

func TestReleaseThatLooksAgainKeepsItsOnePlaceInTheQueue(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		first := w.Begun("2")
		w.Pass(time.Second)
		second := w.Planned("3")
		for range 3 {
			if c := w.Leads("admit", byhand.Start(second)); c.Next != rollout.NextWait || c.Seconds != 173 { // 24h in 500 looks
				t.Errorf("the cursor is %+v, want a wait of 173 seconds", c)
			}
		}
		if got := w.Told(second.ID); !slices.Equal(got, []string{"queued"}) || w.Waiting() != 1 {
			t.Errorf("people heard %v, and %d wait; want one of each", got, w.Waiting())
		}
		if l := w.Lease(); !l.HeldBy(first) || l.Fence != nil {
			t.Errorf("the lease is %+v, want the first release's, untouched", l)
		}
	})
}

// The oldest goes first, even if a younger one happens to look at a free target before it.
func TestYoungerReleaseDoesNotOvertakeOneInTheQueue(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		running := w.Begun("2")
		w.Pass(time.Second)
		older := w.Planned("3")
		w.Leads("admit", byhand.Start(older))
		w.Pass(time.Second)
		younger := w.Planned("3")
		l := w.Lease()
		l.Phase = rollout.Free
		if err := w.Store.LetGo(w.T.Context(), l); err != nil {
			t.Fatal(err)
		}
		if c := w.Leads("admit", byhand.Start(younger)); c.Next != rollout.NextWait {
			t.Errorf("the younger one goes on with %q after the end of %s", c.Next, running.ID)
		}
		if c := w.Leads("admit", byhand.Start(older)); c.Next != rollout.NextShift {
			t.Errorf("the older one goes on with %q", c.Next)
		}
	})
}

func TestSupersedingReleaseSendsOnlyOlderOnesBack(t *testing.T) {
	for name, test := range map[string]struct {
		older  bool
		fenced bool
	}{
		"the one that runs is older": {older: true, fenced: true},
		"the one that runs is newer": {older: false, fenced: false},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.RunWith(t, scenario.Options{}, says(`"whenRunning":"supersede"`), func(w *byhand.World) {
				var r, running rollout.Release
				if test.older {
					running = w.Baking("2")
					w.Pass(time.Second)
					r = w.Planned("3")
				} else {
					r = w.Planned("3")
					w.Pass(time.Second)
					running = w.Baking("2")
				}
				for range 2 { // a repetition changes nothing
					if c := w.Leads("admit", byhand.Start(r)); c.Next != rollout.NextWait {
						t.Errorf("it goes on with %q, want it to wait for %s", c.Next, running.ID)
					}
				}
				l := w.Lease()
				if got := l.Fence != nil; got != test.fenced || slices.Contains(w.Woken(), "first") != test.fenced {
					t.Errorf("fence %+v, woken %v", l.Fence, w.Woken())
				}
				if test.fenced && (l.Fence.Kind != rollout.ByNewer || l.Fence.By != r.ID) {
					t.Errorf("fence %+v, want it raised by %s", l.Fence, r.ID)
				}
			})
		})
	}
}

// Whoever waits for the release looks for it in vain, and asks for it once more.
func TestPeopleHearThatTheReleaseWaitsWhereverTheFirstTryDied(t *testing.T) {
	byhand.Crashing(t, "admit", scenario.Options{}, says(`"queueLimit":"1h"`), func(w *byhand.World) {
		running := w.Planned("2")
		w.Again("admit", byhand.Start(running))
		w.Pass(time.Second)
		r := w.Planned("3")
		w.Again("admit", byhand.Start(r))
		if got := w.Told(r.ID); !slices.Contains(got, "queued") || w.Waiting() != 1 {
			w.T.Errorf("people heard %v, and %d wait", got, w.Waiting())
		}
		if got := w.Told(running.ID); !slices.Contains(got, "started") {
			w.T.Errorf("of the one that runs people heard %v", got)
		}
	})
}
