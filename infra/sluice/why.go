package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"sluice/infra/screen"
	"sluice/shared/page"
	"sluice/shared/rollout"
)

// why tells why the last release of a service did not succeed.
func why(d desk, open opener) *cobra.Command {
	return &cobra.Command{
		Use: "why SERVICE|RELEASE", Short: "Tell why the last one went back, was not let in, or waits", Args: takes(1, 1, "SERVICE (or the id of a release)"),
		Example: "  sluice why checkout",
		RunE: func(c *cobra.Command, words []string) error {
			e, err := open(c.Context())
			if err != nil {
				return err
			}
			r, _, err := e.meant(c.Context(), words[0], unhappy)
			if err != nil {
				return err
			}
			v, err := e.view(c.Context(), r, d.now())
			if err != nil {
				return err
			}
			_, err = io.WriteString(d.out, d.reason(r, v, e.Environment))
			return err
		},
	}
}

// unhappy prefers the newest release that did not end well, then one that waits, then any.
func unhappy(r rollout.Release) int {
	if r.Cause != nil || r.Decided() && r.End != rollout.Succeeded {
		return 3
	}
	return current(r) / 2 // 1 for one that waits or runs, 0 for one that succeeded
}

// judgedAlready prefers the newest release that may have evidence.
func judgedAlready(r rollout.Release) int {
	if r.Started.IsZero() {
		return 0
	}
	return 1
}

// reason is why a release did not succeed: in one sentence, then what is behind it, then what to do.
func (d desk) reason(r rollout.Release, v page.View, environment string) string {
	var b strings.Builder
	say := func(indent, text string) {
		b.WriteString(indent + screen.Wrap(text, d.pen.Columns-len(indent), indent) + "\n")
	}
	fmt.Fprintf(&b, "%s  %s, %s\n", d.pen.Bold(r.ID), d.pen.Paint(screen.ToneColor(v.Tone), strings.ToLower(v.Badge)), r.Candidate())
	switch {
	case r.Cause != nil:
		say("  ", strings.TrimSuffix(r.Cause.Reason, ".")+".")
		if c := v.Cause; c.At != nil {
			say("  ", fmt.Sprintf("%s (%s), at %s%s.", c.Kind, c.By, c.At.Text, d.atStep(r)))
		}
	case r.Rejection != nil, r.Obstacle != nil:
	case r.End == rollout.Succeeded:
		say("  ", "It succeeded: nothing of "+r.Service+" went back lately. "+r.Keep())
	case !r.Decided():
		say("  ", "It has not ended: "+v.Status)
	default:
		say("  ", r.Ending())
	}
	for _, one := range []*rollout.Rejection{r.Rejection, r.Obstacle} {
		if one != nil {
			say("  ", strings.TrimSuffix(one.Reason, ".")+".")
			say("  ", "What to do: "+strings.TrimSuffix(one.Remedy, ".")+".")
		}
	}
	for _, c := range v.Checks {
		if c.Word != "Pass" || r.Cause != nil {
			say("    ", fmt.Sprintf("%s: %s. %s", c.Name, c.Word, c.Why))
		}
	}
	for _, g := range v.Gates {
		if g.Word != "Open" && g.Word != "Overridden" {
			say("    ", fmt.Sprintf("gate %s: %s. %s", g.Name, g.Word, g.Why))
		}
	}
	for _, line := range v.Log {
		b.WriteString("    | " + line + "\n")
	}
	if r.End == rollout.RolledBack && len(v.Checks) > 0 {
		b.WriteString("  Try other checks on it: sluice replay " + r.ID + " -e " + environment + "\n")
	}
	b.WriteString("  Its whole story: sluice get " + r.ID + " -e " + environment + "\n")
	return b.String()
}

// atStep says at which step a release was, counted from 1.
func (d desk) atStep(r rollout.Release) string {
	if r.BakeUntil.IsZero() || len(r.Steps) == 0 {
		return ", before it had any traffic"
	}
	return fmt.Sprintf(", at step %d of %d, %s", r.Step+1, len(r.Steps), r.At(r.Step).Weight)
}
