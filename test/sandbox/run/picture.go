package main

import (
	"fmt"
	"strings"

	"sluice/infra/screen"
	"sluice/shared/rollout"
)

// Widths of the bars, in cells.
const (
	barWidth  = 64
	bakeWidth = 16
)

// picture draws the split, the steps, both revisions and the path.
func (s *show) picture(f frame) string {
	r := f.release
	if r.ID == "" || r.Stable == "" {
		doing := "waiting for the release to begin"
		if r.Building != nil && r.Unbuilt() {
			doing = r.Candidate() + " is built"
		}
		return fmt.Sprintf("  %s %s, %s\n", s.spinner(), doing, f.age())
	}
	var b strings.Builder
	fmt.Fprintf(&b, "  traffic   %s\n\n", s.pen().Bar(f.weight(), barWidth, f.goingBack()))
	s.revision(&b, "stable", "34", f.called(r.Stable), rollout.All-f.weight(), f.served[r.Stable])
	s.revision(&b, "candidate", candidateColor(f), f.called(r.Revision.Version), f.weight(), f.candidate())
	fmt.Fprintf(&b, "\n  steps     %s\n", s.steps(f))
	fmt.Fprintf(&b, "  path      %s\n", pathText(f.path))
	fmt.Fprintf(&b, "  %s %s\n", s.spinner(), s.paint("2", fmt.Sprintf("%s, %s", r.ID, f.age())))
	return b.String()
}

// small is one line of a release that has no traffic yet, or no more.
func (s *show) small(f frame) string {
	r := f.release
	doing := "is at " + string(r.State)
	switch {
	case r.Unbuilt() && r.Building != nil:
		doing = "is built"
	case r.State == rollout.StateGates:
		doing = "waits for gates"
	case r.Stable == "":
		doing = "waits for its turn"
	}
	return screen.Clip(fmt.Sprintf("  %s %s, %s, %s for %s", s.spinner(), r.ID, r.Candidate(), doing, f.age()), columns) + "\n"
}

func candidateColor(f frame) string { return screen.Candidate(f.goingBack()) }

// steps shows those behind, the present one with its bake, and those to come.
func (s *show) steps(f frame) string {
	if f.goingBack() {
		return s.paint("1;31", "going back: ") + screen.Clip(f.lease.Fence.Reason, columns-24)
	}
	var parts []string
	for i, step := range f.release.Steps {
		switch {
		case i < f.release.Step:
			parts = append(parts, s.paint("32", "✓ "+step.Weight.String()))
		case i > f.release.Step:
			parts = append(parts, s.paint("2", step.Weight.String()))
		default:
			parts = append(parts, s.bold(step.Weight.String())+s.bake(f, step))
		}
	}
	return strings.Join(parts, "   ")
}

// bake is how much of the present step is over, and what is left.
func (s *show) bake(f frame, step rollout.Step) string {
	left := f.release.BakeUntil.Sub(f.at)
	if step.Bake <= 0 || left <= 0 {
		return ""
	}
	return fmt.Sprintf(" %s %.0f s left", s.pen().Progress(int(step.Bake.Std()-left), int(step.Bake.Std()), bakeWidth), left.Seconds())
}

func (s *show) revision(b *strings.Builder, role, color, name string, weight rollout.Weight, t tally) {
	fmt.Fprintf(b, "  %s %s  %6v  %6d requests  %5.1f %% errors\n", s.paint(color, fmt.Sprintf("%-9s", role)), name, weight, t.requests, t.rate())
}

func (s *show) spinner() string { return string([]rune("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")[s.spin%10]) }

// pathText is the end of the path through the state machine, without the choice between the states.
func pathText(states []string) string {
	var names []string
	for _, name := range states {
		if name != string(rollout.Choose) {
			names = append(names, name)
		}
	}
	text := strings.Join(names, " › ")
	for len([]rune(text)) > columns-12 {
		names = names[1:]
		text = "… › " + strings.Join(names, " › ")
	}
	return text
}
