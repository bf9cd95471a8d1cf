package main

import (
	"io"
	"math"
	"strings"
	"testing"
)

// TestSluiceMeetsTheBar is a small make bench-judge with fixed chance: a change that makes judging worse fails here. The peers
// are calibrated to every scenario, as Sluice is made for every scenario: Sluice is sooner, and at five times the rate as soon at least. The minutes are those of the product: one to warm up, and two until CloudWatch's
// numbers are final.
func TestSluiceMeetsTheBar(t *testing.T) {
	if testing.Short() {
		t.Skip("plays some thousand releases")
	}
	for i, latest := range []map[string]float64{{"x 3": 21, "x 5": 10, "x 10": 6}, {"x 2": 10, "x 3": 6, "x 5": 4, "x 10": 4}} {
		c := errorChapter(levels[i], scenarios)
		c.also, c.blind = nil, []story{pinged(levels[i])}
		r := simulate(c, 200, io.Discard)
		harmless(t, r)
		if e := r.unmet[0]; e.back[0] != 1 || e.atEnd != 1 {
			t.Errorf("%s: of the releases that only health pings met %.1f %% went back, %.1f %% when a bake ended: the others were promoted, or accused of what nobody saw", r.title, 100*e.back[0], 100*e.atEnd)
		}
		for b, s := range r.bad {
			limit, judged := latest[s.name]
			if !judged {
				continue
			}
			sluice, peer := r.every[b][0], best(r.rules, r.every[b], r.hard)
			if sluice.minutes > limit || sluice.share < 0.95 {
				t.Errorf("%s, %s: %v, later than minute %g or too seldom", r.title, s.name, sluice, limit)
			}
			if sluice.minutes > r.every[b][peer].minutes || (s.name != "x 5" && sluice.minutes == r.every[b][peer].minutes) {
				t.Errorf("%s, %s: %v, but %s %v", r.title, s.name, sluice, r.rules[peer].name, r.every[b][peer])
			}
		}
	}
}

func TestAWrongCommandIsAnsweredBeforeMinutesArePlayed(t *testing.T) {
	for says, run := range map[string]func() error{
		"-runs 100 is the least": func() error { return run(50, "", io.Discard, io.Discard) },
		"none/judging.md":        func() error { return run(100, "none", io.Discard, io.Discard) },
		"has no place":           func() error { return placed("testdata/README.md") },
	} {
		if err := run(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
}

// TestSluiceSeesLatencyThatAveragesHide: bursts at the first one, a slower tail sooner than it takes ranks.
func TestSluiceSeesLatencyThatAveragesHide(t *testing.T) {
	if testing.Short() {
		t.Skip("plays some hundred releases")
	}
	c := latencyChapter(levels[0])
	c.rules = c.rules[:2] // one peer is enough to play the chapter
	r := simulate(c, 100, io.Discard)
	harmless(t, r)
	for b, s := range r.bad {
		if limit := map[string]float64{"x 1.1": 21, "x 1.25": 7, "x 2": 4, "tail": 10, "bursts": 12}[s.name]; r.plain[b][0].minutes > limit {
			t.Errorf("%s: %v, later than minute %g", s.name, r.plain[b][0], limit)
		}
	}
}

// harmless holds that Sluice rolls back one good release in a hundred at most: over all, and twice that by chance in one scenario.
func harmless(t *testing.T, r result) {
	t.Helper()
	sum := 0.0
	for i, rates := range r.rates {
		sum += rates[0]
		if rates[0] > 2*allowed {
			t.Errorf("%s, %s: %.1f %% of the good releases were rolled back", r.title, r.good[i].name, 100*rates[0])
		}
	}
	if mean := sum / float64(len(r.rates)); mean > allowed || math.IsNaN(mean) {
		t.Errorf("%s: %.1f %% of the good releases were rolled back", r.title, 100*mean)
	}
}
