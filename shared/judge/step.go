package judge

import (
	"fmt"
	"time"

	"sluice/shared/rollout"
)

// Decision is what a release does after a bake.
type Decision struct {
	Next   rollout.Next
	Step   int            // of the Shift that follows
	Extend bool           // the same step bakes once more
	Fence  *rollout.Fence // to raise: the release goes back
	Note   string         // for the audit trail
}

// Step decides after the bake of a step. worst is the finding that counts.
func Step(r rollout.Release, step int, worst Finding, now time.Time) Decision {
	switch worst.Verdict {
	case Pass:
		return forward(r, step, worst.Why)
	case Fail:
		return back(worst, now)
	}
	policy := r.Definition.Checks.WhenInconclusive
	switch {
	case r.Extended < policy.Extend:
		return Decision{
			Next: rollout.NextShift, Step: step, Extend: true,
			Note: fmt.Sprintf("%s The step bakes again (%d of %d).", worst.Why, r.Extended+1, policy.Extend),
		}
	case policy.Then == rollout.ThenGoOn:
		return forward(r, step, worst.Why+" The definition says to go on then.")
	}
	worst.Why += " The definition says to roll back then."
	return back(worst, now)
}

func forward(r rollout.Release, step int, note string) Decision {
	if step >= r.Last() {
		return Decision{Next: rollout.NextSettle, Step: step, Note: note}
	}
	return Decision{Next: rollout.NextShift, Step: step + 1, Note: note}
}

func back(worst Finding, now time.Time) Decision {
	kind := rollout.ByAlarm
	if worst.By == "ceiling" {
		kind = rollout.ByCheck
	}
	return Decision{Next: rollout.NextBack, Fence: &rollout.Fence{Kind: kind, By: worst.By, Reason: worst.Why, At: now}, Note: worst.Why}
}
