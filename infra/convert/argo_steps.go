package convert

import (
	"fmt"
	"strings"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// step is one step of a canary (https://argo-rollouts.readthedocs.io/en/stable/features/canary/).
func (r *rolled) step(c *climb, v *value) {
	for _, what := range v.keysOf() {
		part := v.at(what)
		switch what {
		case "setWeight":
			if n, ok := part.number(); ok {
				c.weight(part, n)
			} else {
				r.notes.lost(part.whole(), "it is no number", "write the weight of this step")
			}
		case "pause":
			r.pause(c, part)
		case "analysis":
			took, checked := r.analysis(part)
			if c.bake(took); len(c.steps) > 0 && took > 0 {
				r.notes.differs(part.whole(), fmt.Sprintf("its step bakes %s longer, and its checks%s watch every step", rollout.Duration(took), checked), "")
			}
		case "setHeaderRoute":
			r.header(c, part)
		case "setCanaryScale":
			r.notes.lost(part.whole(), "Sluice starts no pods: it waits until as many targets are healthy as stable has", "bring the pods of the new revision up before the release is asked for")
		case "setMirrorRoute":
			r.notes.lost(part.whole(), "a load balancer mirrors no requests", "have a step with marked requests first: {weight: 0, marked: true, bake: 10m}")
		case "experiment":
			r.notes.lost(part.whole(), "Sluice brings up no third revision", "compare the candidate with stable in the same minutes: checks: {errors: [{}]} (docs/judging.md)")
		case "plugin":
			r.notes.lost(part.whole(), "there are no plugins", "have it run as a gate (gates.tests), or listen to the events of the release")
		default:
			r.notes.lost(part.whole(), "no step of that name is known", "see whether a step or a gate says the same")
		}
	}
}

func (r *rolled) pause(c *climb, v *value) {
	switch d, timed := duration(v.at("duration")); {
	case !timed && c.waits != nil:
		r.notes.kept(v.whole(), "people are asked once before the next weight")
	case !timed:
		c.waits = v.whole()
	case len(c.steps) == 0:
		r.notes.lost(v.whole(), "before the first weight there is nothing to watch", "")
	default:
		c.bake(d)
		v.whole()
	}
}

// header is a step in which the candidate gets marked requests. Here that is a step of its own, before any weight.
func (r *rolled) header(c *climb, v *value) {
	matches := v.at("match").list()
	v.whole()
	switch {
	case len(matches) == 0:
		r.notes.kept(v, "the route for marked requests ends with the first weight")
		return
	case len(c.steps) > 0:
		r.notes.lost(v, "marked requests meet the candidate before any weight here, and not beside one", "put {weight: 0, marked: true, bake: 10m} before the first weight, and name the header as target.albRule.marked")
		return
	case len(matches) > 1:
		r.notes.lost(v, "requests are marked by one header", "choose one of them: target.albRule.marked.header")
		return
	}
	values := matches[0].at("headerValue")
	text, ok := pattern(values)
	if !ok {
		r.notes.lost(v, "a load balancer compares headers with patterns of * and ?, and with no regular expression", "write such a pattern as target.albRule.marked.header.values")
		return
	}
	r.draft.marks = &kind.ALBHeader{Name: matches[0].at("headerName").string(), Values: []string{text}}
	c.steps, c.since = append(c.steps, rollout.Step{Weight: rollout.None, Marked: true}), v
}

// pattern is what a header has to match, as a load balancer compares.
func pattern(v *value) (string, bool) {
	escaped := strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`)
	switch {
	case v.has("exact"):
		return escaped.Replace(v.at("exact").string()), true
	case v.has("prefix"):
		return escaped.Replace(v.at("prefix").string()) + "*", true
	case v.has("suffix"):
		return "*" + escaped.Replace(v.at("suffix").string()), true
	}
	return "", false
}
