package main

import (
	"fmt"
	"io"
	"math"
	"time"
)

// fixed is the threshold of Sluice, which says 1 or 0.
const fixed = 0.5

// result is what a chapter came to, rule by rule.
type result struct {
	chapter
	rates  [][]float64     // by scenario: share of good releases rolled back by rules calibrated to plain traffic
	policy []float64       // by scenario: share of good releases that Sluice's policy takes back when a bake ends, of those
	unmet  []ends          // by candidate that no user meets
	plain  [][]detection   // by bad story, by rules calibrated to plain traffic
	every  [][]detection   // the same by rules calibrated to the worst of the scenarios
	within [][][]detection // by scenario but the first, by its bad story, by rules calibrated to that very scenario
	hard   []bool          // rules that no finite threshold calibrates to every scenario
}

// ends is how releases end by rules calibrated to plain traffic.
type ends struct {
	back  []float64 // by rule: share that is rolled back
	atEnd float64   // of those, by Sluice's policy when a bake ended
}

// simulate plays a chapter: good releases runs times each, bad ones half as often.
func simulate(c chapter, runs int, progress io.Writer) result {
	r := result{chapter: c, hard: make([]bool, len(c.rules))}
	var own [][]float64 // thresholds by scenario
	every := make([]float64, len(c.rules))
	for i := range every {
		every[i] = never
	}
	begun := time.Now()
	for _, s := range c.good {
		tops := highest(s, c.rules, runs)
		thresholds := make([]float64, len(c.rules))
		for i := range c.rules {
			thresholds[i] = fixed
			if i > 0 {
				thresholds[i] = calibrate(tops[i])
			}
			every[i] = max(every[i], thresholds[i])
		}
		own = append(own, thresholds)
		rates := make([]float64, len(c.rules))
		for i := range rates {
			rates[i] = exceeding(tops[i], own[0][i])
		}
		r.policy = append(r.policy, rates[0]-exceeding(tops[0], byPolicy))
		r.rates = append(r.rates, rates)
	}
	for _, s := range c.blind {
		tops, e := highest(s, c.rules, runs/2), ends{}
		for i := range c.rules {
			e.back = append(e.back, exceeding(tops[i], own[0][i]))
		}
		e.atEnd = e.back[0] - exceeding(tops[0], byPolicy)
		r.unmet = append(r.unmet, e)
	}
	for i, threshold := range every {
		r.hard[i] = math.IsInf(threshold, 1)
	}
	for _, s := range c.bad {
		d := detect(s, c.rules, [][]float64{own[0], every}, runs/2)
		r.plain, r.every = append(r.plain, d[0]), append(r.every, d[1])
	}
	for i, stories := range c.also {
		var found [][]detection
		for _, s := range stories {
			found = append(found, detect(s, c.rules, own[i+1:i+2], runs/2)[0])
		}
		r.within = append(r.within, found)
	}
	_, _ = fmt.Fprintf(progress, "%s: %.0f s\n", c.title, time.Since(begun).Seconds())
	return r
}
