package main

import (
	"fmt"
	"math/rand/v2"
)

// chapter is one level of traffic: good releases in several scenarios, and bad ones.
type chapter struct {
	title string
	short string
	rules []rule // Sluice's comes first
	good  []story
	bad   []story   // in plain traffic, from faint to glaring
	also  [][]story // two bad ones in each of the scenarios of good but the first; may be empty
}

var ratios = []float64{1.25, 2, 3, 5, 10}

// judges are Sluice and the peers on the rate of bad requests.
func judges() []rule {
	return []rule{
		sluiceRule(standard, true, 0),
		alarmRule("alarm 1 of 1", 1, 1, 0),
		alarmRule("alarm 2 of 3", 2, 3, 0),
		alarmRule("alarm 3 of 5", 3, 5, 0),
		flaggerRule("Flagger, threshold 1", 1, 0),
		flaggerRule("Flagger, threshold 5", 5, 0),
		flaggerRule("Flagger, threshold 10", 10, 0),
		argoRule("Argo, failureLimit 0", 0, 0),
		argoRule("Argo, failureLimit 3", 3, 0),
		kayentaRule("Kayenta, from minute 5", 5, 0),
		kayentaRule("Kayenta, from minute 8", 8, 0),
		pipecdRule("PipeCD", 0),
	}
}

// clocks are Sluice and the peers on latency: each peer on the average and on the p99 of the minutes.
func clocks() []rule {
	rules := []rule{sluiceRule(standard, false, beyond...)}
	for metric, name := range []string{"average", "p99"} {
		rules = append(
			rules,
			alarmRule("alarm 1 of 1, "+name, 1, 1, metric),
			alarmRule("alarm 3 of 5, "+name, 3, 5, metric),
			flaggerRule("Flagger 5, "+name, 5, metric),
			argoRule("Argo 3, "+name, 3, metric),
			kayentaRule("Kayenta 5, "+name, 5, metric),
			pipecdRule("PipeCD, "+name, metric),
		)
	}
	return rules
}

func chapters() []chapter {
	var found []chapter
	for _, l := range levels {
		found = append(found, errorChapter(l))
	}
	for _, l := range levels[:2] {
		found = append(found, latencyChapter(l))
	}
	return found
}

func errorChapter(l level) chapter {
	play := func(s scenario, ratio float64) story {
		return tell(fmt.Sprintf("%v/%s/%g", l, s.name, ratio), func(r *rand.Rand) (past, []minute) {
			return past{s.history(r, l)}, s.errors(r, l, ratio)
		})
	}
	c := chapter{title: l.String(), short: fmt.Sprintf("%d/min, %g %%, %g %% bad", l.requests, 100*l.share, 100*l.rate), rules: judges()}
	for i, s := range scenarios {
		c.good = append(c.good, named(s.name, play(s, 1)))
		if i > 0 {
			c.also = append(c.also, []story{play(s, 2), play(s, 3)})
		}
	}
	for _, ratio := range ratios {
		c.bad = append(c.bad, named(fmt.Sprintf("x %g", ratio), play(scenarios[0], ratio)))
	}
	return c
}

func latencyChapter(l level) chapter {
	play := func(s slowness) story {
		return named(s.name, tell(fmt.Sprintf("latency/%v/%s", l, s.name), func(r *rand.Rand) (past, []minute) {
			return s.history(r, l), s.minutes(r, l)
		}))
	}
	c := chapter{title: fmt.Sprintf("latency, %d requests a minute, %g %% to the candidate", l.requests, 100*l.share), rules: clocks()}
	for _, s := range calm {
		c.good = append(c.good, play(s))
	}
	for _, s := range slow {
		c.bad = append(c.bad, play(s))
	}
	return c
}

func tell(name string, play func(*rand.Rand) (past, []minute)) story {
	return story{name, func(run int) (past, []minute) { return play(source(name, run)) }}
}

func named(name string, s story) story {
	s.name = name
	return s
}
