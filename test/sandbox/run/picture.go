package main

import (
	"fmt"
	"strings"
	"time"

	"sluice/shared/rollout"
)

const barWidth = 40

// picture draws the split, the step, both versions and the path, within 80 columns.
func (s *show) picture(f frame) string {
	r := f.release
	if r.ID == "" || r.Stable == "" {
		return fmt.Sprintf("\n  %s waiting for the release to begin\n", s.spinner())
	}
	weight := f.lease.Weight
	var b strings.Builder
	fmt.Fprintf(&b, "\n  traffic    %s%s\n", s.paint("34", strings.Repeat("█", barWidth-cells(weight))), s.paint(s.candidateColor(f), strings.Repeat("█", cells(weight))))
	fmt.Fprintf(&b, "  %s\n", s.step(f))
	s.version(&b, "stable", "34", r.Stable, rollout.All-weight, f.served[r.Stable])
	s.version(&b, "candidate", s.candidateColor(f), r.Revision.Version, weight, f.served[r.Revision.Version])
	fmt.Fprintf(&b, "  path       %s\n", pathText(f.path))
	if n := len(r.Audit); n > 0 {
		fmt.Fprintf(&b, "  last       %s\n", clip(r.Audit[n-1].What, 66))
	}
	return b.String()
}

func (s *show) candidateColor(f frame) string {
	if f.lease.Fence != nil {
		return "31"
	}
	return "32"
}

// step says where the release is and how long the bake still takes.
func (s *show) step(f frame) string {
	r := f.release
	if f.lease.Fence != nil {
		return "step       " + s.paint("1;31", "going back: "+clip(f.lease.Fence.Reason, 50))
	}
	left := max(0, r.BakeUntil.Sub(f.at))
	text := fmt.Sprintf("step       %d of %d at %v", r.Step+1, len(r.Steps), r.At(r.Step).Weight)
	if bake := r.At(r.Step).Bake.Std(); bake > 0 && left > 0 {
		done := int(float64(20) * float64(bake-left) / float64(bake))
		text += fmt.Sprintf("   %s%s %2.0f s left", strings.Repeat("▓", max(0, min(20, done))), strings.Repeat("░", 20-max(0, min(20, done))), left.Seconds())
	}
	return fmt.Sprintf("%s  %s  %s elapsed", text, s.spinner(), f.at.Sub(s.begun).Round(time.Second))
}

func (s *show) version(b *strings.Builder, role, color, version string, weight rollout.Weight, t tally) {
	fmt.Fprintf(b, "  %s version %-4s %6v  %6d requests  %5.1f %% errors\n", s.paint(color, fmt.Sprintf("%-10s", role)), version, weight, t.requests, t.rate())
}

func (s *show) spinner() string { return string([]rune("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")[s.spin%10]) }

// cells of the bar for a weight; a small weight still shows.
func cells(w rollout.Weight) int {
	n := int(w) * barWidth / int(rollout.All)
	if w > 0 && n == 0 {
		return 1
	}
	return n
}

// pathText is the end of the path through the state machine, without the choice between the states.
func pathText(states []string) string {
	var names []string
	for _, name := range states {
		if name != string(rollout.Choose) {
			names = append(names, name)
		}
	}
	text := strings.Join(names, " › ")
	for len([]rune(text)) > 66 {
		names = names[1:]
		text = "… › " + strings.Join(names, " › ")
	}
	return text
}

func clip(text string, width int) string {
	if r := []rune(text); len(r) > width {
		return string(r[:width-1]) + "…"
	}
	return text
}
