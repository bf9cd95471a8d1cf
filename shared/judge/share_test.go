package judge_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"sluice/shared/judge"
)

// arms is (requests, bad) of the candidate and of stable.
func arms(nc, ec, nb, eb int) judge.Arms {
	return judge.Arms{Candidate: judge.Counts{Requests: nc, Errors: ec}, Stable: judge.Counts{Requests: nb, Errors: eb}}
}

func times(n int, a judge.Arms) []judge.Arms {
	all := make([]judge.Arms, n)
	for i := range all {
		all[i] = a
	}
	return all
}

// TestShareTestGivesThePublishedNumbers holds formula A, with a stake split evenly, against values from an independent program.
func TestShareTestGivesThePublishedNumbers(t *testing.T) {
	for name, test := range map[string]struct {
		tolerated float64
		minutes   []judge.Arms
		want      []float64
		enough    int // the minute that decides; 0 = none
	}{
		"as good as stable":    {1, times(5, arms(100, 1, 900, 9)), []float64{-0.864267, -1.100229, -1.251118, -1.367529, -1.464505}, 0},
		"five times as bad":    {1, times(5, arms(100, 5, 900, 9)), []float64{2.397611, 5.332102, 8.44652, 11.634927, 14.865535}, 2},
		"a quarter tolerated":  {1.25, times(5, arms(100, 5, 900, 9)), []float64{1.666272, 3.823045, 6.144492, 8.537733, 10.965739}, 3},
		"nothing bad":          {1, times(3, arms(100, 0, 900, 0)), []float64{0, 0, 0}, 0},
		"the weight grows":     {1, []judge.Arms{arms(100, 3, 900, 5), arms(100, 2, 900, 4), arms(500, 12, 500, 5)}, []float64{1.484761, 2.397611, 3.175516}, 0},
		"better than stable":   {1, times(2, arms(100, 0, 900, 20)), []float64{-1.928346, -2.700728}, 0},
		"stable was not asked": {1, times(2, arms(100, 50, 0, 0)), []float64{0, 0}, 0},
	} {
		c, tally, first := judge.Comparison{Tolerated: test.tolerated, Alpha: 0.01}, judge.Tally{}, 0
		for i, a := range test.minutes {
			tally = c.Add(tally, a)
			e := c.WorseEvenly(tally)
			if math.Abs(e.LogE-test.want[i]) > 1e-6 || math.Abs(e.Needed-math.Log(100)) > 1e-9 {
				t.Errorf("%s, minute %d: %+v, want %f of %f", name, i+1, e, test.want[i], math.Log(100))
			}
			if e.Enough() && first == 0 {
				first = i + 1
			}
		}
		if first != test.enough {
			t.Errorf("%s: enough in minute %d, want %d", name, first, test.enough)
		}
	}
}

func TestHealthyNeedsBadRequestsOfStable(t *testing.T) {
	c := judge.Comparison{Tolerated: 1, Alarming: 2, Alpha: 0.01, Beta: 0.05}
	look := func(a judge.Arms) bool { return c.Healthy(c.Add(judge.Tally{}, a)).Enough() }
	if needed := c.Healthy(judge.Tally{}).Needed; math.Abs(needed-math.Log(20)) > 1e-9 {
		t.Errorf("needs %g, want ln 20", needed)
	}
	if look(arms(100000, 0, 100000, 0)) {
		t.Error("healthy though nothing bad was ever seen")
	}
	if !look(arms(1000, 60, 1000, 62)) || look(arms(1000, 40, 1000, 20)) || look(arms(1000, 2, 1000, 2)) {
		t.Error("healthy must hold for as good as stable with enough bad requests, and neither for twice as bad nor for few")
	}
}

func TestTallyCountsOnlyMinutesOfBothAndClampsNonsense(t *testing.T) {
	c, tally := judge.Comparison{}, judge.Tally{}
	for _, a := range []judge.Arms{arms(400, 21, 3600, 30), arms(0, 0, 100, 5), arms(10, 5, 0, 0), arms(10, 12, 10, -3), arms(-1, -1, 5, 5)} {
		tally = c.Add(tally, a)
	}
	if want := arms(410, 31, 3610, 30); tally.Arms != want || tally.Minutes != 2 {
		t.Errorf("%d minutes, %+v, want 2 and %+v", tally.Minutes, tally.Arms, want)
	}
}

func TestEvidenceOfNothingIsNotEnough(t *testing.T) {
	if (judge.Evidence{}).Enough() || judge.Average().Enough() {
		t.Error("nothing was tested, and it was enough")
	}
}

func TestAverageSplitsTheStake(t *testing.T) {
	got := judge.Average(judge.Evidence{LogE: math.Log(30), Needed: 2}, judge.Evidence{LogE: math.Log(2), Needed: 4}, judge.Evidence{LogE: -1000, Needed: 3})
	if math.Abs(got.LogE-math.Log(32.0/3)) > 1e-9 || got.Needed != 4 {
		t.Errorf("%+v", got)
	}
}

