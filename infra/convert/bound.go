package convert

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"sluice/shared/rollout"
)

// fillBound makes metrics and expression of queries of GetMetricData, which are written as a list or as a text of JSON. why says why that cannot be.
func fillBound(b *rollout.Bound, queries *value, fill func(string) string) (why string) {
	if queries.form == scalar {
		all, err := documents("", []byte(fill(queries.string())))
		if err != nil || len(all) != 1 {
			return "its queries are no JSON"
		}
		queries = all[0]
	}
	b.Metrics = map[string]rollout.Gauge{}
	returned, only := "", ""
	for i, q := range queries.list() {
		id := q.at("id").string()
		if id == "" {
			id = fmt.Sprintf("m%d", i+1)
		}
		returns := q.at("returnData").yes(true)
		if expression := q.at("expression").string(); expression != "" {
			if returns {
				if b.Expression != "" {
					return "several of its queries return data"
				}
				b.Expression = fill(expression)
			} else {
				return "an expression is made of an expression"
			}
			continue
		}
		g, why := gauge(q.at("metricStat"), fill)
		if why != "" {
			return why
		}
		if b.Metrics[id], only = g, id; returns {
			if returned != "" {
				return "several of its queries return data"
			}
			returned = id
		}
	}
	switch {
	case len(b.Metrics) == 0:
		return "it names no metric"
	case b.Expression == "" && len(b.Metrics) > 1:
		if returned == "" {
			return "none of its queries returns data"
		}
		b.Metrics = map[string]rollout.Gauge{returned: b.Metrics[returned]}
	case b.Expression != "" && returned != "":
		return "several of its queries return data"
	case b.Expression == only:
		b.Expression = ""
	}
	return ""
}

// gauge is one metric of CloudWatch.
func gauge(v *value, fill func(string) string) (g rollout.Gauge, why string) {
	metric := v.at("metric")
	g = rollout.Gauge{Namespace: fill(metric.at("namespace").string()), Name: fill(metric.at("metricName").string()), Stat: v.at("stat").string()}
	for _, d := range metric.at("dimensions").list() {
		if g.Dimensions == nil {
			g.Dimensions = map[string]string{}
		}
		g.Dimensions[d.at("name").string()] = fill(d.at("value").string())
	}
	if seconds, ok := v.at("period").number(); ok {
		g.Period = rollout.Duration(time.Duration(seconds) * time.Second)
	}
	for _, text := range append(mapValues(g.Dimensions), g.Namespace, g.Name) {
		if strings.Contains(text, "{{") {
			return g, fmt.Sprintf("what %s stands for is known when it runs", text)
		}
	}
	if g.Namespace == "" || g.Name == "" {
		return g, "a query names no metric"
	}
	return g, ""
}

func mapValues(m map[string]string) (all []string) {
	for _, v := range m {
		all = append(all, v)
	}
	return all
}

// comparison reads a condition of Argo Rollouts about one value, such as "result[0] <= 0.95" or "all(result[0].Values, {# < 1})".
var comparison = regexp.MustCompile(`^(?:len\(result\[0\]\.Values\)\s*>\s*0\s*&&\s*)?(all|any|none)?\(?\s*(?:result(?:\[0\])?(?:\.Values(?:\[0\])?)?)(?:\s*,\s*\{\s*#)?\s*(<=|>=|<|>)\s*(-?[0-9.]+)\s*\}?\s*\)?$`)

// conditions are the limits of a bound. The bounds of Sluice belong to what is fine: a value equal to one is.
func conditions(b *rollout.Bound, success, failure string) (why string) {
	for _, c := range []struct {
		text string
		good bool
	}{{success, true}, {failure, false}} {
		if c.text == "" {
			continue
		}
		m := comparison.FindStringSubmatch(strings.TrimSpace(c.text))
		if m == nil {
			return fmt.Sprintf("its condition (%s) is more than one comparison", clip(c.text))
		}
		limit, err := strconv.ParseFloat(m[3], 64)
		if err != nil {
			return fmt.Sprintf("its condition (%s) names no number", clip(c.text))
		}
		if quantifier := m[1]; quantifier == "none" || quantifier == "any" == c.good && quantifier != "" {
			return fmt.Sprintf("its condition (%s) is not about each value", clip(c.text))
		}
		side := &b.AtLeast
		if below := m[2][0] == '<'; below == c.good {
			side = &b.AtMost
		}
		if *side == nil { // what is neither a success nor a failure there is out of bounds here
			*side = &limit
		}
	}
	if b.AtMost == nil && b.AtLeast == nil {
		return "it has no condition"
	}
	return ""
}
