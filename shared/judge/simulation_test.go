package judge_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"sluice/shared/judge"
)

// traffic is one minute of simulated requests.
type traffic struct {
	candidate, stable int     // requests
	rate, ratio       float64 // of bad requests of stable; of the candidate's rate to it
	cluster           int     // bad requests that come together
}

func (m traffic) minute(r *rand.Rand) judge.Arms {
	bad := func(n int, rate float64) judge.Counts {
		if rate < 0.1 {
			return judge.Counts{Requests: n, Errors: m.cluster * poisson(r, float64(n)*rate/float64(m.cluster))}
		}
		c := judge.Counts{Requests: n}
		for range n {
			if r.Float64() < rate {
				c.Errors++
			}
		}
		return c
	}
	return judge.Arms{Candidate: bad(m.candidate, m.rate*m.ratio), Stable: bad(m.stable, m.rate)}
}

func poisson(r *rand.Rand, mean float64) int {
	n, left := 0, math.Exp(-mean)
	for p := r.Float64(); p > left; p *= r.Float64() {
		n++
	}
	return n
}

// share is how many of many releases of an hour end as told by at least one look.
func share(seed uint64, runs int, at func(minute int) traffic, look func(judge.Tally) bool, c judge.Comparison) float64 {
	r, hits := rand.New(rand.NewPCG(seed, 1)), 0
	for range runs {
		tally := judge.Tally{}
		for minute := range 60 {
			tally = c.Add(tally, at(minute).minute(r))
			if look(tally) {
				hits++
				break
			}
		}
	}
	return float64(hits) / float64(runs)
}

// sampling is three standard errors of a share that is truly p.
func sampling(p float64, runs int) float64 { return 3 * math.Sqrt(p*(1-p)/float64(runs)) }

func steady(m traffic) func(int) traffic { return func(int) traffic { return m } }

// TestGoodReleasesAreRarelyAccused looks every minute of an hour at candidates that are as good as stable, or as bad as is tolerated.
func TestGoodReleasesAreRarelyAccused(t *testing.T) {
	const alpha, runs = 0.05, 400
	weights := [][2]int{{30, 570}, {150, 450}, {300, 300}}
	for name, test := range map[string]struct {
		comparison judge.Comparison
		at         func(int) traffic
	}{
		"plain":                         {judge.Comparison{}, steady(traffic{60, 540, 0.01, 1, 1})},
		"at the tolerated ratio":        {judge.Comparison{Tolerated: 1.5}, steady(traffic{60, 540, 0.01, 1.5, 1})},
		"most requests are bad":         {judge.Comparison{Base: 0.5}, steady(traffic{20, 20, 0.7, 1, 1})},
		"half are bad, base says less":  {judge.Comparison{Base: 0.1}, steady(traffic{30, 70, 0.5, 1, 1})},
		"the weight grows":              {judge.Comparison{}, func(i int) traffic { return traffic{weights[i/20][0], weights[i/20][1], 0.01, 1, 1} }},
		"an outage of both":             {judge.Comparison{}, func(i int) traffic { return traffic{60, 540, 0.01 + 0.1*float64(i/20%2), 1, 1} }},
		"bad ones come in fives":        {judge.Comparison{Cluster: 5}, steady(traffic{60, 540, 0.05, 1, 5})},
		"the weight grows and it fails": {judge.Comparison{}, func(i int) traffic { return traffic{weights[i/20][0], weights[i/20][1], 0.002 * float64(1+i), 1, 1} }},
	} {
		c := test.comparison
		c.Alpha = alpha
		if got := share(7, runs, test.at, func(y judge.Tally) bool { return c.Worse(y).Enough() }, c); got > alpha+sampling(alpha, runs) {
			t.Errorf("%s: %.1f %% of the good releases were accused", name, 100*got)
		}
	}
}

// TestClustersNeedTheirGuard shows that the guard is what keeps the promise, and that it does not make the test blind.
func TestClustersNeedTheirGuard(t *testing.T) {
	good, bad := steady(traffic{60, 540, 0.05, 1, 5}), steady(traffic{60, 540, 0.05, 5, 5})
	accused := func(at func(int) traffic, cluster float64) float64 {
		c := judge.Comparison{Alpha: 0.01, Cluster: cluster}
		return share(3, 200, at, func(y judge.Tally) bool { return c.Worse(y).Enough() }, c)
	}
	if got := accused(good, 1); got < 0.1 {
		t.Errorf("without the guard only %.1f %% are accused: the clusters do no harm here", 100*got)
	}
	if got := accused(bad, 5); got < 0.95 {
		t.Errorf("with the guard only %.0f %% of the bad releases are found", 100*got)
	}
}

func TestAlarmingReleasesAreRarelyCalledHealthyAndGoodOnesOftenAre(t *testing.T) {
	const beta, runs = 0.05, 400
	c := judge.Comparison{Alarming: 2, Beta: beta}
	healthy := func(y judge.Tally) bool { return c.Healthy(y).Enough() }
	if got := share(5, runs, steady(traffic{300, 300, 0.01, 2, 1}), healthy, c); got > beta+sampling(beta, runs) {
		t.Errorf("%.1f %% of the releases that are twice as bad were called healthy", 100*got)
	}
	if got := share(6, runs, steady(traffic{300, 300, 0.01, 1, 1}), healthy, c); got < 0.9 {
		t.Errorf("only %.0f %% of the good releases were called healthy", 100*got)
	}
}

func TestIntervalCoversTheTruthAtEveryLook(t *testing.T) {
	const alpha, runs = 0.1, 300
	for _, ratio := range []float64{0.3, 1, 3} {
		c := judge.Comparison{Alpha: alpha}
		missed := func(y judge.Tally) bool {
			low, high := c.Interval(y)
			return ratio < low || ratio > high
		}
		if got := share(9, runs, steady(traffic{100, 300, 0.02, ratio, 1}), missed, c); got > alpha+sampling(alpha, runs) {
			t.Errorf("ratio %g: %.1f %% of the intervals missed it", ratio, 100*got)
		}
	}
}
