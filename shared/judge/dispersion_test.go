package judge_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"sluice/shared/judge"
)

// history is stable's past: bad requests of a mean that may change, some of which come together.
func history(seed uint64, minutes, cluster int, mean func(minute int) float64) []judge.Counts {
	r, past := rand.New(rand.NewPCG(seed, 2)), make([]judge.Counts, minutes)
	for i := range past {
		past[i] = judge.Counts{Requests: 5400, Errors: cluster * poisson(r, mean(i)/float64(cluster))}
	}
	return past
}

func constant(mean float64) func(int) float64 { return func(int) float64 { return mean } }

func TestDispersionFindsTheSizeOfClusters(t *testing.T) {
	const day = 24 * 60
	outage := func(i int) float64 {
		if i >= 500 && i < 530 {
			return 270
		}
		return 27
	}
	drift := func(i int) float64 { return 27 * (1 + 0.9*math.Sin(float64(i)*2*math.Pi/60)) }
	for name, test := range map[string]struct {
		past      []judge.Counts
		low, high float64
	}{
		"independent":            {history(1, day, 1, constant(27)), 1, 1.35},
		"independent and rare":   {history(2, day, 1, constant(0.3)), 1, 1.6},
		"in twos":                {history(3, day, 2, constant(27)), 1.8, 2.6},
		"in fives":               {history(4, day, 5, constant(27)), 4.5, 6.5},
		"in tens":                {history(5, day, 10, constant(27)), 9, 13},
		"in fives and rare":      {history(6, day, 5, constant(0.5)), 4, 7.5},
		"one outage of ten":      {history(7, day, 1, outage), 1, 1.35},
		"a drift of 90 percent":  {history(8, day, 1, drift), 1, 1.45},
		"always the same number": {slices.Repeat([]judge.Counts{{Requests: 5400, Errors: 27}}, day), 1, 1},
		"all are bad":            {slices.Repeat([]judge.Counts{{Requests: 54, Errors: 54}}, day), 1, 1.1},
		"no history":             {nil, 3, 3},
		"nothing bad in history": {history(9, day, 1, constant(0)), 3, 3},
		"a quarter of an hour":   {history(10, 15, 1, constant(0.5)), 1.5, 4},
		"a good hour":            {history(11, 60, 1, constant(27)), 1, 1.8},
	} {
		if got := judge.Dispersion(test.past); got < test.low || got > test.high {
			t.Errorf("%s: %.2f, want %g to %g", name, got, test.low, test.high)
		}
	}
}

// TestDispersionMakesClustersHarmless: estimated from an hour of history alone, it keeps the promise of the test.
func TestDispersionMakesClustersHarmless(t *testing.T) {
	const alpha, runs = 0.05, 300
	r, accused := rand.New(rand.NewPCG(12, 3)), 0
	for seed := range uint64(runs) {
		c := judge.Comparison{Alpha: alpha, Cluster: judge.Dispersion(history(seed, 60, 4, constant(3)))}
		tally := judge.Tally{}
		for range 60 {
			tally = c.Add(tally, traffic{100, 900, 0.01, 1, 4}.minute(r))
			if c.Worse(tally).Enough() {
				accused++
				break
			}
		}
	}
	if got := float64(accused) / runs; got > alpha+sampling(alpha, runs) {
		t.Errorf("%.1f %% of the good releases were accused", 100*got)
	}
}
