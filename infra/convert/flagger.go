package convert

import (
	"fmt"
	"time"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

const flagger = "flagger.app"

func isCanary(v *value) bool { return isA(v, flagger, "Canary") }

// readCanaries makes a draft of each Canary (https://docs.flagger.app/usage/how-it-works). Templates of metrics are looked up in the same file.
func readCanaries(all []*value, w Wish, found *Result) {
	for _, v := range all {
		if isCanary(v) {
			c := canary{spec: v.at("spec"), all: all, wish: w, result: found}
			c.read(v)
		}
	}
	found.unnamed(all, func(v *value) bool { return isA(v, flagger, "MetricTemplate") }, "no Canary of this file names it")
	found.unnamed(all, func(v *value) bool { return isA(v, flagger, "AlertProvider") }, "messages go to a channel of Slack, by mail and to GitHub")
}

// A canary is one Canary.
type canary struct {
	spec     *value
	analysis *value
	all      []*value
	wish     Wish
	result   *Result
	draft    Draft
	notes    notes
	interval time.Duration
}

func (c *canary) read(v *value) {
	name := v.at("metadata", "name").string()
	c.draft = Draft{Service: serviceName(name), From: "Canary " + name, Line: v.where(), Answers: map[string]string{}}
	v.at("metadata").whole()
	v.at("apiVersion")
	v.at("kind")
	if c.analysis = c.spec.at("analysis"); c.analysis == nil {
		c.analysis = c.spec.at("canaryAnalysis") // before v1beta1
	}
	c.router()
	c.strategy()
	c.metrics()
	c.webhooks()
	c.others()
	c.notes.left(v, "Flagger")
	c.draft.Notes = c.notes.sorted()
	c.result.Drafts = append(c.result.Drafts, c.draft)
}

// router says what splits the traffic. No provider of Flagger moves what AWS splits, so whoever names a kind says that a load balancer stands in front.
func (c *canary) router() {
	provider := c.spec.at("provider")
	if c.wish.Kind == "" {
		says, line := "the mesh or ingress that the controller was started with", c.spec.where()
		if provider != nil {
			says, line = provider.string(), provider.where()
		}
		c.draft.Refused = rollout.Because(fmt.Sprintf("line %d: %s splits the traffic inside of the cluster, and Sluice moves what AWS splits", line, says),
			"if an Application Load Balancer stands in front, with a target group for each of two sets of pods, say so: --kind albRule; else keep Flagger")
		return
	}
	c.draft.Kind = kind.ID(c.wish.Kind)
	if provider != nil {
		c.notes.lost(provider, "the load balancer in front splits the traffic, and no router in the cluster", "have the router send all that comes to a target group to its own pods")
	}
	c.notes = append(c.notes, Note{
		c.spec.where(), "primary and canary Deployments", Differs, "two target groups that you fill (blue and green), which take turns: Sluice moves the rule, and copies nothing from canary to primary",
		"have one Deployment for each target group; before a release, bring the new revision up in the one that does not serve, and write its tag sluice:revision",
	})
}

func (c *canary) strategy() {
	c.interval = time.Minute
	every := c.analysis.at("interval")
	if d, ok := duration(every); ok {
		c.interval = d
	}
	bake := rollout.Duration(c.interval)
	weights, step, most := c.analysis.at("stepWeights"), c.analysis.at("stepWeight"), c.analysis.at("maxWeight")
	iterations := c.analysis.at("iterations")
	n, counted := iterations.number()
	switch {
	case c.spec.at("skipAnalysis").yes(false):
		c.draft.said.Strategy = rollout.Strategy{AllAtOnce: &rollout.AllAtOnce{}}
		c.notes.kept(c.spec.at("skipAnalysis"), "allAtOnce: the guard's alarms can take it back within the revert window")
	case counted && n > 0 && len(c.analysis.at("match").list()) > 0:
		c.marked(iterations, bake*rollout.Duration(n))
	case counted && n > 0:
		c.draft.said.Strategy = rollout.Strategy{AllAtOnce: &rollout.AllAtOnce{Bake: bake * rollout.Duration(n)}}
		c.notes.differs(iterations, fmt.Sprintf("allAtOnce, with a bake of %s: Flagger looks at the candidate so long before it has users, Sluice when it has them", bake*rollout.Duration(n)),
			"have it answer a request first: strategy: {blueGreen: {test: {request: {path: /health}}, bake: 30m}}, with target.albRule.test (docs/targets/alb-rule.md); or give it few users: canary: {steps: [{weight: 10, bake: 10m}]}")
	default:
		if every != nil {
			c.notes.kept(every, fmt.Sprintf("each step bakes %s", bake))
		}
		c.climb(weights, step, most, bake)
	}
	weights.whole()
	if t := c.analysis.at("threshold"); t != nil {
		c.notes.differs(t, "a release goes back when a check has failed once: comparisons are built for being looked at each minute. Too few requests are no failure: a step bakes again, 8 times at most (checks.whenInconclusive)", "")
	}
	c.notes.gone(c.analysis, "after the last step the candidate has everything, and nothing is copied to a primary", "", "stepWeightPromotion")
	c.notes.gone(c.analysis, "a load balancer mirrors no requests", "have a step with marked requests first: {weight: 0, marked: true, bake: 10m}", "mirror", "mirrorWeight")
	c.notes.gone(c.analysis, "the interval is the bake of every step", "", "primaryReadyThreshold", "canaryReadyThreshold")
	c.sticky()
}

// climb are the weights: a list, or the same again until the largest is reached.
func (c *canary) climb(weights, step, most *value, bake rollout.Duration) {
	var steps []rollout.Step
	add := func(percent float64) {
		if w := rollout.Percent(percent); w > rollout.None && w < rollout.All && (len(steps) == 0 || w > steps[len(steps)-1].Weight) {
			steps = append(steps, rollout.Step{Weight: w, Bake: bake})
		}
	}
	largest, limited := most.number()
	if !limited || largest <= 0 || largest > 100 {
		largest = 100
	}
	each, ok := step.number()
	switch {
	case weights != nil:
		for _, w := range weights.list() {
			if n, ok := w.number(); ok {
				add(n)
			}
		}
		c.notes.kept(weights, fmt.Sprintf("%d steps, each of which bakes %s; then 100 %%", len(steps), bake))
		if most != nil {
			c.notes.kept(most, "it says nothing beside stepWeights, in Flagger neither")
		}
	case ok && each >= 1:
		for w := each; len(steps) < 100; w += each {
			if add(w); w >= largest {
				break
			}
		}
		c.notes.kept(step, fmt.Sprintf("%d steps of %v %% more, each of which bakes %s; then 100 %%", len(steps), each, bake))
		if most != nil {
			c.notes.kept(most, "the last step below 100 %")
		}
	}
	if len(steps) == 0 {
		c.draft.said.Strategy = rollout.Strategy{AllAtOnce: &rollout.AllAtOnce{Bake: leastBake}}
		c.notes = append(c.notes, Note{c.analysis.where(), "analysis without weights", Differs, fmt.Sprintf("allAtOnce, with a bake of %s", leastBake), "write steps, such as {weight: 10, bake: 10m}"})
		return
	}
	c.draft.said.Strategy = rollout.Strategy{Canary: &rollout.Canary{Steps: steps}}
}

// marked is a test of A and B: who has the header meets the candidate.
func (c *canary) marked(iterations *value, bake rollout.Duration) {
	matches := c.analysis.at("match")
	header, text, ok := c.header(matches)
	if !ok {
		c.draft.said.Strategy = rollout.Strategy{AllAtOnce: &rollout.AllAtOnce{Bake: bake}}
		c.notes.lost(matches.whole(), "a load balancer compares one header with a pattern of * and ?, and with no regular expression", "write such a pattern as target.albRule.marked.header.values, and the step {weight: 0, marked: true, bake: "+bake.String()+"}")
		iterations.whole()
		return
	}
	c.draft.marks = &kind.ALBHeader{Name: header, Values: []string{text}}
	c.draft.said.Strategy = rollout.Strategy{Canary: &rollout.Canary{Steps: []rollout.Step{{Weight: rollout.None, Marked: true, Bake: bake}}}}
	c.notes.kept(matches.whole(), fmt.Sprintf("a step for requests with the header %s: %s alone", header, text))
	c.notes.kept(iterations, fmt.Sprintf("that step bakes %s; then 100 %%", bake))
}

func (c *canary) header(matches *value) (name, text string, ok bool) {
	if len(matches.list()) != 1 {
		return "", "", false
	}
	headers := matches.list()[0].at("headers")
	if len(headers.keysOf()) != 1 {
		return "", "", false
	}
	name = headers.keysOf()[0]
	text, ok = pattern(headers.at(name))
	return name, text, ok
}

func (c *canary) sticky() {
	s := c.analysis.at("sessionAffinity")
	if s == nil {
		return
	}
	c.draft.sticks = 86400 // its default (https://docs.flagger.app/usage/deployment-strategies)
	if n, ok := s.at("maxAge").number(); ok {
		c.draft.sticks = int(n)
	}
	c.notes.differs(s.whole(), fmt.Sprintf("target.albRule.stickySeconds is %d: by a cookie of the load balancer, and for stable's clients, too", c.draft.sticks), "")
}

// others are parts that have no counterpart.
func (c *canary) others() {
	c.notes.gone(c.analysis, "messages go to a channel of Slack, by mail and to GitHub", "name the channel by its id: slack: {channel: C0123456789}", "alerts")
	c.notes.gone(c.spec, inKubernetes, "put it into the Deployments that fill the two target groups", "targetRef", "autoscalerRef", "ingressRef", "upstreamRef", "routeRef", "progressDeadlineSeconds", "revertOnDeletion")
	c.notes.gone(c.spec, "the rule of the load balancer says which requests come, and its target groups know their ports", "", "service")
	c.notes.gone(c.spec, "definitions have no metrics server", "", "metricsServer")
	if v := c.spec.at("suspend"); v.yes(false) {
		c.notes.lost(v, "a definition is not suspended", "sluice freeze "+c.draft.Service+" -m 'why'")
	}
}
