package replay

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"sluice/shared/judge"
	"sluice/shared/rollout"
)

// report tells a release's evidence as it was judged and as the checks of this checkout judge it.
func report(rec judge.Record, now rollout.Checks) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: version %s beside %s of %s", rec.Release, rec.Candidate, rec.Stable, rec.Service)
	if rec.End != "" {
		fmt.Fprintf(&b, ", %s", rec.End)
	}
	b.WriteString("\n")
	if rec.Cause != "" {
		fmt.Fprintf(&b, "  %s\n", rec.Cause)
	}
	then := rec.Definition.WithDefaults().Checks
	b.WriteString("\nBy the checks that it was released with:\n")
	b.WriteString(course(rec.Replay(then)))
	switch unknown := strangers(rec, now); {
	case reflect.DeepEqual(then, now):
		b.WriteString("\nThe checks in this checkout are the same. Change them in infra/services and run this again.\n")
	case len(unknown) > 0:
		fmt.Fprintf(&b, "\nThe checks in this checkout count what was not recorded (%s): they can be tried when a release has recorded it.\n", strings.Join(unknown, ", "))
		fallthrough
	default:
		b.WriteString("\nBy the checks in this checkout:\n")
		b.WriteString(course(rec.Replay(now)))
	}
	return b.String()
}

// strangers are the checks for which nothing was recorded.
func strangers(rec judge.Record, c rollout.Checks) []string {
	var found []string
	d := rec.Definition
	d.Checks = c
	for _, s := range judge.Streams(d.WithDefaults()) {
		recorded := slices.ContainsFunc(rec.Minutes, func(m judge.Minute) bool { return m.Key == s.Key })
		if !recorded && !slices.Contains(found, s.Check) {
			found = append(found, s.Check)
		}
	}
	return found
}

// course is how the verdicts went: a line whenever a check says something new, and what each check said last.
func course(glances []judge.Glance) string {
	if len(glances) == 0 {
		return "  Nothing was recorded.\n"
	}
	var b strings.Builder
	said := map[string]judge.Verdict{}
	began := glances[0].At
	for i, g := range glances {
		for _, f := range g.Findings {
			before, known := said[f.Key]
			if known && before == f.Verdict && i != len(glances)-1 {
				continue
			}
			said[f.Key] = f.Verdict
			fmt.Fprintf(&b, "  %6s  %4v  %-12s  %-12s  %s\n", g.At.Sub(began).String(), g.Weight, f.By, f.Verdict, shorter(f))
		}
	}
	return b.String()
}

// shorter is a finding with the strength of its evidence.
func shorter(f judge.Finding) string {
	said := f.Why
	if f.Needed > 0 {
		said += fmt.Sprintf(" [evidence %.1f of %.1f]", max(0, f.LogE), f.Needed)
	}
	if f.DryRun {
		said += " (recorded only)"
	}
	return said
}
