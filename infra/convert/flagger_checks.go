package convert

import (
	"fmt"
	"strings"

	"sluice/shared/rollout"
)

// metrics become checks. Flagger's own two are counted by the load balancer here.
func (c *canary) metrics() {
	for _, m := range c.analysis.at("metrics").list() {
		name := m.at("name").string()
		low, hasLow := m.at("thresholdRange", "min").number()
		high, hasHigh := m.at("thresholdRange", "max").number()
		if old, ok := m.at("threshold").number(); ok { // before thresholdRange
			low, hasLow, high, hasHigh = old, true, old, true
		}
		switch {
		case m.has("templateRef"):
			c.custom(m, name, limits{low, hasLow && m.has("thresholdRange"), high, hasHigh})
		case strings.Contains(name, "success-rate"), strings.HasSuffix(name, "requests_total"):
			if hasLow && low > 0 && low <= 100 {
				c.draft.said.Checks.Ceilings = append(c.draft.said.Checks.Ceilings, rollout.Ceiling{Percent: 100 - low, Errors: fewErrors})
				c.notes.differs(m.whole(), fmt.Sprintf("checks.ceilings: more than %.4g %% errors fail the step, from %d errors on, as the load balancer counts them for the candidate's target group", 100-low, fewErrors), "write another errors: with fewer, one bad request among few takes a release back")
			} else {
				c.notes.lost(m.whole(), "it has no smallest rate", "write a ceiling: checks: {ceilings: [{percent: 1}]}")
			}
		case strings.Contains(name, "duration"):
			c.draft.said.Checks.Latency = []rollout.Slower{{Quantiles: []float64{99}}}
			c.notes.differs(m.whole(), "checks.latency: the slowest hundredth is compared with stable's in the same minutes, and with no fixed number: target groups change their places, so a bound would be about the wrong one half of the time",
				"put an alarm on TargetResponseTime of both target groups, and name it under guard.alarms, if the number matters")
		default:
			c.notes.lost(m.whole(), "metric "+name+" is none of Flagger's own, and names no template", insteadOf(name))
		}
		m.whole()
	}
}

// fewErrors is how many errors make no failure yet: Flagger waits for its threshold of failed checks, and Sluice goes back at the first.
const fewErrors = 5

type limits struct {
	low    float64
	isLow  bool
	high   float64
	isHigh bool
}

// custom makes a bound of a template that asks CloudWatch (https://docs.flagger.app/usage/metrics#amazon-cloudwatch).
func (c *canary) custom(m *value, name string, l limits) {
	ref := m.at("templateRef", "name").string()
	var t *value
	for _, v := range c.all {
		if isA(v, flagger, "MetricTemplate") && v.at("metadata", "name").string() == ref {
			t = v.whole()
		}
	}
	provider := t.at("spec", "provider", "type").string()
	b := rollout.Bound{Name: name}
	why := ""
	switch {
	case t == nil:
		c.notes.lost(m.whole(), "its template, "+ref+", is not in this file", "append it to the file, after a line with ---, and convert again")
		return
	case provider != "cloudwatch":
		c.notes.lost(m.whole(), fmt.Sprintf("it comes from %s, and Sluice reads CloudWatch alone", provider), insteadOf(name))
		return
	default:
		why = fillBound(&b, t.at("spec", "query"), c.fill(m))
	}
	if l.isLow {
		b.AtLeast = &l.low
	}
	if l.isHigh {
		b.AtMost = &l.high
	}
	if why == "" && !l.isLow && !l.isHigh {
		why = "it has no range"
	}
	if why != "" {
		c.notes.lost(m.whole(), "it has no bound here: "+why, "write it under checks.bounds (docs/operations.md), or put an alarm on it")
		return
	}
	addBound(&c.draft, b)
	c.notes.differs(m.whole(), "checks.bounds, of the whole service and not of the candidate alone", "use ${candidate} as the value of a dimension, if one tells the revisions apart")
}

// fill puts in what Flagger puts into a query.
func (c *canary) fill(m *value) func(string) string {
	known := map[string]string{"target": c.spec.at("targetRef", "name").string(), "service": c.spec.at("service", "name").string(), "interval": m.at("interval").string()}
	for _, v := range c.all {
		if isCanary(v) && v.at("spec") == c.spec {
			known["name"], known["namespace"] = v.at("metadata", "name").string(), v.at("metadata", "namespace").string()
		}
	}
	for _, key := range m.at("templateVariables").keysOf() {
		known["variables."+key] = m.at("templateVariables", key).string()
	}
	return func(text string) string {
		for key, v := range known {
			if v != "" {
				text = strings.NewReplacer("{{ "+key+" }}", v, "{{"+key+"}}", v).Replace(text)
			}
		}
		return text
	}
}

// webhooks are what Flagger calls (https://docs.flagger.app/usage/webhooks).
func (c *canary) webhooks() {
	const events = "listen to the events of the release on the engine's bus (sluice.release.*)"
	climbs := climb{draft: &c.draft, notes: &c.notes, result: c.result, wish: c.wish}
	for _, h := range c.analysis.at("webhooks").list() {
		typ := h.at("type").string()
		h.whole()
		switch typ {
		case "confirm-rollout":
			climbs.waits = h
			climbs.people(1)
		case "confirm-promotion":
			climbs.waits = h
			climbs.people(rollout.All)
		case "confirm-traffic-increase":
			var all []ask
			for _, s := range c.draft.said.Strategy.Steps() {
				all = append(all, ask{before: s.Weight})
			}
			c.result.asking(&c.draft, &c.notes, h, c.wish, "an approval before each step: Sluice", all...)
		case "pre-rollout":
			c.notes.lost(h, "an endpoint of Sluice is reached by https, and is told of the release in other words, with a signature", "have it understand them and name it, gates: {tests: [{http: URL, secret: NAME}]}; or have a function or a build do it (docs/operations.md)")
		case "rollout", "":
			c.notes.lost(h, "no address is called while a step bakes. Where users are few, a step bakes again until it has seen enough", "have a load generator of your own call the load balancer while releases run, or bake longer")
		case "rollback":
			c.notes.lost(h, "nobody is asked whether it shall go back", "sluice abort "+c.draft.Service+", a button in Slack, or the event release.abort-requested")
		case "post-rollout":
			c.notes.lost(h, "an endpoint of Sluice is reached by https, and is told of the release in other words, with a signature", "have it understand them and name it, hooks: [{name: told, after: promotion, http: URL, secret: NAME}]; or "+events)
		case "event":
			c.notes.lost(h, "no address is called for each event", events)
		default:
			c.notes.lost(h, "no hook of that type is known", events)
		}
	}
}
