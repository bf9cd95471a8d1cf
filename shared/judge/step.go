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
	Again  bool           // the evidence could not be read: look again after Pause
	Ask    bool           // people are asked before it goes on
	Fence  *rollout.Fence // to raise: the release goes back
	Note   string         // for the audit trail
}

// Pause is how long a release waits before it reads again what could not be read. Patience is how many times it does so before the
// policy decides: long enough for most outages of CloudWatch to end.
const (
	Pause    = time.Minute
	Patience = 5
)

// Step decides what follows the bake of a step, by the worst finding of the checks.
func Step(r rollout.Release, step int, findings []Finding, now time.Time) Decision {
	worst := Worst(findings...)
	switch worst.Verdict {
	case Pass:
		return forward(r, step, worst.Why)
	case Fail:
		return back(worst, now)
	}
	policy := r.Definition.Checks.WhenInconclusive
	switch {
	case worst.Verdict == Error && r.Unread < Patience:
		return Decision{Next: rollout.NextShift, Step: step, Again: true, Note: fmt.Sprintf("%s It is tried again (%d of %d).", worst.Why, r.Unread+1, Patience)}
	case worst.Verdict == Inconclusive && r.Extended < bakes(policy, findings):
		return Decision{
			Next: rollout.NextShift, Step: step, Extend: true,
			Note: fmt.Sprintf("%s The step bakes again (%d of %d).", worst.Why, r.Extended+1, bakes(policy, findings)),
		}
	case policy.Then == rollout.ThenAsk && policy.Ask != nil:
		return Decision{Next: rollout.NextShift, Step: step + 1, Ask: true, Note: worst.Why + " The definition says to ask people then."}
	case policy.Then == rollout.ThenGoOn && noneWorse(findings, policy.NoneWorseIn):
		return forward(r, step, worst.Why+" The definition says to go on then.")
	case policy.Then == rollout.ThenGoOn:
		worst.Why += fmt.Sprintf(" The definition says to go on when nothing worse is seen in %d requests, which is not so.", policy.NoneWorseIn)
		return back(worst, now)
	}
	worst.Why += " Then it goes back (checks.whenInconclusive.then is rollBack, the default)."
	return back(worst, now)
}

// bakes is how many more times a step may bake. It may be more often when only requests are missing.
func bakes(policy rollout.WhenInconclusive, findings []Finding) int {
	for _, f := range findings {
		if !f.DryRun && f.Verdict != Pass && !f.Few {
			return policy.Extend
		}
	}
	return max(policy.Extend, policy.Wait)
}

// noneWorse says whether every comparison saw so many requests of the candidate, and none has evidence against it.
func noneWorse(findings []Finding, requests int) bool {
	for _, f := range findings {
		if !f.DryRun && f.compared() && (f.Arms.Candidate.Requests < requests || f.LogE > 0 && requests > 0) {
			return false
		}
	}
	return true
}

func forward(r rollout.Release, step int, note string) Decision {
	if step >= r.Last() {
		return Decision{Next: rollout.NextSettle, Step: step, Note: note}
	}
	return Decision{Next: rollout.NextShift, Step: step + 1, Note: note}
}

func back(worst Finding, now time.Time) Decision {
	kind := worst.Kind
	if kind == "" {
		kind = rollout.ByCheck
	}
	return Decision{Next: rollout.NextBack, Fence: &rollout.Fence{Kind: kind, By: worst.By, Reason: worst.Why, At: now}, Note: worst.Why}
}
