package judge

import (
	"fmt"

	"sluice/shared/rollout"
)

// Counts is what a revision served in a stretch of time.
type Counts struct {
	Requests int
	Errors   int
}

// Percent is the error rate; 0 without requests.
func (c Counts) Percent() float64 {
	if c.Requests == 0 {
		return 0
	}
	return 100 * float64(c.Errors) / float64(c.Requests)
}

// Ceiling judges an absolute error rate: Fail above the ceiling with at least the stated number of errors,
// Inconclusive below the stated number of requests.
func Ceiling(c rollout.Ceiling, n Counts) Finding {
	seen := fmt.Sprintf("%s of %s requests failed (%.2g %%)", thousands(n.Errors), thousands(n.Requests), n.Percent())
	switch {
	case n.Errors >= c.Errors && n.Requests > 0 && n.Percent() > c.Percent:
		return Finding{Verdict: Fail, By: "ceiling", Missing: max(0, c.Requests-n.Requests), Why: fmt.Sprintf("%s, above the ceiling of %g %%.", seen, c.Percent)}
	case n.Requests < c.Requests:
		return Finding{Verdict: Inconclusive, By: "ceiling", Few: true, Missing: c.Requests - n.Requests, Why: fmt.Sprintf("Only %s of the %s requests that are needed were seen.", thousands(n.Requests), thousands(c.Requests))}
	}
	return Finding{Verdict: Pass, By: "ceiling", Why: fmt.Sprintf("%s, within the ceiling of %g %%.", seen, c.Percent)}
}
