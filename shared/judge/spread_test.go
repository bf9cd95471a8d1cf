package judge_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"sluice/shared/judge"
	"sluice/shared/rollout"
)

func TestSpreadKeepsTheMinuteAndTheRatio(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, both := range []judge.Counts{{Requests: 7, Errors: 1}, {Requests: 600, Errors: 12}, {Requests: 60000, Errors: 600}, {}} {
		var good, bad judge.Arms
		const runs = 4000
		for range runs {
			g, b := judge.Spread(r, both, 2500, 1), judge.Spread(r, both, 2500, 3)
			if g.Candidate.Requests+g.Stable.Requests != both.Requests || g.Candidate.Errors+g.Stable.Errors != both.Errors {
				t.Fatalf("%+v became %+v", both, g)
			}
			good.Candidate.Errors += g.Candidate.Errors
			good.Candidate.Requests += g.Candidate.Requests
			bad.Candidate.Errors += b.Candidate.Errors
		}
		near := func(got int, want float64) bool { return math.Abs(float64(got)-want) <= 5*math.Sqrt(want)+0.02*want }
		if !near(good.Candidate.Requests, runs*float64(both.Requests)/4) || !near(good.Candidate.Errors, runs*float64(both.Errors)/4) || !near(bad.Candidate.Errors, runs*3*float64(both.Errors)/4) && both.Requests > 100 {
			t.Errorf("of %+v the candidate got %+v, and %d bad ones at three times the rate", both, good.Candidate, bad.Candidate.Errors)
		}
	}
	if a := judge.Spread(r, judge.Counts{Requests: 10, Errors: 1}, rollout.All, 1); a.Stable.Requests != 0 {
		t.Errorf("at all the traffic stable got %+v", a.Stable)
	}
}
