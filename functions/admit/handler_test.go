package admit_test

import (
	"slices"
	"testing"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/scenario"
)

func TestReleaseThatIsLetInHoldsTheLeaseAndIsGuarded(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Planned("2")
		c := w.Leads("admit", byhand.Start(r))
		if c.Next != rollout.NextShift || c.Step != 0 || c.Seconds != 600 {
			t.Errorf("the cursor is %+v, want the first step and its bake", c)
		}
		r, l := w.Release(r.ID), w.Lease()
		if !l.HeldBy(r) || l.Stable != "1" || l.Candidate != "2" || l.Weight != rollout.None || r.Stable != "1" {
			t.Errorf("lease %+v, record epoch %d stable %s", l, r.Epoch, r.Stable)
		}
		if asked := w.Calls("admit"); len(slices.DeleteFunc(asked, func(c scenario.Call) bool { return c.Operation != "cloudwatch:DescribeAlarms" })) != 1 {
			t.Errorf("gate reads the alarms' states and how they are evaluated in one call; it made %d", len(w.Calls("admit")))
		}
		if !l.Guards(scenario.Alarm, time.Now(), time.Now()) || !l.Expires.After(time.Now()) {
			t.Errorf("alarm %s does not guard it: %+v", scenario.Alarm, l)
		}
	})
}

// Its first answer may have been lost: the second call must neither take the lease twice nor wait for itself.
func TestSecondCallKeepsTheLeaseOfTheFirst(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Begun("2")
		first := w.Lease()
		if c := w.Leads("admit", byhand.Start(r)); c.Next != rollout.NextShift || c.Step != 0 {
			t.Errorf("the second cursor is %+v, want the first step", c)
		}
		if l := w.Lease(); l.Epoch != first.Epoch || l.Owner != r.ID || w.Waiting() != 0 {
			t.Errorf("epoch %d of %s, %d in the queue; want epoch %d of %s", l.Epoch, l.Owner, w.Waiting(), first.Epoch, r.ID)
		}
	})
}

// Plan found that there was nothing to do, was tried again because its answer came too late, and then there was: such a release must be taken back
// again as any other that moved traffic.
func TestReleaseThatBeginsHasSomethingToDo(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Planned("2")
		if err := w.Store.Served(t.Context(), r.ID, rollout.Line{At: time.Now(), Who: "plan", What: "Version 2 serves all traffic already."}); err != nil {
			t.Fatal(err)
		}
		w.Leads("admit", byhand.Start(r))
		if r = w.Release(r.ID); r.Served || r.Started.IsZero() {
			t.Errorf("began %s, and has nothing to do: %v", r.Started, r.Served)
		}
	})
}

func TestWhatIsDecidedAlreadyPassesBy(t *testing.T) {
	for _, next := range []rollout.Next{rollout.NextSettle, rollout.NextBack} {
		byhand.Run(t, func(w *byhand.World) {
			r := w.Planned("2")
			if c := w.Leads("admit", byhand.Start(r).Go(next)); c.Next != next {
				t.Errorf("%q became %q", next, c.Next)
			}
			if l := w.Lease(); l.Owner != "" || len(w.Calls("admit")) != 0 {
				t.Errorf("%s owns the lease after %d calls, want none", l.Owner, len(w.Calls("admit")))
			}
		})
	}
}

func TestReleaseThatWasStoppedBeforeNeverTakesTheLease(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Planned("2")
		w.Does("decide", byhand.Event(events.AbortRequested, events.ControlRequest{Release: r.ID, By: "grace"}))
		if c := w.Leads("admit", byhand.Start(r)); c.Next != rollout.NextSettle || w.Lease().Owner != "" {
			t.Errorf("it goes on with %q, and %q owns the lease", c.Next, w.Lease().Owner)
		}
	})
}
