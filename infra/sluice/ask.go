package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"sluice/events"
)

// ask asks for a release, and may follow it to its end.
func ask(d desk, open opener) *cobra.Command {
	w, r := watching{}, events.ReleaseRequest{}
	c := &cobra.Command{
		Use: "release SERVICE REVISION", Short: "Ask for a release of a revision", Args: takes(2, 2, "SERVICE REVISION, such as checkout 42"),
		Example: "  sluice release checkout 42 --commit $(git rev-parse HEAD) --author ada -w",
		Long: "Ask for a release of a revision: a published Lambda version, an image, a task definition, as the service's kind of target has them.\n" +
			"It ends when the release is on its way, or was rejected. With -w it follows the release to its end, and exits with 0 succeeded,\n" +
			"1 rolled back, 3 rejected, 4 aborted, 5 superseded, 6 stuck, 7 no end in time. The release goes on when the command ends.",
		RunE: func(c *cobra.Command, words []string) error {
			if err := known(w.format); err != nil {
				return err
			}
			if w.onCancel != "" && w.onCancel != events.Abort {
				return wrong("--on-cancel is %q: write abort, or leave it out", w.onCancel)
			}
			e, err := open(c.Context())
			if err != nil {
				return err
			}
			if r.Service, r.Revision = words[0], words[1]; r.Key == "" {
				r.Key = rand.Text()
			}
			if err := e.serves(c.Context(), r.Service); err != nil {
				return err
			}
			asking := c.Context()
			if w.onCancel == events.Abort { // who cancels now may have asked already: the answer is waited for, so that it is known what to stop
				asking = context.WithoutCancel(asking)
			}
			out, err := d.insist(asking, e, r)
			if err == nil {
				err = d.asked(c.Context(), e, out, w)
			}
			if c.Context().Err() != nil && w.onCancel == events.Abort && out.Release != "" {
				err = d.cancel(e, out.Release)
			}
			if w.result != "" && out.Release != "" {
				err = cmp.Or(d.result(e, w.result, out), err)
			}
			return err
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.BoolVarP(&w.follows, "watch", "w", false, "follow it to its end")
	f.StringVarP(&r.Reason, "reason", "m", "", "why, for the record")
	f.StringVar(&r.Commit, "commit", "", "that the revision was built from")
	f.StringVar(&r.Author, "author", "", "who wrote it, as people in the definition names them: never counts as an approver")
	f.StringVar(&r.Repository, "repository", "", "where the commit is, with its host: github/acme/checkout. GitHub is then told how the release goes")
	f.StringVar(&r.Fixes, "fixes", "", "what it mends, such as an incident: it may begin while a guard alarm is red")
	f.StringVar(&r.Key, "key", "", "a name of your own for this request: the same key asks once. Default: a random one")
	f.DurationVar(&w.patience, "patience", 0, "with -w: how long to wait for the end, such as 4h")
	f.StringVar(&w.onCancel, "on-cancel", "", "with -w: abort stops the release when this command is cancelled; default: it goes on")
	f.StringVar(&w.result, "result", "", "append release=, end= and url= to this file, for the job's next steps")
	output(c, &w.format)
	return c
}

// serves refuses a service that the engine does not know, with the name that was meant. Whoever may not list services is told by the release.
func (e engine) serves(ctx context.Context, service string) error {
	names, err := e.definitions.Names(ctx)
	if err != nil || slices.Contains(names, service) {
		return nil //nolint:nilerr // the release itself says it, too
	}
	return e.noService(service, names)
}

// watching is what happens after a release was asked for.
type watching struct {
	follows          bool
	format           string
	patience         time.Duration
	onCancel, result string
}

// asked says that a release was asked for, and follows it where that is wanted.
func (d desk) asked(ctx context.Context, e engine, out events.Outcome, w watching) error {
	if !w.follows || w.format != asJSON {
		fmt.Fprintf(d.out, "%s: %s\n", out.Release, out.Says)
	}
	if w.follows {
		return d.follow(ctx, e, out.Release, w.format, w.patience)
	}
	if out.Page != "" {
		fmt.Fprintf(d.out, "  %s\n", out.Page)
	}
	if over, err := d.begun(ctx, e, out.Release); over {
		return err
	}
	_, err := fmt.Fprintf(d.out, "  Follow it: sluice get %s -e %s -w\n", out.Release, e.Environment)
	return err
}
