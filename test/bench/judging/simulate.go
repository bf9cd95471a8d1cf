package main

import (
	"math"
	"runtime"
	"slices"
	"sync"

	"sluice/shared/judge"
)

// story is a kind of release that is simulated many times, each time with other chance.
type story struct {
	name    string
	play    func(run int) release
	product *product // that judges it; nil for the rule's own
}

// delay is how many minutes after its end CloudWatch tells a minute to peers. Sluice's looks know of it by themselves (judge.Rehearsal).
const delay = 1

// end is how Sluice ends a release of the story.
func (s story) end(rule rule, h release) (float64, judge.Outcome) {
	if s.product != nil {
		return s.product.play(h)
	}
	return rule.play(h)
}

// allowed is the share of good releases that a rule may roll back, over the whole hour.
const allowed = 0.01

// highest plays a story and gives, for each rule and run, the largest number of all looks: that rule with a threshold at
// least as high lets the release through.
func highest(s story, rules []rule, runs int) [][]float64 {
	found := grid(len(rules), runs)
	parallel(runs, func(run int) {
		h := s.play(run)
		for i, rule := range rules[1:] {
			top, l := never, rule.begin()
			for _, m := range h.minutes[:looks-delay] {
				top = max(top, l.look(m))
			}
			found[i+1][run] = top
		}
		found[0][run], _ = s.end(rules[0], h)
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
		h := s.play(run)
		for i, rule := range rules[1:] {
			said, l := make([]float64, looks), rule.begin()
			for j := range said {
				said[j] = never
				if j >= delay {
					said[j] = l.look(h.minutes[j-delay])
				}
			}
			for k := range thresholds {
				after[k][i+1][run], harmed[k][i+1][run] = first(said, h.minutes, thresholds[k][i+1])
			}
		}
		until, harm := s.until(rules[0], h)
		for k := range thresholds {
			after[k][0][run], harmed[k][0][run] = until, harm
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

// until is the minute in which Sluice takes a release back, and the harm until then.
func (s story) until(rule rule, h release) (after, harmed float64) {
	_, o := s.end(rule, h)
	after, last := math.Inf(1), looks
	if o.Back {
		after, last = float64(o.Minutes), min(o.Minutes, looks)
	}
	for _, m := range h.minutes[:last] {
		harmed += float64(m.harmed)
	}
	return after, harmed
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
	missed := exceeding(after, math.MaxFloat64)
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
