package settle_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// ready leads a release to the point where nothing but its end is missing.
func ready(w *byhand.World) rollout.Release {
	r := w.Baking("2")
	w.Does("shift", byhand.Task(r, r.Last(), "last"))
	return w.Release(r.ID)
}

func TestPromotedReleaseIsRecordedArmedToldAndCounted(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := ready(w)
		w.Leads("settle", byhand.Start(r))
		r, l := w.Release(r.ID), w.Lease()
		if r.End != rollout.Succeeded || !r.Ended.Equal(time.Now()) || len(w.Open()) != 0 {
			t.Errorf("it ended %q at %v, open %v", r.End, r.Ended, w.Open())
		}
		if l.Phase != rollout.Armed || l.ArmedUntil.Sub(r.Ended) != time.Hour {
			t.Errorf("the lease is %s until %v after the end, want it armed for the revert window", l.Phase, l.ArmedUntil.Sub(r.Ended))
		}
		if got := w.Told(r.ID); got[len(got)-1] != "succeeded" {
			t.Errorf("people heard %v", got)
		}
		w.Pass(time.Minute)
		if n := w.Metric("Releases", "Environment", "sandbox", "Outcome", "succeeded"); n != 1 {
			t.Errorf("%v releases succeeded, want 1", n)
		}
	})
}

// Whoever died after the record was written repeats the rest; the end, its time and its lease stay.
func TestSecondCallKeepsTheEnd(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := ready(w)
		w.Leads("settle", byhand.Start(r))
		first, lease := w.Release(r.ID), w.Lease()
		w.Pass(time.Minute)
		w.Leads("settle", byhand.Start(r))
		if diff := cmp.Diff(first, w.Release(r.ID)); diff != "" {
			t.Errorf("record (-first +second):\n%s", diff)
		}
		if diff := cmp.Diff(lease, w.Lease()); diff != "" {
			t.Errorf("lease (-first +second):\n%s", diff)
		}
	})
}

// It must not take the lease of a later release for its own.
func TestLateRepetitionLeavesTheNextOwnerAlone(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		first := w.Promoted("2")
		w.Pass(time.Second)
		second := w.Baking("3")
		before := w.Lease()
		w.Leads("settle", byhand.Start(first))
		if diff := cmp.Diff(before, w.Lease()); diff != "" || w.Release(second.ID).End != "" {
			t.Errorf("lease (-before +after):\n%s", diff)
		}
	})
}

// I2: no end is written that was not seen. Each refusal is an error, so that the state machine tries again.
func TestEndIsWhatWasReadBack(t *testing.T) {
	for name, test := range map[string]struct {
		spoil  func(w *byhand.World, r rollout.Release)
		end    rollout.End
		serves string
	}{
		"a raised fence whose traffic is still out": {func(w *byhand.World, r rollout.Release) { w.Fenced(r) }, rollout.Aborted, "1"},
		"a target that somebody else moved":         {func(w *byhand.World, _ rollout.Release) { w.Split("1", "2", 0.5) }, rollout.RolledBack, "1"},
		"a target with a version of somebody's own": {func(w *byhand.World, _ rollout.Release) { w.Split("1", "3", 0.5) }, rollout.Stuck, "1 50 %, 3 50 %"},
		"an abort in the last moment": {func(w *byhand.World, r rollout.Release) {
			f := rollout.Fence{Kind: rollout.ByPerson, By: "grace", Reason: "wait", At: time.Now()}
			if err := w.Store.AskAbort(w.T.Context(), r.ID, f, rollout.Line{}); err != nil {
				w.T.Fatal(err)
			}
		}, rollout.Aborted, "1"},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.Run(t, func(w *byhand.World) {
				r := ready(w)
				test.spoil(w, r)
				w.Refuses("settle", byhand.Start(r), "traffic is not back on stable yet")
				if got := w.Release(r.ID); got.End != "" {
					t.Errorf("it ended %s while the alias serves %s", got.End, w.Serves())
				}
				for range 2 {
					if _, err := w.Call("settle", byhand.Start(r)); err == nil {
						break
					}
				}
				if got := w.Release(r.ID); got.End != test.end || w.Serves() != test.serves || w.Lease().Phase != rollout.Free {
					t.Errorf("it ended %q, the alias serves %s, the lease is %s", got.End, w.Serves(), w.Lease().Phase)
				}
			})
		})
	}
}

