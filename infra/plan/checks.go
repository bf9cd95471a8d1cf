package plan

import (
	"fmt"
	"strconv"
	"strings"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// checks says what watches a bake besides the guard.
func checks(c rollout.Checks) [][2]string {
	var compared, ceilings, bounds []string
	for _, e := range c.Errors {
		compared = append(compared, comparison("errors", e.Tolerate, e.Enough, e.DryRun)...)
		compared = append(append(compared, counted(e.Metrics)...), weak(e.Spreads, e.Cluster)...)
	}
	for _, l := range c.Latency {
		quantiles := make([]string, len(l.Quantiles))
		for i, q := range l.Quantiles {
			quantiles[i] = "p" + strconv.FormatFloat(q, 'f', -1, 64)
		}
		compared = append(compared, comparison("requests slower than stable's "+strings.Join(quantiles, ", "), l.Tolerate, l.Enough, l.DryRun)...)
		compared = append(compared, weak(l.Spreads, l.Cluster)...)
	}
	for _, l := range c.Ceilings {
		ceilings = append(ceilings, fmt.Sprintf("%v %% errors, from %d errors on, judged on at least %d requests%s", l.Percent, l.Errors, l.Requests, recorded(l.DryRun)))
		ceilings = append(ceilings, counted(l.Metrics)...)
	}
	for _, b := range c.Bounds {
		bounds = append(bounds, fmt.Sprintf("%s%s, %d in a row%s", b.Name, limits(b), b.For, recorded(b.DryRun)))
	}
	var all [][2]string
	if len(compared) > 0 {
		all = list("Compared", compared)
		all = append(all, [2]string{"", fmt.Sprintf("a good release is accused in less than %.4g of 100", 100-c.Confidence)})
	}
	all = append(all, list("Ceilings", ceilings)...)
	if len(bounds) > 0 {
		all = append(all, list("Bounds", bounds)...)
	}
	if len(c.Alarms) > 0 {
		all = append(all, list("Other alarms", c.Alarms)...)
	}
	if c.Synthetic != nil {
		all = append(all, [2]string{"Synthetic", fmt.Sprintf("%d requests a minute to each version", c.Synthetic.PerMinute)})
	}
	return append(all, [2]string{"No evidence", inconclusive(c.WhenInconclusive)}) // an alarm without data is none, too
}

func comparison(what string, tolerate float64, enough int, dryRun bool) []string {
	seen := fmt.Sprintf("nothing worse in %d requests is enough", enough)
	if enough == 1 {
		seen = "nothing worse is enough, in as many requests as come"
	}
	return []string{what + recorded(dryRun), fmt.Sprintf("at most %v times stable's", tolerate), seen}
}

func weak(spreads kind.Spread, cluster float64) []string {
	if !spreads.Weak(cluster) {
		return nil
	}
	return []string{"its verdict is weak: a client keeps to one version, and may", "bring more failures than any before (docs/judging.md)"}
}

func recorded(dryRun bool) string {
	if dryRun {
		return " (recorded only)"
	}
	return ""
}

func counted(m *rollout.Metric) []string {
	if m == nil {
		return nil
	}
	return []string{fmt.Sprintf("counted by %s/%s and %s, every %s", m.Namespace, m.Requests, m.Errors, m.Period)}
}

func limits(b rollout.Bound) string {
	text := ""
	if b.AtLeast != nil {
		text += fmt.Sprintf(", at least %v", *b.AtLeast)
	}
	if b.AtMost != nil {
		text += fmt.Sprintf(", at most %v", *b.AtMost)
	}
	return text
}

func inconclusive(w rollout.WhenInconclusive) string {
	then := said(w.Then)
	if w.Then == rollout.ThenRollBack {
		then += " (the default)"
	}
	if w.Ask != nil {
		then = "ask " + strings.Join(w.Ask.From, ", ")
	}
	if w.NoneWorseIn > 0 {
		then += fmt.Sprintf(" if nothing worse is seen in %d requests", w.NoneWorseIn)
	}
	if w.Extend == 0 && w.Wait == 0 {
		return then
	}
	if w.Wait > w.Extend {
		return fmt.Sprintf("bake again while requests are missing, at most %d times a step, then %s", w.Wait, then)
	}
	return fmt.Sprintf("bake again, at most %d times a step, then %s", w.Extend, then)
}
