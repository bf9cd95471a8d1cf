package main

import (
	"fmt"
	"math"
)

// best is the peer that finds a bad story soonest, the one that finds more among equals.
func best(rules []rule, by []detection, hard []bool) (peer int) {
	for i := 1; i < len(rules); i++ {
		switch {
		case hard[i]:
		case peer == 0 || by[i].minutes < by[peer].minutes:
			peer = i
		case by[i].minutes == by[peer].minutes && by[i].share > by[peer].share:
			peer = i
		}
	}
	return peer
}

// compare says how Sluice stands against the best peer.
func compare(sluice, peer detection) string {
	switch {
	case sluice.minutes < peer.minutes:
		return "sooner"
	case sluice.minutes > peer.minutes && !math.IsInf(sluice.minutes, 1) && sluice.minutes <= peer.minutes+1:
		return "one later"
	case sluice.minutes > peer.minutes:
		return "later"
	}
	return "the same"
}

// verdict sets Sluice beside the best of the peers, for each kind of bad release.
func verdict(say func(string, ...any), results []result) {
	say("Good releases that Sluice rolls back, in the worst scenario of each level, in %%:")
	for _, r := range results {
		worst := 0.0
		for _, rates := range r.rates {
			worst = max(worst, rates[0])
		}
		say("  %-72s %.1f", r.title, 100*worst)
	}
	say("\nBad releases in plain traffic, Sluice and the best peer. Calibrated to plain traffic | to every scenario")
	none := make([]bool, 64)
	for _, r := range results {
		say("  %s", r.title)
		for b, s := range r.bad {
			say("    %-7s %-51s | %s", s.name, beside(r, r.plain[b], none), beside(r, r.every[b], r.hard))
		}
	}
}

func beside(r result, by []detection, hard []bool) string {
	peer := best(r.rules, by, hard)
	return fmt.Sprintf("%2s, %2s %s: %s", soon(by[0].minutes), soon(by[peer].minutes), r.rules[peer].name, compare(by[0], by[peer]))
}
