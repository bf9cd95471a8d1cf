package rollout

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sluice/shared/kind"
)

// metricID is what CloudWatch takes as the id of a metric in an expression
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html).
const metricID expression = `^[a-z][A-Za-z0-9_]{0,60}$`

func (d Definition) validateChecks(found *problems) {
	c := d.Checks
	found.check(c.Confidence == 0 || c.Confidence >= 80 && c.Confidence < 100, "checks.confidence", fmt.Sprintf("%v is not a confidence", c.Confidence), "write a percentage from 80 to 99.99")
	for i, e := range c.Errors {
		at := fmt.Sprintf("checks.errors[%d]", i)
		comparison(found, at, e.Tolerate, e.Cluster, e.Weight, e.Enough)
		e.Metrics.validate(found, at, false)
		found.check(e.Metrics != nil || d.Target.Blends() == "", at, "candidate and stable cannot be compared: "+d.Target.Blends(), blended)
		oneOf(found, at+".spreads", e.Spreads, "", kind.SpreadRequests, kind.SpreadClients)
		if w := e.Warming; w != nil {
			found.check(*w >= 0 && w.Std() <= hour, at+".warming", w.String()+" is not a time to warm up", "write 0s to compare errors from the first request on, or up to 1h")
		}
	}
	for i, l := range c.Latency {
		at := fmt.Sprintf("checks.latency[%d]", i)
		l.validate(found, at)
		found.check(l.Metric != nil || d.Target.Blends() == "", at, "candidate and stable cannot be compared: "+d.Target.Blends(), blended)
	}
	for i, l := range c.Ceilings {
		at := fmt.Sprintf("checks.ceilings[%d]", i)
		found.check(l.Percent >= 0 && l.Percent < 100, at+".percent", fmt.Sprintf("%v is not an error rate that can be passed", l.Percent), "write a percentage from 0 up to, not including, 100")
		found.check(l.Errors >= 0 && l.Requests >= 0, at, "a count is negative", "write whole numbers from 0 up")
		l.Metrics.validate(found, at, d.Target.Blends() != "")
	}
	for i, b := range c.Bounds {
		b.validate(found, fmt.Sprintf("checks.bounds[%d]", i))
	}
	d.validateCheckAlarms(found)
	if s := c.Synthetic; s != nil {
		found.check(s.PerMinute >= 1 && s.PerMinute <= 50, "checks.synthetic.perMinute", fmt.Sprintf("%d is not a number of invocations", s.PerMinute), "write a number from 1 to 50")
		found.check(len(c.Errors) > 0, "checks.synthetic", "nothing counts the failures", "add a check of errors, such as errors: [{}]")
	}
	d.validateInconclusive(found)
}

// comparison checks what comparisons of errors and of latency share.
func comparison(found *problems, at string, tolerate, cluster, weight float64, enough int) {
	found.check(tolerate == 0 || tolerate >= 1 && tolerate <= 10, at+".tolerate", fmt.Sprintf("%v is not a ratio that can be tolerated", tolerate), "write a number from 1 (as good as stable) to 10")
	found.check(cluster == 0 || cluster >= 1 && cluster <= 1000, at+".cluster", fmt.Sprintf("%v is not a number of requests", cluster), "write a number from 1 to 1000, or leave it out")
	found.check(weight >= 0 && weight <= 1000, at+".weight", fmt.Sprintf("%v is not a weight", weight), "write a number above 0, such as 1")
	found.check(enough >= 0, at+".enough", "a count is negative", "write a whole number from 1 up")
}

func (s Slower) validate(found *problems, at string) {
	comparison(found, at, s.Tolerate, s.Cluster, s.Weight, s.Enough)
	oneOf(found, at+".spreads", s.Spreads, "", kind.SpreadRequests, kind.SpreadClients)
	found.check(len(s.Quantiles) <= 5, at+".quantiles", fmt.Sprintf("%d quantiles are too many", len(s.Quantiles)), "write at most 5")
	for i, q := range s.Quantiles {
		found.check(q > 0 && q < 100, fmt.Sprintf("%s.quantiles[%d]", at, i), fmt.Sprintf("%v is not a quantile", q), "write a percentage between 0 and 100, such as 99")
	}
	if m := s.Metric; m != nil {
		found.check(m.Namespace != "" && m.Name != "" && m.RevisionDimension != "", at+".metric", "a name is missing", "write namespace, name and revisionDimension")
		found.period(at+".metric.period", m.Period)
		found.dimensions(at+".metric", m.Dimensions)
	}
}

