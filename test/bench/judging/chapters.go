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
	blind []story   // candidates that no user meets: neither good nor bad, and not to be promoted; may be empty
	also  [][]story // two bad ones in each of the scenarios of good but the first; may be empty
}

var ratios = []float64{1.25, 2, 3, 5, 10}

// judges are Sluice and the peers on the rate of bad requests.
func judges() []rule {
	return []rule{
		{name: "Sluice", product: errors},
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
	rules := []rule{{name: "Sluice", product: latency}}
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

func chapters() ([]chapter, error) {
	var found []chapter
	for _, l := range levels {
		c := errorChapter(l, scenarios)
		if l.share == ramp[0] {
			c.blind = []story{pinged(l)}
		}
		found = append(found, c)
	}
	for _, l := range quiet {
		found = append(found, errorChapter(l, []scenario{{name: "plain", weights: ramp}, {name: "jitter", jitter: 0.33, weights: ramp}, {name: "drift", common: drift, weights: ramp}}))
	}
	recorded, err := logs()
	if err != nil {
		return nil, err
	}
	for _, g := range recorded {
		found = append(found, logChapter(g))
	}
	for _, l := range levels[:2] {
		found = append(found, latencyChapter(l))
	}
	return found, nil
}

func errorChapter(l level, in []scenario) chapter {
	play := func(s scenario, ratio float64) story { return s.tale(l, ratio) }
	c := chapter{title: l.String(), short: fmt.Sprintf("%s, %g %%, %g %% bad", l.short(), 100*l.share, 100*l.rate), rules: judges()}
	for i, s := range in {
		c.good = append(c.good, named(s.name, play(s, 1)))
		if i > 0 {
			c.also = append(c.also, []story{play(s, 2), play(s, 3)})
		}
	}
	for _, ratio := range ratios {
		c.bad = append(c.bad, named(fmt.Sprintf("x %g", ratio), play(in[0], ratio)))
	}
	return c
}

// tale is a release whose candidate has so many times as many bad requests.
func (s scenario) tale(l level, ratio float64) story {
	st := tell(fmt.Sprintf("%v/%s/%g", l, s.name, ratio), func(r *rand.Rand) []minute { return s.hour(r, l, 1) }, func(r *rand.Rand) release { return s.release(r, l, ratio) })
	if s.sticky {
		st.product = clients
	}
	return st
}

// pinged is a candidate that health pings reach and no user does, beside a stable whose users have errors.
func pinged(l level) story {
	s := scenario{name: "pings", pings: 6, weights: ramp}
	l.rate = 0.01
	return named(l.short(), tell(fmt.Sprintf("%v/%s", l, s.name), func(r *rand.Rand) []minute { return scenarios[0].hour(r, l, 1) }, func(r *rand.Rand) release { return s.release(r, l, 1) }))
}

func logChapter(g log) chapter {
	play := func(ratio float64) story {
		return tell(fmt.Sprintf("%s/%g", g.title, ratio), func(r *rand.Rand) []minute { return g.hour(r, 1) }, func(r *rand.Rand) release { return g.release(r, ratio) })
	}
	c := chapter{title: g.title, rules: judges(), good: []story{named("replayed", play(1))}}
	for _, ratio := range ratios {
		c.bad = append(c.bad, named(fmt.Sprintf("x %g", ratio), play(ratio)))
	}
	return c
}

func latencyChapter(l level) chapter {
	play := func(s slowness) story {
		good := slowness{common: s.common, uneven: s.uneven}
		return named(s.name, tell(fmt.Sprintf("latency/%v/%s", l, s.name), func(r *rand.Rand) []minute { return good.hour(r, l) }, func(r *rand.Rand) release { return s.release(r, l) }))
	}
	c := chapter{title: fmt.Sprintf("latency, %s, %g %% to the candidate", l.pace(), 100*l.share), rules: clocks()}
	for _, s := range calm {
		c.good = append(c.good, play(s))
	}
	for _, s := range slow {
		c.bad = append(c.bad, play(s))
	}
	return c
}

// tell is a story whose good hours are what the service's earlier releases were like.
func tell(name string, hour func(*rand.Rand) []minute, play func(*rand.Rand) release) story {
	before := pasts(name, hour)
	return story{name: name, play: func(run int) release {
		h := play(source(name, run))
		h.past = before(run)
		return h
	}}
}

func named(name string, s story) story {
	s.name = name
	return s
}
