package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"sluice/infra/screen"
	"sluice/shared/page"
	"sluice/shared/rollout"
)

// get shows one release.
func get(d desk, open opener) *cobra.Command {
	follows, format, patience := false, "", time.Duration(0)
	c := &cobra.Command{
		Use: "get SERVICE|RELEASE", Short: "Show a release: traffic, steps, checks, questions, its story", Args: takes(1, 1, "SERVICE (or the id of a release)"),
		Example: "  sluice get checkout\n  sluice get checkout -w\n  sluice get checkout -o json",
		Long: "Show a release: traffic, steps, checks, gates, questions and its story. With -w it follows the release to its end, and exits with\n" +
			"0 succeeded, 1 rolled back, 3 rejected, 4 aborted, 5 superseded, 6 stuck, 7 no end in time.",
		RunE: func(c *cobra.Command, words []string) error {
			if err := known(format); err != nil {
				return err
			}
			e, err := open(c.Context())
			if err != nil {
				return err
			}
			r, beside, err := e.meant(c.Context(), words[0], current)
			if err != nil {
				return err
			}
			switch {
			case follows:
				return d.follow(c.Context(), e, r.ID, format, patience)
			case format == asJSON:
				v, err := e.view(c.Context(), r, d.now())
				if err != nil {
					return err
				}
				return v.JSON(d.out)
			}
			return d.show(c.Context(), e, r, beside)
		},
	}
	c.Flags().BoolVarP(&follows, "watch", "w", false, "follow it to its end")
	c.Flags().DurationVar(&patience, "patience", 0, "with -w: how long to wait for the end, such as 4h; the release goes on")
	output(c, &format)
	return c
}

// view is a release as its page has it.
func (e engine) view(ctx context.Context, r rollout.Release, now time.Time) (page.View, error) {
	ledger, err := e.evidence(ctx, r.ID)
	if err != nil {
		return page.View{}, err
	}
	frozen, err := e.store.Freezes(ctx)
	return page.Release(r, ledger, page.Visitor{}, now, page.Notice{}).Under(frozen, now), err
}

// show writes a release once.
func (d desk) show(ctx context.Context, e engine, r rollout.Release, beside int) error {
	v, err := e.view(ctx, r, d.now())
	if err != nil {
		return err
	}
	text := d.pen.Release(v) + "\n" + d.pen.Trail(v, 0)
	if next := next(r, e.Environment); next != "" {
		text += "\n" + d.pen.Indented(next) + "\n"
	}
	if beside > 0 {
		text += fmt.Sprintf("\n  %d more of %s: sluice list %[2]s\n", beside, r.Service)
	}
	_, err = io.WriteString(d.out, text)
	return err
}

// next is what a person could type now; empty when there is nothing to do.
func next(r rollout.Release, environment string) string {
	to := r.Service
	if environment != "" {
		to += " -e " + environment
	}
	switch {
	case r.End == "" && r.Cause == nil && r.Asked != nil && !r.Asked.Closed:
		return "Answer: sluice approve " + to + ", or sluice reject " + to
	case r.End == rollout.RolledBack || r.End == rollout.Stuck:
		return "Why: sluice why " + to
	case r.End == "" && r.Cause == nil:
		return "Stop it: sluice abort " + to
	}
	return ""
}

// drawn is one picture for a screen of so many lines.
func (d desk) drawn(v page.View, lines int) string {
	head := d.pen.Release(v)
	used := 1
	for _, c := range head {
		if c == '\n' {
			used++
		}
	}
	return head + "\n" + d.pen.Trail(v, max(3, lines-used-1))
}

// said writes the lines of the trail that are new, the oldest first, and answers how many there are by now.
func (d desk) said(v page.View, before int) (int, error) {
	for i := len(v.Audit) - 1 - before; i >= 0; i-- {
		if _, err := fmt.Fprintln(d.out, screen.Pen{Columns: plain}.Line(v.Audit[i])); err != nil {
			return before, err
		}
	}
	return len(v.Audit), nil
}

// plain is how wide the lines are that programs and logs of jobs read: nothing is broken.
const plain = 10000
