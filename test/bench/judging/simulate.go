package main

import (
	"math"
	"runtime"
	"slices"
	"sync"
)

// story is a kind of release that is simulated many times, each time with other chance.
type story struct {
	name string
	play func(run int) (past, []minute)
}

// allowed is the share of good releases that a rule may roll back, over the whole hour.
const allowed = 0.01

// highest plays a story and gives, for each rule and run, the largest number of all looks: that rule with a threshold at
// least as high lets the release through.
func highest(s story, rules []rule, runs int) [][]float64 {
	found := grid(len(rules), runs)
	parallel(runs, func(run int) {
		h, minutes := s.play(run)
		for i, rule := range rules {
			top, l := never, rule.begin(h)
			for _, m := range minutes {
				top = max(top, l.look(m))
			}
			found[i][run] = top
		}
	})
	return found
}

// calibrate is the smallest threshold with which at most the allowed share of the runs is rolled back; +Inf when there is none.
func calibrate(highest []float64) float64 {
	ordered := slices.Sorted(slices.Values(highest))
	return ordered[len(ordered)-1-int(allowed*float64(len(ordered)))]
}

// exceeding is the share of runs that the threshold rolls back.
func exceeding(highest []float64, threshold float64) float64 {
	n := 0
	for _, h := range highest {
		if h > threshold {
			n++
		}
	}
	return float64(n) / float64(len(highest))
}

// detection is how a rule finds a bad release.
type detection struct {
	minutes float64 // the median; +Inf when fewer than half are found within the hour
	share   float64 // found
	harmed  float64 // the median of the candidate's bad requests until then, or of the whole hour
}

// detect plays a story and gives, for each of the lists of thresholds and for each rule, how it is found.
func detect(s story, rules []rule, thresholds [][]float64, runs int) [][]detection {
	after, harmed := make([][][]float64, len(thresholds)), make([][][]float64, len(thresholds))
	for i := range thresholds {
		after[i], harmed[i] = grid(len(rules), runs), grid(len(rules), runs)
	}
	parallel(runs, func(run int) {
		h, minutes := s.play(run)
		for i, rule := range rules {
			said, l := make([]float64, len(minutes)), rule.begin(h)
			for j, m := range minutes {
				said[j] = l.look(m)
			}
			for k := range thresholds {
				after[k][i][run], harmed[k][i][run] = first(said, minutes, thresholds[k][i])
			}
		}
	})
	found := make([][]detection, len(thresholds))
	for k := range found {
		for i := range rules {
			found[k] = append(found[k], summary(after[k][i], harmed[k][i]))
		}
	}
	return found
}

// first is the look that is above the threshold, counted from 1, and the harm until then.
func first(said []float64, minutes []minute, threshold float64) (after, harmed float64) {
	for i, m := range minutes {
		harmed += float64(m.harmed)
		if said[i] > threshold {
			return float64(i + 1), harmed
		}
	}
	return math.Inf(1), harmed
}

func summary(after, harmed []float64) detection {
	missed := exceeding(after, looks)
	slices.Sort(after)
	slices.Sort(harmed)
	return detection{minutes: after[len(after)/2], share: 1 - missed, harmed: harmed[len(harmed)/2]}
}

func grid(rows, columns int) [][]float64 {
	g := make([][]float64, rows)
	for i := range g {
		g[i] = make([]float64, columns)
	}
	return g
}

// parallel calls f for 0 to n-1 on all processors.
func parallel(n int, f func(int)) {
	var wait sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wait.Go(func() {
			for i := w; i < n; i += workers {
				f(i)
			}
		})
	}
	wait.Wait()
}
