package plan

import (
	"fmt"
	"strings"
	"time"

	"sluice/infra/prices"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// report is the whole page, at most 80 columns wide as long as alarm names are.
func report(d rollout.Definition, environment string) string {
	var page strings.Builder
	steps := d.Steps()
	page.WriteString(wrapped(fmt.Sprintf("%s in %s: %s, %s", d.Service, environment, d.Strategy.Name(), d.Target.Spec()), 0) + "\n\n")
	page.WriteString(table(steps, d.SlowMoves() > 0 && d.Target.Facts().Pools))
	page.WriteByte('\n')
	for _, fact := range facts(d, steps) {
		fmt.Fprintf(&page, "  %-13s %s\n", fact[0], wrapped(fact[1], 16))
	}
	page.WriteByte('\n')
	page.WriteString(costs(bill(d)))
	return page.String()
}

// table shows the steps on the time since the release began. In the first one, a pool may be filled.
func table(steps []rollout.Step, filled bool) string {
	var rows strings.Builder
	rows.WriteString("  step   weight                           bake     starts       ends\n")
	var at time.Duration
	for i, s := range steps {
		end := at + s.Bake.Std()
		bake := "-"
		if s.Bake > 0 {
			bake = s.Bake.String()
		}
		note := ""
		if s.Marked {
			note = "  marked requests"
		}
		if s.Test != nil {
			note += "  tested"
		}
		if filled && i == 0 {
			note += "  filled"
		}
		fmt.Fprintf(&rows, "  %4d %8v  %s %8s %10s %10s%s\n", i+1, s.Weight, bar(s.Weight), bake, since(at), since(end), note)
		at = end
	}
	return rows.String()
}

// bar draws a weight with twenty cells. It never draws a little traffic as none.
func bar(w rollout.Weight) string {
	const cells = 20
	full := int(w) * cells / int(rollout.All)
	if w > 0 {
		full = max(full, 1)
	}
	return strings.Repeat("█", full) + strings.Repeat("░", cells-full)
}

func since(d time.Duration) string { return "+" + rollout.Duration(d).String() }

// facts says what holds for the whole release, in the order in which people ask.
func facts(d rollout.Definition, steps []rollout.Step) [][2]string {
	all := append(source(d), ofKind(d.Target)...)
	all = append(all, [2]string{"Duration", duration(d, steps)})
	all = append(all, list("Guard alarms", d.Guard.Alarms)...)
	all = append(all, [2]string{"", fmt.Sprintf("muted: %s, no data: %s, red at the start: %s", said(d.Guard.WhenMuted), said(d.Guard.WhenNoData), said(d.Guard.WhenRed))})
	if d.Guard.WhenMuted == rollout.Hold || d.Guard.WhenNoData == rollout.Hold {
		all = append(all, [2]string{"", "a step that ends while it holds has no evidence: see there"})
	}
	all = append(all, checks(d.Checks)...)
	for i, a := range d.Approvals {
		all = append(all, [2]string{heading("Approval", i), approval(a)})
	}
	all = append(all, gates(d)...)
	all = append(all, hooks(d)...)
	if d.Slack != nil {
		all = append(all, [2]string{"Told", "by mail, and in Slack channel " + d.Slack.Channel})
	}
	revert := "none: after promotion nothing comes back by itself"
	if d.RevertWindow > 0 {
		revert = "the guard stays armed for " + d.RevertWindow.String() + " after promotion"
	}
	all = append(all, [2]string{"Revert", revert}, [2]string{"If one runs", running(d)})
	if _, deploys := d.Target.Spec().(kind.Deploying); deploys {
		all = append(all, [2]string{"If deployed", deploying(d)})
	}
	return all
}

// ofKind says what the kind of target can and cannot do.
func ofKind(t rollout.Target) [][2]string {
	f := t.Facts()
	lock := "the last writer wins: what is written over a rollback comes undone"
	if f.Locks {
		lock = "a write over somebody else's is refused"
	}
	way := "back by one call"
	if f.Way != (kind.Way{}) {
		way = fmt.Sprintf("back within %s, within %s after promotion", rollout.Duration(f.Way.During), rollout.Duration(f.Way.After))
	}
	lines := [][2]string{{"Kind", f.Title + ", " + way}, {"", lock}, {"", "when nobody moves it any more, " + string(t.Silence())}, {"", told(t)}}
	if l, lingers := t.Spec().(kind.Lingering); lingers {
		lines[0][1] = f.Title + ", back within " + rollout.Duration(l.WayBack()).String()
		if caution := l.Caution(); caution != "" {
			lines = append(lines, [2]string{"", caution})
		}
	}
	if why := t.Blends(); why != "" {
		lines = append(lines, [2]string{"", "verdicts on it are weak: " + why})
	}
	if marks := t.Marks(); marks != "" {
		lines = append(lines, [2]string{"", "marked are " + marks})
	}
	if front, has := t.Spec().(kind.Fronted); has && front.Front() != "" {
		lines = append(lines, [2]string{"", "tests reach the candidate at " + front.Front()})
	}
	if t.Retires() {
		lines = append(lines, [2]string{"", "the pool that does not serve is scaled to nothing when nobody may come back to it any more"})
	}
	return lines
}

// told says by what the revisions of a target are told apart, as long as no check names metrics of its own.
func told(t rollout.Target) string {
	m := t.Spec().Metrics(t.Facts().Revision.Example).Requests
	if _, stands := t.Spec().(kind.Standing); stands {
		m = t.Spec().Metrics("").Requests
	}
	switch {
	case m.Name != "" && t.Blends() != "":
		return "its requests are counted by " + m.Namespace + "/" + m.Name + ", those of old and new together"
	case m.Absent():
		return "nothing counts its revisions: without metrics of your own, only alarms take a release back"
	case m.Name == "":
		return "its revisions are counted by metrics that are made of several"
	default:
		return "its revisions are counted by " + m.Namespace + "/" + m.Name
	}
}

func duration(d rollout.Definition, steps []rollout.Step) string {
	var sum rollout.Duration
	for _, s := range steps {
		sum += s.Bake
	}
	if more := max(d.Checks.WhenInconclusive.Extend, d.Checks.WhenInconclusive.Wait); more > 0 && sum > 0 && d.Checks.Counted() {
		return fmt.Sprintf("%s; up to %s when there is little traffic", sum, sum*rollout.Duration(more+1))
	}
	return sum.String()
}

// heading is the name of the first of several facts only.
func heading(name string, i int) string {
	if i > 0 {
		return ""
	}
	return name
}

func approval(a rollout.Approval) string {
	before := "the " + string(a.Before) + " step"
	if a.Before == "" {
		before = fmt.Sprintf("step %d", a.Step)
	}
	return fmt.Sprintf("before %s: %d of %s within %s; silence: %s", before, a.Quorum, strings.Join(a.From, ", "), a.Within, said(a.WhenSilent))
}

// list puts the name before the first value only, and says so when there is no value.
func list(name string, values []string) [][2]string {
	if len(values) == 0 {
		return [][2]string{{name, "none"}}
	}
	var rows [][2]string
	for i, v := range values {
		if i > 0 {
			name = ""
		}
		rows = append(rows, [2]string{name, v})
	}
	return rows
}

func running(d rollout.Definition) string {
	switch d.WhenRunning {
	case rollout.Supersede:
		return "this release ends the other one and takes its place"
	case rollout.Reject:
		return "this release is rejected"
	}
	return "this release waits for its end, for " + d.QueueLimit.String() + " at most"
}

func deploying(d rollout.Definition) string {
	switch d.WhenDeploying {
	case rollout.DeployingEvicted:
		return "past Sluice: its service takes that back, unless it serves everybody already"
	case rollout.DeployingRejects:
		return "past Sluice: this release is rejected"
	}
	return "past Sluice: this release waits for its end, for " + d.QueueLimit.String() + " at most"
}

// said writes a policy as people say it: "rollBack" is "roll back".
func said[T ~string](policy T) string {
	return strings.NewReplacer("B", " b", "O", " o").Replace(string(policy))
}

func costs(lines []prices.Line) string {
	var rows strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&rows, "  %5d  %-28s $%.6f\n", l.Count, l.What, l.Dollars)
	}
	fmt.Fprintf(&rows, "         %-28s $%.6f  (us-east-1, no free tier)\n", "AWS cost of a release", prices.Total(lines))
	return rows.String()
}
