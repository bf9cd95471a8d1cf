package verify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"sluice/shared/cloudwatch"
	"sluice/shared/judge"
	"sluice/shared/rollout"
)

// Alarms says of the alarms of a definition, which has its defaults, what a release would find: one that is not there, that has no data, that is red
// already, or that is too slow to take the release back. found is what the account has of them.
func Alarms(d rollout.Definition, found []cloudwatch.Watched) []Finding {
	var all []Finding
	known := map[string]cloudwatch.Watched{}
	levels := make([]cloudwatch.Level, len(found))
	for i, a := range found {
		known[a.Alarm], levels[i] = a, a.Level
	}
	for i, name := range d.Guard.Alarms {
		path := fmt.Sprintf("guard.alarms[%d]", i)
		if a, there := known[name]; there {
			all = append(all, guarding(d, path, a)...)
		} else {
			all = append(all, rejected(path, rollout.NoAlarm(name)))
		}
	}
	for i, name := range d.Checks.Alarms {
		path := fmt.Sprintf("checks.alarms[%d]", i)
		if a, there := known[name]; !there {
			all = append(all, Finding{Severity: Error, Path: path, What: fmt.Sprintf("alarm %s does not exist", name), Why: inconclusive(d), Remedy: "create it, or take it out of checks.alarms"})
		} else if a.State == judge.InsufficientData {
			all = append(all, silent(d, path, a, rollout.Hold))
		}
	}
	return append(all, tooSlow(d, known, levels)...)
}

// guarding looks at one alarm of the guard.
func guarding(d rollout.Definition, path string, a cloudwatch.Watched) []Finding {
	switch {
	case a.State == judge.InsufficientData:
		return []Finding{silent(d, path, a, d.Guard.WhenNoData)}
	case a.State == judge.Alarm:
		f := Finding{
			Severity: Warning, Path: path, What: fmt.Sprintf("guard alarm %s is red now (%s)", a.Alarm, strings.TrimSuffix(a.Reason, ".")), Why: turnedAway,
			Remedy: "bring it back to OK, or write guard.whenRed: wait so that releases wait for that",
		}
		if d.Guard.WhenRed == rollout.RedWaits {
			f.Why, f.Remedy = "A release would wait until it is green.", "bring it back to OK"
		}
		return []Finding{f}
	case a.Unread != "":
		return []Finding{{Severity: Warning, Path: path, Unseen: true, What: fmt.Sprintf("whether alarm %s has data is not known: %s", a.Alarm, a.Unread), Why: unlooked, Remedy: "have cloudwatch:GetMetricData allowed to your role"}}
	case a.Blind:
		return []Finding{{
			Severity: Warning, Path: path, What: fmt.Sprintf("guard alarm %s has seen nothing in the last week: %s has no value", a.Alarm, strings.Join(a.Metrics, "; ")),
			Why:    "An alarm that watches a metric which nobody writes stays green whatever happens. It is right only if the metric is written when something fails, and nothing did.",
			Remedy: "look for the metric's real name and dimensions (" + listing(a.Metrics[0]) + ") and correct the alarm",
		}}
	}
	return nil
}

// listing is the command that lists the metrics of a namespace.
func listing(metric string) string {
	namespace, _, _ := strings.Cut(metric, " ")
	return "aws cloudwatch list-metrics --namespace " + namespace
}

// silent is the finding of an alarm without data. A new alarm has none, and the first release would go back for that.
func silent(d rollout.Definition, path string, a cloudwatch.Watched, policy rollout.WhenUnsure) Finding {
	f := Finding{
		Severity: Warning, Path: path, What: fmt.Sprintf("alarm %s has no data", a.Alarm), Why: inconclusive(d),
		Remedy: fmt.Sprintf("send requests, and wait until it is OK; or, if no data means no errors, have it say so: treat missing data as notBreaching (aws cloudwatch put-metric-alarm --alarm-name %s ... --treat-missing-data notBreaching)", a.Alarm),
	}
	switch {
	case policy == rollout.RollBack:
		f.Severity, f.Why = Error, "A release goes back at its first step, because guard.whenNoData is rollBack."
	case endsBadly(d):
		f.Severity = Error
	}
	if len(a.Metrics) > 0 && a.Blind {
		f.What += fmt.Sprintf(": %s had no value in the last week", strings.Join(a.Metrics, "; "))
	}
	return f
}

// endsBadly says whether a release goes back that has no evidence.
func endsBadly(d rollout.Definition) bool {
	return d.Checks.WhenInconclusive.Then == rollout.ThenRollBack
}

// inconclusive is what follows when a step has no evidence.
func inconclusive(d rollout.Definition) string {
	switch d.Checks.WhenInconclusive.Then {
	case rollout.ThenGoOn:
		return "The step ends without evidence, and the release goes on all the same."
	case rollout.ThenAsk:
		return "The step ends without evidence, and people are asked."
	}
	return "The step ends without evidence, and the release goes back (checks.whenInconclusive)."
}

// tooSlow compares how quickly alarms go red with how long the steps bake.
func tooSlow(d rollout.Definition, known map[string]cloudwatch.Watched, levels []cloudwatch.Level) []Finding {
	steps := d.Steps()
	said, why := d.Slow(steps, cloudwatch.Reactions(levels))
	if why != nil {
		return []Finding{rejected("guard.alarms", why)}
	}
	var all []Finding
	for _, one := range said {
		all = append(all, Finding{Severity: Warning, Path: "guard.alarms", What: strings.TrimSuffix(one, "."), Why: "What only this alarm would see, nobody takes back.", Remedy: "let the steps bake longer, set a revertWindow, or let the alarm want fewer periods"})
	}
	before, _ := d.Watched(steps)
	longest := longestPart(steps)
	for _, name := range slices.Sorted(slices.Values(d.Guard.Alarms)) {
		if r := known[name].Reaction; longest > 0 && r > longest && r <= before {
			all = append(all, Finding{
				Severity: Warning, Path: "strategy", What: fmt.Sprintf("guard alarm %s goes red after %s at the earliest, and no step below 100 %% bakes longer than %s", name, rollout.Duration(r), rollout.Duration(longest)),
				Why: "When it goes red, more users meet the candidate than at the step that did the harm.", Remedy: fmt.Sprintf("bake a small weight for %s at least, or let the alarm want fewer or shorter periods", rollout.Duration(r)),
			})
		}
	}
	return all
}

// longestPart is the longest bake of a step at which only a part of the users meets the candidate.
func longestPart(steps []rollout.Step) (longest time.Duration) {
	for _, s := range steps {
		if s.Weight > rollout.None && s.Weight < rollout.All {
			longest = max(longest, s.Bake.Std())
		}
	}
	return longest
}
