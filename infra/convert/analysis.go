package convert

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"sluice/shared/rollout"
)

// background are the analyses that run beside all steps.
func (r *rolled) background(v *value) {
	if v == nil {
		return
	}
	if _, checked := r.analysis(v); checked != "" {
		r.notes.kept(v, "checks"+checked+" watch every step")
	}
	if from := v.at("startingStep"); from != nil {
		r.notes.differs(from, "checks watch from the first step on", "")
	}
	v.whole()
}

// analysis makes checks of the templates that an analysis names, and says how long it takes and which checks came of it.
func (r *rolled) analysis(v *value) (takes time.Duration, checked string) {
	arguments := map[string]string{}
	for _, a := range v.at("args").list() {
		arguments[a.at("name").string()] = a.at("value").string()
	}
	dry := valuesAt(v.at("dryRun"), "metricName")
	var made []string
	refs := v.at("templates").list()
	if old := v.at("templateName"); old != nil {
		refs = append(refs, v)
	}
	for _, ref := range refs {
		name := ref.at("templateName").string()
		t := r.template(name)
		if t == nil {
			r.notes.lost(ref.whole(), "the template of the analysis, "+name+", is not in this file", "append it to the file, after a line with ---, and convert again")
			continue
		}
		for _, a := range t.at("spec", "args").list() {
			if key := a.at("name").string(); arguments[key] == "" {
				arguments[key] = a.at("value").string()
			}
		}
		for _, m := range t.at("spec", "metrics").list() {
			d, name := r.metric(m, arguments, append(dry, valuesAt(t.at("spec", "dryRun"), "metricName")...))
			if takes = max(takes, d); name != "" {
				made = append(made, name)
			}
		}
		t.whole()
	}
	v.whole()
	if len(made) > 0 {
		checked = " (" + strings.Join(made, ", ") + ")"
	}
	return takes, checked
}

// valuesAt are the texts of one member, in a list of objects.
func valuesAt(v *value, key string) (all []string) {
	for _, one := range v.list() {
		all = append(all, one.at(key).string())
	}
	return all
}

// template finds a template of analyses in the same file.
func (r *rolled) template(name string) *value {
	for _, v := range r.all {
		if isA(v, argo, "AnalysisTemplate", "ClusterAnalysisTemplate") && v.at("metadata", "name").string() == name {
			return v
		}
	}
	return nil
}

// metric makes a bound of a metric of CloudWatch (https://argo-rollouts.readthedocs.io/en/stable/analysis/cloudwatch/).
func (r *rolled) metric(m *value, arguments map[string]string, dry []string) (takes time.Duration, checked string) {
	name := m.at("name").string()
	every, _ := duration(m.at("interval"))
	delay, _ := duration(m.at("initialDelay"))
	count, counted := m.at("count").number()
	if takes = delay; counted && count > 1 {
		takes += time.Duration(count-1) * every
	}
	queries := m.at("provider", "cloudWatch", "metricDataQueries")
	if queries == nil {
		provider := strings.Join(m.at("provider").keysOf(), ", ")
		r.notes.lost(m, fmt.Sprintf("metric %s comes from %s, and Sluice reads CloudWatch alone", name, provider), insteadOf(name))
		return takes, ""
	}
	b := rollout.Bound{Name: name, DryRun: slices.Contains(dry, name)}
	why := fillBound(&b, queries, func(text string) string {
		for key, v := range arguments {
			if v != "" {
				text = strings.ReplaceAll(text, "{{args."+key+"}}", v)
			}
		}
		return text
	})
	if why == "" {
		why = conditions(&b, m.at("successCondition").string(), m.at("failureCondition").string())
	}
	if why != "" {
		r.notes.lost(m, "metric "+name+" has no bound here: "+why, "write it under checks.bounds (docs/operations.md), or put an alarm on it")
		return takes, ""
	}
	if limit, ok := m.at("failureLimit").number(); ok && limit >= 1 {
		b.For = int(limit) + 1
	}
	addBound(&r.draft, b)
	r.notes.differs(m, fmt.Sprintf("checks.bounds: %s, looked at each minute, of the whole service and not of the candidate alone%s", name, inARow(b.For)), "use ${candidate} as the value of a dimension, if one tells the revisions apart")
	return takes, "bounds: " + name
}

func inARow(n int) string {
	if n < 2 {
		return ""
	}
	return fmt.Sprintf("; %d values in a row must be out of bounds (for)", n)
}

// insteadOf is what to write instead of a metric that others count.
func insteadOf(name string) string {
	lower := strings.ToLower(name)
	switch {
	case strings.Contains(lower, "latency"), strings.Contains(lower, "duration"):
		return "compare the candidate's latency with stable's: checks: {latency: [{quantiles: [99]}]} (docs/judging.md)"
	case strings.Contains(lower, "success"), strings.Contains(lower, "error"):
		return "have the load balancer's counts watched: checks: {errors: [{}], ceilings: [{percent: 1}]} (docs/judging.md)"
	}
	return "publish it to CloudWatch, and write it under checks.bounds, or put an alarm on it"
}

// addBound adds a bound, once.
func addBound(d *Draft, b rollout.Bound) {
	if !slices.ContainsFunc(d.said.Checks.Bounds, func(known rollout.Bound) bool { return known.Name == b.Name }) {
		d.said.Checks.Bounds = append(d.said.Checks.Bounds, b)
	}
}
