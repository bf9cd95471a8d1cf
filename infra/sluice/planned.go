package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"sluice/infra/comment"
	"sluice/infra/plan"
	"sluice/infra/session"
)

// planned tells what a release would do, or what a change of definitions does to the releases to come.
func planned(d desk, _ opener) *cobra.Command {
	w := plan.Wish{Root: d.checkout}
	var against string
	var post bool
	c := &cobra.Command{
		Use: "plan SERVICE", Short: "Tell what a release would do and cost, and what bakes would find", Args: takes(0, 1, "SERVICE"),
		Long: "Tell what a release would do and cost, and what its bakes would find.\n\n" +
			"It reads the definitions of this checkout. With the credentials of the AWS CLI it looks at alarms and last week's traffic, too.\n" +
			"--against tells what this checkout changes, in Markdown; --comment keeps that as one comment on the pull request of a CI job.",
		Example: "  sluice plan checkout\n  sluice plan checkout --explain\n  sluice plan --against origin/main",
		RunE: func(c *cobra.Command, words []string) (err error) {
			if w.Environment, err = c.Flags().GetString("environment"); err != nil {
				return err
			}
			if w.Environment == "" { // it reads this checkout, so what is up does not matter
				w.Environment = session.Production
			}
			w.Service = firstOf(words)
			switch {
			case against != "":
				return d.compared(c.Context(), w, against, post)
			case post:
				return wrong("--comment wants --against, such as --against origin/main")
			}
			return plan.Run(c.Context(), w, d.out, d.errs)
		},
	}
	c.Flags().BoolVar(&w.Explain, "explain", false, "say from which file and line each value comes, and which template locks it")
	c.Flags().StringVar(&against, "against", "", "tell what this checkout changes against this commit or branch")
	c.Flags().BoolVar(&post, "comment", false, "with --against: keep it as one comment on the pull request (GitHub Actions, GitLab CI, Bitbucket Pipelines)")
	c.Flags().StringVar(&w.Revision, "revision", "", "of a template: list what it would change in its stack, by a change set that is deleted again")
	return c
}

// compared writes what a checkout changes, or keeps it as a comment. Wrong definitions are told in both ways.
func (d desk) compared(ctx context.Context, w plan.Wish, commit string, post bool) error {
	text, wrong := plan.Against(ctx, w, commit, d.errs)
	if text == "" {
		return wrong
	}
	if !post {
		fmt.Fprint(d.out, text)
		return wrong
	}
	at, err := comment.Keep(ctx, d.getenv, text)
	if err != nil {
		return err
	}
	fmt.Fprintln(d.out, "It stands on the pull request: "+at)
	return wrong
}