// Rollback has tried for two hours: what is left behind is said, counted and paged, and nothing is believed.
func TestWhatCannotBeSeenToBeBackIsStuck(t *testing.T) {
	unreadable := byhand.For("settle", sandboxtest.Fail("lambda:GetAlias", sandboxtest.Always, wire.AccessDenied("no")))
	for name, faults := range map[string][]wire.Middleware{"traffic on the candidate": nil, "a target that cannot be read": {unreadable}} {
		t.Run(name, func(t *testing.T) {
			byhand.RunWith(t, scenario.Options{Middleware: faults}, scenario.Canary, func(w *byhand.World) {
				r := w.Baking("2")
				f := w.Fenced(r)
				c := byhand.Start(r)
				if faults != nil {
					w.Refuses("settle", c, "no")
				}
				c.Exhausted = &rollout.MachineError{Error: "States.Timeout"}
				w.Leads("settle", c)
				got := w.Release(r.ID)
				if got.End != rollout.Stuck || got.Cause == nil || got.Cause.Reason != f.Reason || w.Lease().Phase != rollout.Free {
					t.Errorf("it ended %q because of %+v, the lease is %s", got.End, got.Cause, w.Lease().Phase)
				}
				w.Pass(time.Minute)
				if n := w.Metric("Stuck", "Environment", "sandbox"); n != 1 {
					t.Errorf("%v are counted as stuck, and the page depends on that", n)
				}
			})
		})
	}
}

// The end of each release that never moved anything tells why.
func TestReleaseThatMovedNothingEndsByItsReason(t *testing.T) {
	for name, test := range map[string]struct {
		lead  func(w *byhand.World) (rollout.Release, rollout.Cursor)
		end   rollout.End
		cause string
		says  string
	}{
		"rejected by Gate, with the lease in hand": {func(w *byhand.World) (rollout.Release, rollout.Cursor) {
			r := w.Planned("2")
			w.AlarmRed(scenario.Alarm)
			return r, w.Leads("admit", byhand.Start(r))
		}, rollout.Rejected, "", "The release was not let in; nothing was touched."},
		"broken before Admit": {func(w *byhand.World) (rollout.Release, rollout.Cursor) {
			r := w.Created("2")
			c := byhand.Start(r)
			c.Error = &rollout.MachineError{Error: "Lambda.Unknown", Cause: "out of memory"}
			return r, c
		}, rollout.RolledBack, "A step failed before the release began: out of memory", "The release ended before it moved any traffic."},
		"taken over by another": {func(w *byhand.World) (rollout.Release, rollout.Cursor) {
			r := w.Begun("2")
			w.LeaseExpires()
			w.Begun("3")
			return r, byhand.Start(r)
		}, rollout.Superseded, "", "It lost its lease: another release took the target over, and the record of that one says what serves."},
		"stopped by a person while another release bakes": {func(w *byhand.World) (rollout.Release, rollout.Cursor) {
			w.Baking("3")
			r := w.Planned("2")
			c := w.Leads("admit", byhand.Start(r))
			w.Does("decide", byhand.Event(events.AbortRequested, events.ControlRequest{Release: r.ID, By: "grace"}))
			return r, c.Go(rollout.NextSettle)
		}, rollout.Aborted, "", "A person stopped the release before it moved any traffic."},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.Run(t, func(w *byhand.World) {
				r, c := test.lead(w)
				before := w.Lock()
				w.Leads("settle", c)
				got := w.Release(r.ID)
				if got.Ending() != test.says { // stable does not serve everything, and this release would not know
					t.Errorf("people are told %q, want %q", got.Ending(), test.says)
				}
				if got.End != test.end || (test.cause != "" && (got.Cause == nil || got.Cause.Reason != test.cause)) {
					t.Errorf("it ended %q because of %+v, want %q because of %q", got.End, got.Cause, test.end, test.cause)
				}
				if l := w.Lease(); l.Owner != r.ID && l.Owner != "" && !strings.Contains(w.Trail(r.ID), "Release "+l.Owner+" holds the target now.") {
					t.Errorf("the trail does not say who holds the target:\n%s", w.Trail(r.ID))
				}
				if l := w.Lease(); w.Lock() != before || (l.Owner == r.ID && l.Phase != rollout.Free) {
					t.Errorf("the alias serves %s, the lease is %s by %s", w.Serves(), l.Phase, l.Owner)
				}
			})
		})
	}
}

func TestTheOldestInTheQueueIsWokenNext(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := ready(w)
		for _, token := range []string{"older", "younger"} {
			w.Pass(time.Second)
			waiting := w.Planned("3")
			w.Leads("admit", byhand.Start(waiting))
			w.Does("wait", byhand.Task(waiting, 0, token))
		}
		before := len(w.Woken())
		w.Leads("settle", byhand.Start(r))
		if got := w.Woken()[before:]; !slices.Equal(got, []string{"older"}) {
			t.Errorf("woken %v, want the oldest", got)
		}
	})
}

// Lambda does not answer for half an hour when a promotion is to be written down, and another release is queued behind it.
func TestTargetThatCannotBeReadIsKeptUntilItCan(t *testing.T) {
	away := byhand.For("settle", sandboxtest.Fail("lambda:GetAlias", sandboxtest.Always, wire.AccessDenied("not now")))
	byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{away}}, scenario.Canary, func(w *byhand.World) {
		r := w.Baking("2")
		for range 4 {
			w.Pass(rollout.Margin - time.Minute)
			w.Refuses("settle", byhand.Start(r), "not now")
		}
		if l := w.Lease(); l.Owner != r.ID || !l.Expires.After(time.Now()) {
			t.Errorf("the lease of %s has expired at %v; whoever waits behind it would take its traffic for stable", l.Owner, l.Expires)
		}
	})
}
