package scenario

import (
	"testing"
	"time"

	"sluice/shared/rollout"
)

const full = began + step + step + step + step + ends

// later asks for a release a moment after the last one, so that the order of their creation is known.
func (w *World) later(version string) string {
	w.T.Helper()
	w.Pass(time.Second)
	return w.Requested(version)
}

func TestQueuedReleaseBeginsWhenTheTargetIsFree(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		first, second := w.Requested("2"), w.later("3")
		w.Then(w.Ended(first), rollout.Succeeded, full, w.Serves())
		r := w.Ended(second)
		if r.End != rollout.Succeeded || w.Serves() != "3" {
			t.Errorf("the second ended %s, serves %s:\n%s", r.End, w.Serves(), Story(r))
		}
		if r.Stable != "2" {
			t.Errorf("it would come back to %s, want what the first release promoted", r.Stable)
		}
		if waited := r.Started.Sub(w.recorded(first).Ended); waited > 5*time.Second {
			t.Errorf("it began %v after the target was free: nobody woke it", waited)
		}
	})
}

func TestSupersedingReleaseSendsTheRunningOneBack(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(with(Canary, `"revertWindow"`, `"whenRunning":"supersede","revertWindow"`))
		first := w.Requested("2")
		w.AtStep(first, 1)
		second := w.Requested("3")
		r := w.Ended(first)
		if r.End != rollout.Superseded || r.Cause.By != second {
			t.Errorf("the first ended %s because of %+v, want superseded by %s", r.End, r.Cause, second)
		}
		w.Then(w.Ended(second), rollout.Succeeded, "Plan Admit Wait Admit "+step+step+step+step+ends, "3")
	})
}

func TestSupersedingReleaseTakesThePlaceOfThoseInTheQueue(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		first, second := w.Requested("2"), w.later("3")
		w.AtStep(first, 0)
		w.Define(with(Canary, `"revertWindow"`, `"whenRunning":"supersede","revertWindow"`))
		third := w.Requested("3")
		if r := w.Ended(second); r.End != rollout.Superseded || r.Cause.By != third {
			t.Errorf("the queued one ended %s because of %+v, want superseded by %s", r.End, r.Cause, third)
		}
		if r := w.Ended(first); r.End != rollout.Superseded {
			t.Errorf("the running one ended %s", r.End)
		}
		if r := w.Ended(third); r.End != rollout.Succeeded || w.Serves() != "3" {
			t.Errorf("the newest ended %s, serves %s:\n%s", r.End, w.Serves(), Story(r))
		}
	})
}

func TestRejectPolicyRefusesTheSecondRelease(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(with(Canary, `"revertWindow"`, `"whenRunning":"reject","revertWindow"`))
		first := w.Requested("2")
		w.AtStep(first, 0)
		w.Then(w.Ended(w.Requested("3")), rollout.Rejected, began+ends, "1 95 %, 2 5 %")
		w.Then(w.Ended(first), rollout.Succeeded, full, "2")
	})
}

func TestQueueLimitEndsTheWait(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(with(Canary, `"revertWindow"`, `"queueLimit":"10m","revertWindow"`))
		first, second := w.Requested("2"), w.later("3")
		if r := w.Ended(second); r.End != rollout.Rejected {
			t.Errorf("the queued release ended %s:\n%s", r.End, Story(r))
		}
		w.Then(w.Ended(first), rollout.Succeeded, full, "2")
	})
}

func TestReleaseAfterAPromotionTakesTheArmedLease(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		first := w.Requested("2")
		w.Ended(first)
		second := w.Requested("3")
		w.AtStep(second, 0)
		w.AlarmRed(Alarm) // takes the second back, not the first
		w.Then(w.Ended(second), rollout.RolledBack, began+step+back, "2")
		w.Then(w.Ended(first), rollout.Succeeded, full, "2")
	})
}
