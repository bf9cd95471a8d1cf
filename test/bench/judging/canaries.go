package main

import (
	"fmt"
	"io"
	"time"

	"sluice/test/bench/canaries"
)

// canary is how somebody moves the traffic of a load balancer to new tasks, and who may stop it: the weights of one hour, each for the same time.
// Where the candidate serves everything, stable's tasks stand by until the hour is over.
type canary struct {
	name    string
	weights []float64
	judges  []int // besides Sluice, of judges(), by their place
}

// Sluice's steps, and the canaries of AWS.
var movers = []canary{
	{"5, 25, 50 %, 10 min each", []float64{0.05, 0.25, 0.5, 1, 1, 1}, nil},
	ofAWS(canaries.ECS),
	ofAWS(canaries.CodeDeployFive),
	ofAWS(canaries.CodeDeployLong),
}

func ofAWS(c canaries.Canary) canary { return canary{c.Name, c.Weights(time.Hour), []int{1, 2, 3}} }

// broken is how many times as many bad requests a candidate has: at 0.5 % of stable's, 100 times is half of them, and 200 times is all.
var broken = []float64{2, 3, 10, 100, 200}

// sharedFaults are the scenarios that an alarm of such a deployment has to bear.
var sharedFaults = []string{"plain", "outage", "drift", "fives", "bursts", "cold"}

// canaryChapters are the canaries at two levels of traffic.
func canaryChapters() (found []chapter) {
	for _, l := range levels[:2] {
		for _, s := range movers {
			found = append(found, s.chapter(l))
		}
	}
	return found
}

func (s canary) chapter(l level) chapter {
	c := chapter{title: s.name, short: fmt.Sprintf("%s, %g %% of stable's bad", l.pace(), 100*l.rate)}
	for _, i := range append([]int{0}, s.judges...) { // Sluice's comes first
		c.rules = append(c.rules, judges()[i])
	}
	for _, in := range scenarios {
		for _, name := range sharedFaults {
			if in.name == name {
				in.weights = s.weights
				c.good = append(c.good, named(in.name, in.tale(l, 1)))
			}
		}
	}
	plain := scenarios[0]
	plain.weights = s.weights
	for _, ratio := range broken {
		c.bad = append(c.bad, named(fmt.Sprintf("x %g", ratio), plain.tale(l, ratio)))
	}
	return c
}

// reportCanaries prints how the same bad release ends by what moves traffic on AWS.
func reportCanaries(w io.Writer, results []result) {
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) }
	say("\n== The same bad release by Sluice and by the canaries of AWS, behind a load balancer ==")
	say("\nOver one hour. Alarms of AWS' canaries are calibrated as above, to plain traffic and (in the second part) to %v.", sharedFaults)
	for at := 0; at < len(results); at += len(movers) {
		level := results[at : at+len(movers)]
		say("\n%s; alarms calibrated to plain traffic", level[0].short)
		canaryRows(say, level, func(r result) [][]detection { return r.plain }, func(result, int) bool { return false })
		say("\n%s; alarms calibrated to every scenario", level[0].short)
		canaryRows(say, level, func(r result) [][]detection { return r.every }, func(r result, rule int) bool { return r.hard[rule] })
	}
}

func canaryRows(say func(string, ...any), level []result, found func(result) [][]detection, hard func(r result, rule int) bool) {
	say("%-44s%s", "", line("", names(level[0].bad), 17)[28:])
	for _, r := range level {
		for rule := range r.rules {
			if hard(r, rule) {
				say("%-44s no threshold does it", r.title+", "+r.rules[rule].name)
				continue
			}
			var cells []string
			for _, by := range found(r) {
				cells = append(cells, by[rule].String())
			}
			say("%-44s%s", r.title+", "+r.rules[rule].name, line("", cells, 17)[28:])
		}
	}
}
