package verify

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"sluice/shared/judge"
	"sluice/shared/rollout"
)

// Evidence says whether the checks of a definition, which has its defaults, see enough at each step. hours is what each stream counted in the hours of
// the last week (cloudwatch.Hours).
func Evidence(d rollout.Definition, hours map[string][]float64, unread judge.Unread) []Finding {
	var all []Finding
	var scarce []shortage
	for _, s := range judge.Streams(d) {
		path := pathOf(s.Check)
		switch why, missing := unread[s.Check]; {
		case s.Place > 0, s.Check == "errors0" && d.Checks.Synthetic != nil: // one finding for all quantiles of a check; requests that Sluice makes itself come anyway
		case missing:
			all = append(all, Finding{Severity: Warning, Path: path, Unseen: true, What: fmt.Sprintf("what %s counts could not be read: %s", path, why), Why: unlooked, Remedy: "have cloudwatch:GetMetricData allowed to your role, and mend the metric if CloudWatch does not know it"})
		case len(hours[s.Key]) == 0:
			all = append(all, nothingCounted(d, s, path))
		case s.Bound == nil:
			scarce = append(scarce, shortages(d, s, path, pace(hours[s.Key]))...)
		}
	}
	return append(all, worst(d, scarce)...)
}

// pathOf is where a check is written: "checks.errors[0]" for errors0.
func pathOf(check string) string {
	name := strings.TrimRight(check, "0123456789")
	return fmt.Sprintf("checks.%s[%s]", name, check[len(name):])
}

// pace is how many requests came in a minute.
func pace(hours []float64) float64 {
	sum := 0.0
	for _, n := range hours {
		sum += n
	}
	return sum / float64(60*len(hours))
}

// nothingCounted is the finding of a check whose metric had no value in the last week.
func nothingCounted(d rollout.Definition, s judge.Stream, path string) Finding {
	f := Finding{Severity: Warning, Path: path, What: "nothing came through " + d.Target.Spec().String() + " in the last week", Why: inconclusive(d), Remedy: "see that callers name the " + d.Target.Facts().Title + ", and release when users come"}
	switch _, acts := needs(d.Checks, s); {
	case !acts:
		f.Why = "It is only recorded, and there would be nothing to record."
	case endsBadly(d):
		f.Severity = Error
	}
	if own := ownMetric(s); own != "" {
		f.What, f.Remedy = own+" had no value in the last week", "look for the metric's real name and dimensions ("+listing(own)+") and correct "+path
	}
	return f
}

// ownMetric names the metric of a check that does not use the target's own.
func ownMetric(s judge.Stream) string {
	switch {
	case s.Bound != nil:
		var names []string
		for _, g := range s.Bound.Metrics {
			names = append(names, g.Namespace+" "+g.Name)
		}
		return slices.Min(names)
	case s.Timing != nil:
		return s.Timing.Namespace + " " + s.Timing.Name
	case s.Counts != nil:
		return s.Counts.Namespace + " " + s.Counts.Requests
	}
	return ""
}

// A shortage is a step at which a check sees too few requests to say anything.
type shortage struct {
	step       int // counted from 0
	path       string
	sees, need int
	period     time.Duration
	least      time.Duration // the shortest bake that is enough
	most       time.Duration // what the step bakes with all its extensions
	always     bool          // not even then it sees enough
	pace       float64       // requests a minute, of both versions
}

// shortages are those of one check, when users come at the pace of the last week.
func shortages(d rollout.Definition, s judge.Stream, path string, pace float64) []shortage {
	need, acts := needs(d.Checks, s)
	if !acts {
		return nil
	}
	var all []shortage
	again := max(d.Checks.WhenInconclusive.Extend, d.Checks.WhenInconclusive.Wait)
	before := 0.0 // what a comparison has seen at earlier steps; a ceiling begins anew at each
	for i, step := range d.Steps() {
		if step.Bake == 0 || step.Weight == rollout.None || s.Compares && step.Weight == rollout.All {
			continue
		}
		each, bake := pace*float64(step.Weight)/float64(rollout.All), step.Bake.Std()
		lost := s.Lag() + s.Warming
		sees := func(bake time.Duration) int { return int(before + each*max(0, bake-lost).Minutes()) }
		whole := bake * time.Duration(1+again)
		if sees(bake) < need {
			least := lost + time.Duration(math.Ceil((float64(need)-before)/each*60))*time.Second
			all = append(all, shortage{i, path, sees(bake), need, s.Period, roundedUp(least), whole, sees(whole) < need, pace})
		}
		if s.Compares {
			before += each * max(0, bake-s.Warming).Minutes()
		}
	}
	return all
}

// roundedUp is a bake that a person would write: in seconds up to two minutes, then in minutes.
func roundedUp(d time.Duration) time.Duration {
	unit := 10 * time.Second
	if d > 2*time.Minute {
		unit = time.Minute
	}
	return (d + unit - 1).Truncate(unit)
}

// needs is how many requests of the candidate a check needs before it says anything, and whether it can take a release back.
func needs(c rollout.Checks, s judge.Stream) (requests int, acts bool) {
	name := strings.TrimRight(s.Check, "0123456789")
	i, err := strconv.Atoi(s.Check[len(name):])
	if err != nil {
		return 0, false
	}
	switch name {
	case "errors":
		return c.Errors[i].Enough, !c.Errors[i].DryRun
	case "latency":
		return c.Latency[i].Enough, !c.Latency[i].DryRun
	case "ceilings":
		return c.Ceilings[i].Requests, !c.Ceilings[i].DryRun
	case "bounds":
		return 0, !c.Bounds[i].DryRun
	}
	return 0, false
}

// worst is one finding for each step: that of the check which needs the longest bake.
func worst(d rollout.Definition, all []shortage) []Finding {
	var found []Finding
	for i, step := range d.Steps() {
		of := slices.DeleteFunc(slices.Clone(all), func(s shortage) bool { return s.step != i })
		if len(of) == 0 {
			continue
		}
		s := slices.MaxFunc(of, func(a, b shortage) int { return int(a.least - b.least) })
		f := Finding{
			Severity: Warning, Path: bakePath(d, i), Why: "The step bakes again until it has seen enough, so the release takes longer than it says.",
			What:   fmt.Sprintf("step %d (%v, %s) ends when %s has seen %d of the %d requests that it needs", i+1, step.Weight, step.Bake, s.path, s.sees, s.need),
			Remedy: fmt.Sprintf("bake it for %s at least, or have the check want fewer requests: %.3g a minute came in the last week, and they are counted every %s", rollout.Duration(s.least), s.pace, rollout.Duration(s.period)),
		}
		if s.period >= time.Minute && s.sees == 0 {
			f.Remedy += "; or count by metrics of your own with period: 10s"
		}
		if s.always {
			f.What += fmt.Sprintf(", even when it bakes %s", rollout.Duration(s.most))
			f.Why = inconclusive(d)
			if endsBadly(d) {
				f.Severity = Error
			}
		}
		found = append(found, f)
	}
	return found
}

// bakePath is where the bake of a step is written.
func bakePath(d rollout.Definition, step int) string {
	if d.Strategy.Canary == nil {
		return "strategy." + d.Strategy.Name() + ".bake"
	}
	step -= len(d.Steps()) - len(d.Strategy.Steps()) // a step that fills a pool comes first
	return fmt.Sprintf("strategy.canary.steps[%d].bake", step)
}
