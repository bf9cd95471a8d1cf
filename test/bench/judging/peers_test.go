package main

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// seen is what a rule says at each look to these values of the candidate; NaN is a missing minute.
func seen(l looker, values ...float64) []float64 {
	var said []float64
	for _, v := range values {
		said = append(said, l.look(minute{candidate: [2]float64{v, 0}, stable: [2]float64{1, 0}, missing: math.IsNaN(v)}))
	}
	return said
}

func TestAlarmAsksForSomeOfTheLastValuesAndPassesOverMissingOnes(t *testing.T) {
	same(t, seen(&alarm{of: 2, in: 3}, 5, 1, math.NaN(), 4, 1, 1), never, 1, 1, 4, 1, 1)
	same(t, seen(&alarm{of: 1, in: 1}, 5, math.NaN(), 2), 5, 5, 2)
}

func TestFlaggerCountsTheWholeReleaseAndActsAtTheNextTick(t *testing.T) {
	flagger := flaggerRule("", 2, 0).begin()
	same(t, seen(flagger, 5, 1, 3, math.NaN(), 9), never, never, 1, 3, 3)
}

func TestArgoCountsBeyondItsLimitAndEndsAtTheFifthErrorInARow(t *testing.T) {
	argo, gone := argoRule("", 1, 0).begin(), math.NaN()
	same(t, seen(argo, 5, 1, 3, gone, gone, gone, gone, 9, gone, gone, gone, gone, gone), never, 1, 3, 3, 3, 3, 3, 5, 5, 5, 5, 5, math.Inf(1))
}

func TestRankTestsAreThePublishedOnes(t *testing.T) {
	if got := zOf([]float64{6, 7, 8, 9, 10}, []float64{1, 2, 3, 4, 5}, 0); math.Abs(got-12/math.Sqrt(25.0/12*11)) > 1e-9 {
		t.Errorf("z of samples apart is %g", got)
	}
	// Ties: U = 7.5 of 9, one tie of three values and one of two.
	if got, want := zOf([]float64{2, 2, 3}, []float64{1, 2, 3}, 0), 0.5/math.Sqrt(9.0/12*(7-30.0/30)); math.Abs(got-want) > 1e-9 {
		t.Errorf("z with ties is %g, want %g", got, want)
	}
	if got := shift([]float64{11, 12, 13}, []float64{1, 2, 3}, 8, 12); math.Abs(got-10) > 1e-3 {
		t.Errorf("the shift is %g, want 10", got)
	}
}

func TestKayentaFailsForSamplesApartWhateverItsConfidence(t *testing.T) {
	same(t, seen(&kayenta{fewest: 3}, 2, 2.1, 2.2), never, never, math.Inf(1))
	same(t, seen(&kayenta{fewest: 3}, 0.8, 0.9, 0.7), never, never, never)
}

func same(t *testing.T, got []float64, want ...float64) {
	t.Helper()
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("the looks say %v, want %v", got, want)
			return
		}
	}
}

func TestCalibrationLetsThroughAllButTheAllowedShare(t *testing.T) {
	var tops []float64
	for i := range 1000 {
		tops = append(tops, float64(i))
	}
	threshold := calibrate(tops)
	if exceeding(tops, threshold) > allowed || exceeding(tops, threshold-1) <= allowed {
		t.Errorf("threshold %g is not the smallest that allows %g", threshold, allowed)
	}
}

func TestCountsHaveTheMeanAndTheVarianceOfPoisson(t *testing.T) {
	for _, mean := range []float64{0.3, 8, 11.9, 12.1, 27, 5400} {
		r, n, sum, square := source("poisson", 1), 20000, 0.0, 0.0
		for range n {
			k := float64(poisson(r, mean))
			sum, square = sum+k, square+k*k
		}
		got := sum / float64(n)
		variance := square/float64(n) - got*got
		if math.Abs(got-mean) > 4*math.Sqrt(mean/float64(n)) || math.Abs(variance/mean-1) > 0.06 {
			t.Errorf("mean %g: mean %g, variance %g", mean, got, variance)
		}
	}
}

func TestHistogramTellsAverageAndP99(t *testing.T) {
	h := slowness{}.draw(source("histogram", 1), 1e6, 1, 0)
	values := h.values()
	if average, p99 := 100*math.Exp(0.125), 100*math.Exp(0.5*2.3263); math.Abs(values[0]/average-1) > 0.01 || math.Abs(values[1]/p99-1) > 0.01 {
		t.Errorf("average %.1f, p99 %.1f, want %.1f and %.1f", values[0], values[1], average, p99)
	}
	beyond := []float64{0.5, 0.1, 0.01, 0.001}
	for i, q := range quantiles {
		if got := float64(h.above(q)) / float64(h.total); math.Abs(got/beyond[i]-1) > 0.4 {
			t.Errorf("%.4f are slower than quantile %d, want about %g", got, i, beyond[i])
		}
	}
}

func TestTablesAreWrittenBetweenTheMarksOfThePage(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("before\n"+opening+"old\n"+closing+"\nafter\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := paste(page, "new\n"); err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(page)
	if got := string(text); got != "before\n"+opening+"new\n"+closing+"\nafter\n" || strings.Contains(got, "old") {
		t.Errorf("the page is now\n%s", got)
	}
}
