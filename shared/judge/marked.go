package judge

import (
	"fmt"
	"slices"
)

// Marks notes that a step gives the candidate marked requests alone, once.
func (l Ledger) Marks(step int) Ledger {
	if !slices.Contains(l.Marked, step) {
		l.Marked = append(slices.Clone(l.Marked), step)
	}
	return l
}

// marking says whether the present step gives the candidate marked requests alone.
func (l Ledger) marking() bool { return slices.Contains(l.Marked, len(l.Shifts)-1) }

// marked says whether marked requests may have come in a minute. Nothing of it is compared, now or later: who marks requests is not like other users.
func (l Ledger) marked(s Stream, p Point) bool {
	return slices.ContainsFunc(l.Marked, func(step int) bool {
		begins := step < len(l.Shifts) && p.At+int64(s.Period.Seconds()) > l.Shifts[step]
		return begins && (step+1 >= len(l.Shifts) || p.At < l.Shifts[step+1])
	})
}

// apart judges marked requests by themselves: a candidate that fails more than half of them goes back. Otherwise it is enough that some came, and the
// verdict is called weak.
func (l Ledger) apart(s Stream, did string) Finding {
	c := l.inStep(s).Candidate
	f := Finding{Verdict: Pass, Arms: Arms{Candidate: c}, Needed: 1, Weak: true}
	switch {
	case broken(s, Arms{Candidate: c}):
		f.Verdict, f.Weak = Fail, false
		f.Why = fmt.Sprintf("%s of %s marked requests failed since the step began (%s): more than half.", thousands(c.Errors), thousands(c.Requests), percent(c))
	case c.Requests == 0:
		f.Verdict, f.Weak, f.Missing, f.Few = Inconclusive, false, 1, true
		f.Why = "No marked request was seen yet."
	default:
		f.Why = fmt.Sprintf("%s of %s marked requests %s (%s). This verdict is weak: who marks requests is not like other users, so they are compared with nobody's.", thousands(c.Errors), thousands(c.Requests), did, percent(c))
	}
	return f
}