var anyCounts = rapid.Custom(func(t *rapid.T) judge.Counts {
	n := rapid.IntRange(0, 5000).Draw(t, "requests")
	return judge.Counts{Requests: n, Errors: rapid.IntRange(0, n).Draw(t, "errors")}
})

var anyArms = rapid.Custom(func(t *rapid.T) judge.Arms {
	return judge.Arms{Candidate: anyCounts.Draw(t, "candidate"), Stable: anyCounts.Draw(t, "stable")}
})

var anyComparison = rapid.Custom(func(t *rapid.T) judge.Comparison {
	return judge.Comparison{
		Tolerated: rapid.Float64Range(1, 3).Draw(t, "tolerated"), Alarming: rapid.Float64Range(3.1, 9).Draw(t, "alarming"),
		Alpha: rapid.Float64Range(0.001, 0.2).Draw(t, "alpha"), Beta: rapid.Float64Range(0.001, 0.2).Draw(t, "beta"),
		Cluster: rapid.Float64Range(1, 20).Draw(t, "cluster"), Base: rapid.SampledFrom([]float64{0, 0.01, 0.1, 0.5}).Draw(t, "base"),
	}
})

func TestOrderAndDelayDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, minutes := anyComparison.Draw(t, "c"), rapid.SliceOfN(anyArms, 1, 12).Draw(t, "minutes")
		inTurn, kept := judge.Tally{}, judge.Tally{}
		for _, a := range minutes {
			inTurn = c.Add(inTurn, a)
		}
		for _, a := range rapid.Permutation(minutes).Draw(t, "late") {
			kept = kept.Plus(c.Add(judge.Tally{}, a))
		}
		if diff := cmp.Diff(inTurn, kept, cmpopts.EquateApprox(1e-9, 1e-6)); diff != "" {
			t.Fatalf("tallies differ (-in turn +late):\n%s", diff)
		}
	})
}

func TestMoreBadCandidateRequestsNeverSpeakForTheCandidate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, a := anyComparison.Draw(t, "c"), anyArms.Draw(t, "arms")
		if a.Candidate.Errors == a.Candidate.Requests || a.Stable.Requests == 0 {
			t.Skip("no room")
		}
		worse := a
		worse.Candidate.Errors++
		one, other := c.Add(judge.Tally{}, a), c.Add(judge.Tally{}, worse)
		if c.Worse(other).LogE < c.Worse(one).LogE || c.Healthy(other).LogE > c.Healthy(one).LogE {
			t.Fatal("one more bad request made the candidate look better")
		}
	})
}

// FuzzNothingGivesNaN: whatever a definition or a stored item says, the evidence can be written as JSON and compared.
func FuzzNothingGivesNaN(f *testing.F) {
	f.Add(1.0, 2.0, 0.01, 0.05, 1.0, 0.0, 100, 5, 900, 9)
	f.Add(math.NaN(), math.Inf(1), 0.0, -1.0, math.Inf(-1), math.NaN(), math.MaxInt, math.MaxInt, 1, math.MinInt)
	f.Add(1e300, 1e-300, 1.0, 2.0, 1e300, 0.99, 1, 1, math.MaxInt, 0)
	f.Fuzz(func(t *testing.T, tolerated, alarming, alpha, beta, cluster, base float64, nc, ec, nb, eb int) {
		c := judge.Comparison{Tolerated: tolerated, Alarming: alarming, Alpha: alpha, Beta: beta, Cluster: cluster, Base: base}
		tally := judge.Tally{}
		for range 3 {
			tally = c.Add(tally, arms(nc, ec, nb, eb))
		}
		worse, healthy := c.Worse(tally), c.Healthy(tally)
		history := []judge.Counts{{Requests: nc, Errors: ec}, {Requests: nb, Errors: eb}, {Requests: nb, Errors: ec}}
		for _, v := range []any{tally, worse, healthy, judge.Average(worse, healthy), tally.Ratio(), judge.Dispersion(history)} {
			if _, err := json.Marshal(v); err != nil {
				t.Errorf("%+v: %v", v, err)
			}
		}
		low, high := c.Interval(tally)
		if math.IsNaN(low) || math.IsNaN(high) || low > tally.Ratio() || high < tally.Ratio() {
			t.Errorf("the interval [%g, %g] does not hold the ratio %g", low, high, tally.Ratio())
		}
	})
}

// TestStakeIsWholeBeforeTheFirstBadRequest: parts that add up to more would break the promise, less would waste evidence.
func TestStakeIsWholeBeforeTheFirstBadRequest(t *testing.T) {
	c := judge.Comparison{}
	for name, e := range map[string]judge.Evidence{"worse": c.Worse(judge.Tally{}), "healthy": c.Healthy(judge.Tally{})} {
		if math.Abs(e.LogE) > 1e-12 {
			t.Errorf("%s begins with a stake of %g, want 1", name, math.Exp(e.LogE))
		}
	}
}
