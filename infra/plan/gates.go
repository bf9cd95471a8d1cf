package plan

import (
	"fmt"
	"strings"
	"time"

	"sluice/shared/rollout"
)

// gates says what must hold before a release begins, and what follows when something does not.
func gates(d rollout.Definition) [][2]string {
	g := d.Gates
	if g == nil {
		return nil
	}
	var all []string
	if g.Unmuted {
		all = append(all, "no guard alarm is muted or suppressed")
	}
	for _, w := range g.Windows {
		all = append(all, fmt.Sprintf("window %s, %s to %s, %s", days(w.Days), w.From, w.Until, w.Zone))
	}
	for _, f := range g.Freezes {
		all = append(all, fmt.Sprintf("frozen from %s until %s by %s: %s", f.From.Format(time.DateOnly), f.Until.Format(time.DateOnly), f.Owner, f.Reason))
	}
	for _, c := range g.Calendars {
		all = append(all, "calendar "+c+" is open")
	}
	for _, f := range g.Flags {
		all = append(all, fmt.Sprintf("parameter %s is %q", f.Parameter, f.Equals))
	}
	for _, f := range g.Features {
		all = append(all, fmt.Sprintf("%s is %s", f.Name(), map[bool]string{false: "on", true: "off"}[f.Off]))
	}
	if g.Config != nil {
		all = append(all, "compliant with "+strings.Join(g.Config.Rules, ", "))
	}
	if s := g.Scan; s != nil {
		all = append(all, fmt.Sprintf("at most %d findings that are %s or worse (%s)", s.Most, s.Severity, scanners(*s)))
	}
	for _, t := range g.Tests {
		all = append(all, fmt.Sprintf("%s passes within %s", t.Gate(), t.Within))
	}
	rows := list("Gates", all)
	rows = append(rows, [2]string{"", fmt.Sprintf("shut: %s, failed: %s; it waits %s at most", said(g.WhenShut), said(g.WhenFailed), d.QueueLimit)})
	return append(rows, list("Override", g.Override)...)
}

func days(days []rollout.Day) string {
	if len(days) == 0 {
		return "every day"
	}
	names := make([]string, len(days))
	for i, d := range days {
		names[i] = string(d)
	}
	return strings.Join(names, " ")
}

func scanners(s rollout.Scan) string {
	var names []string
	if s.ECR != "" {
		names = append(names, "ECR "+s.ECR)
	}
	if s.Inspector {
		names = append(names, "Inspector")
	}
	return strings.Join(names, ", ")
}

// hooks says what is run at which place of a release, and what follows when it fails.
func hooks(d rollout.Definition) [][2]string {
	if len(d.Hooks) == 0 {
		return nil
	}
	var all []string
	for _, h := range d.Hooks {
		follows := "people are told"
		if h.After == "" {
			follows = said(h.WhenFailed)
		}
		all = append(all, fmt.Sprintf("%s, %s", h.Name, h.Where(d.Steps())))
		for _, c := range h.Carry {
			if h.After != "" {
				all = append(all, "  puts "+c.Parameter+" back")
			} else {
				all = append(all, "  writes "+c.Parameter, "    from "+c.From)
			}
		}
		within := ""
		if len(h.Carry) == 0 {
			all, within = append(all, fmt.Sprintf("  %s %s", h.Kind(), h.Runs())), "within "+h.Within.String()+"; "
		}
		all = append(all, "  "+within+"failed: "+follows)
	}
	return list("Hooks", all)
}
