package judge_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"sluice/shared/judge"
)

func TestIntervalHoldsTheRatioAndNarrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, minutes := anyComparison.Draw(t, "c"), rapid.SliceOfN(anyArms, 0, 6).Draw(t, "minutes")
		tally := judge.Tally{}
		for _, a := range minutes {
			tally = c.Add(tally, a)
		}
		low, high := c.Interval(tally)
		if ratio := tally.Ratio(); !(0 <= low && low <= ratio && ratio <= high) {
			t.Fatalf("[%g, %g] does not hold %g", low, high, ratio)
		}
		sure := c
		sure.Alpha /= 10
		if l, h := sure.Interval(tally); l > low || h < high {
			t.Fatalf("[%g, %g] at a tenth of alpha is narrower than [%g, %g]", l, h, low, high)
		}
	})
}

// TestIntervalIsTheExactOneRoundedOutwards finds the exact edges by trying many ratios.
func TestIntervalIsTheExactOneRoundedOutwards(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, a := anyComparison.Draw(t, "c"), anyArms.Draw(t, "arms")
		if a.Candidate.Requests == 0 || a.Stable.Requests == 0 {
			t.Skip("says nothing")
		}
		low, high := c.Interval(c.Add(judge.Tally{}, a))
		least, most := math.Inf(1), 0.0
		for place := -24.0; place <= 24; place += 1.0 / 32 {
			ratio, evidence := math.Exp2(place/4), 0.0
			for other := -24.0; other <= 24; other++ {
				evidence += math.Exp((a.Likelihood(math.Exp2(other/4))-a.Likelihood(ratio))/c.Cluster) / 49
			}
			if evidence < 1/c.Alpha {
				least, most = min(least, ratio), max(most, ratio)
			}
		}
		if low > least*(1+1e-9) || high < most*(1-1e-9) {
			t.Fatalf("[%g, %g] leaves out a part of [%g, %g]", low, high, least, most)
		}
		if step := math.Exp2(0.25); (most < 50 && high > most*step*1.03) || (least > 0.02 && low < least/step/1.03) {
			t.Fatalf("[%g, %g] is wider than a step around [%g, %g]", low, high, least, most)
		}
	})
}

func TestIntervalIsOpenWhereNothingIsKnown(t *testing.T) {
	c := judge.Comparison{Alpha: 0.01}
	of := func(a judge.Arms) (float64, float64) { return c.Interval(c.Add(judge.Tally{}, a)) }
	if low, high := c.Interval(judge.Tally{}); low != 0 || !math.IsInf(high, 1) {
		t.Errorf("no minutes: [%g, %g]", low, high)
	}
	if low, high := of(arms(1000, 50, 1000, 0)); low < 2 || !math.IsInf(high, 1) {
		t.Errorf("bad requests of the candidate alone: [%g, %g]", low, high)
	}
	if low, high := of(arms(1000, 0, 1000, 50)); low != 0 || high > 0.5 {
		t.Errorf("bad requests of stable alone: [%g, %g]", low, high)
	}
}

// TestIntervalOfMuchTrafficIsNarrow would fail if the edges were rounded to the lattice's points.
func TestIntervalOfMuchTrafficIsNarrow(t *testing.T) {
	c := judge.Comparison{Alpha: 0.01}
	low, high := c.Interval(c.Add(judge.Tally{}, arms(100000, 3000, 100000, 1000)))
	if low < 2.45 || low > 3 || high < 3 || high > 3.75 {
		t.Errorf("[%g, %g], want close around 3", low, high)
	}
}

// TestRatioIsNotFooledByTheWeight: most of the candidate's requests come while both fail most; it is no worse for that.
func TestRatioIsNotFooledByTheWeight(t *testing.T) {
	c, tally := judge.Comparison{}, judge.Tally{}
	for _, a := range []judge.Arms{arms(100, 1, 900, 9), arms(900, 90, 100, 10)} {
		tally = c.Add(tally, a)
	}
	if got := tally.Ratio(); math.Abs(got-1) > 0.02 {
		t.Errorf("ratio %g, want 1", got)
	}
	if got := c.Add(judge.Tally{}, arms(1000, 60, 1000, 12)).Ratio(); math.Abs(got-5) > 0.1 {
		t.Errorf("ratio %g, want 5", got)
	}
}

func BenchmarkLook(b *testing.B) {
	c := judge.Comparison{Tolerated: 1, Alarming: 2, Alpha: 0.01, Beta: 0.05, Cluster: 2}
	for b.Loop() { // ten comparisons: errors, and quantiles of the latency of several routes
		found := make([]judge.Evidence, 10)
		for i := range found {
			tally := c.Add(judge.Tally{}, arms(600, 3+i, 5400, 27))
			found[i] = c.Worse(tally)
			_ = c.Healthy(tally)
			_, _ = c.Interval(tally)
		}
		_ = judge.Average(found...)
	}
}