// blended is the remedy for a comparison of what metrics do not tell apart.
const blended = "use ceilings, bounds and alarms, which look at the whole, or name metrics of your own that have the revision as a dimension"

// validate checks a metric of people's own. whole says that it may count the whole target, and not one revision.
func (m *Metric) validate(found *problems, at string, whole bool) {
	if m == nil {
		return
	}
	found.check(m.Namespace != "" && m.Requests != "" && m.Errors != "" && (whole || m.RevisionDimension != ""), at+".metrics",
		"a name is missing", "write namespace, requests, errors and revisionDimension")
	found.period(at+".metrics.period", m.Period)
	found.dimensions(at+".metrics", m.Dimensions)
}

func (b Bound) validate(found *problems, at string) {
	found.check(b.Name != "", at+".name", "the bound has no name", "write what people call it")
	found.check(b.AtMost != nil || b.AtLeast != nil, at, "there is no bound", "write atMost or atLeast, or both")
	found.check(b.For >= 0 && b.For <= 60, at+".for", fmt.Sprintf("%d is not a number of periods", b.For), "write a number from 1 to 60")
	found.check(len(b.Metrics) > 0, at+".metrics", "no metric is named", "write at least one, such as m1: {namespace: Shop, name: Waiting}")
	found.check(len(b.Metrics) < 2 || b.Expression != "", at+".expression", "there are several metrics and no expression", "write one over their ids, such as m1 / m2")
	var period Duration
	for _, id := range slices.Sorted(maps.Keys(b.Metrics)) {
		g, at := b.Metrics[id], at+".metrics."+id
		found.check(metricID.MatchString(id), at, fmt.Sprintf("%.60q is not an id", id), "begin with a lower-case letter; use letters, digits and _")
		found.check(g.Namespace != "" && g.Name != "", at, "a name is missing", "write namespace and name")
		g.validate(found, at)
		g.Period = or(g.Period, Duration(minute))
		found.check(period == 0 || g.Period == period, at+".period", "the metrics have different periods", "give all metrics of one bound the same period")
		period = g.Period
	}
	if b.Expression != "" && len(b.Metrics) > 0 {
		b.validateMath(found, at+".expression")
	}
}

func (b Bound) validateMath(found *problems, at string) {
	if strings.Contains(strings.ToUpper(b.Expression), "SEARCH(") {
		found.add(at, "SEARCH finds any number of metrics", "name the metrics")
		return
	}
	if wrong, remedy := checkMath(b.Expression, slices.Sorted(maps.Keys(b.Metrics))); wrong != "" {
		found.add(at, wrong, remedy)
	}
}

func (g Gauge) validate(found *problems, at string) {
	found.period(at+".period", g.Period)
	found.name(at+".namespace", g.Namespace)
	found.name(at+".name", g.Name)
	if wrong, remedy := checkStat(g.Stat); wrong != "" {
		found.add(at+".stat", wrong, remedy)
	}
	found.dimensions(at, g.Dimensions, "candidate", "stable")
}

// dimensions checks the dimensions of a metric, whose values may use the variables.
func (p *problems) dimensions(at string, all map[string]string, variables ...string) {
	for _, key := range slices.Sorted(maps.Keys(all)) {
		p.name(at+".dimensions."+key, key)
		p.name(at+".dimensions."+key, all[key], variables...)
		p.check(all[key] != "", at+".dimensions."+key, "the value is empty", "write it, or leave the dimension out: CloudWatch takes no empty ones")
	}
}

func (d Definition) validateCheckAlarms(found *problems) {
	found.check(len(d.Guard.Alarms)+len(d.Checks.Alarms) <= 100, "checks.alarms", "there are more than 100 alarms together with guard.alarms", "combine some in a composite alarm")
	found.alarms("checks.alarms", d.Checks.Alarms)
	for i, a := range d.Checks.Alarms {
		found.check(!slices.Contains(d.Guard.Alarms, a), fmt.Sprintf("checks.alarms[%d]", i), a+" is a guard alarm, too", "name it in one place: the guard takes the release back at once")
	}
}

func (d Definition) validateInconclusive(found *problems) {
	w, at := d.Checks.WhenInconclusive, "checks.whenInconclusive"
	oneOf(found, at+".then", w.Then, ThenRollBack, ThenGoOn, ThenAsk)
	found.check(w.NoneWorseIn == 0 || w.Then == ThenGoOn, at+".noneWorseIn", "it means nothing without then: goOn", "write then: goOn, or leave it out")
	found.check(w.NoneWorseIn == 0 || d.Checks.Compare(), at+".noneWorseIn", "nothing is compared with stable", "add a check of errors or latency")
	found.check((w.Then == ThenAsk) == (w.Ask != nil), at+".ask", "then: ask and ask belong together", "write then: ask, and under ask whom to ask, such as ask: {from: [grace]}")
	if w.Ask != nil {
		w.Ask.Approval(1).validate(at+".ask", d, found)
	}
	extend, steps := max(w.Extend, w.Wait), len(d.Steps())
	found.check(w.Wait >= 0 && w.Wait <= most, at+".wait", fmt.Sprintf("%d is not a number of times", w.Wait), fmt.Sprintf("write how many more bakes a step may have while requests are missing, from 0 to %d", most))
	found.check(w.Extend >= 0 && w.Extend <= most, at+".extend", fmt.Sprintf("%d is not a number of times", w.Extend), fmt.Sprintf("write how many more bakes a step may have, from 0 to %d", most))
	found.check(steps*(1+min(extend, most)) <= mostBakes, at+".extend", fmt.Sprintf("%d steps with %d more bakes each are more than one release can hold", steps, extend),
		fmt.Sprintf("have at most %d bakes in all", mostBakes))
}

// period checks that a period is one of high-resolution metrics or whole minutes
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricStat.html).
func (p *problems) period(path string, d Duration) {
	s := d.Std()
	ok := s == 0 || s == 10*time.Second || s == 30*time.Second || (s >= minute && s <= hour && s%minute == 0)
	p.check(ok, path, d.String()+" is not a CloudWatch period", "write 10s, 30s or whole minutes, up to an hour")
}

// measured adds a problem for each check that would read a metric that the target's service does not publish.
func (d Definition) measured(found *problems) {
	t := d.Target.Spec()
	if t == nil {
		return
	}
	revision, title := t.Metrics(d.Target.Facts().Revision.Example), d.Target.Facts().Title
	if _, stands := t.(kind.Standing); stands { // what counts a revision is known when it stands somewhere
		revision = t.Metrics("")
	}
	counted := func(at string, named *Metric, absent bool) {
		found.check(named != nil || !absent, at, fmt.Sprintf("AWS counts no requests of %s by revision", an(title)), "name a metric of your own under metrics, or leave the check out and rely on guard alarms")
	}
	for i, e := range d.Checks.Errors {
		counted(fmt.Sprintf("checks.errors[%d]", i), e.Metrics, revision.Requests.Absent())
	}
	for i, c := range d.Checks.Ceilings {
		counted(fmt.Sprintf("checks.ceilings[%d]", i), c.Metrics, revision.Requests.Absent())
	}
	for i, l := range d.Checks.Latency {
		found.check(l.Metric != nil || !revision.Duration.Absent(), fmt.Sprintf("checks.latency[%d]", i), fmt.Sprintf("AWS measures no durations of %s by revision", an(title)), "name a metric of your own under metric, or leave the check out")
	}
}

// an puts the article before a word.
func an(word string) string {
	if word != "" && strings.Contains("AEIOUaeiou", word[:1]) {
		return "an " + word
	}
	return "a " + word
}
