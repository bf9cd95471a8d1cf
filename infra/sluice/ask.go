package main

import (
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
	follows, format, patience, onCancel := false, "", time.Duration(0), ""
	r := events.ReleaseRequest{}
	c := &cobra.Command{
		Use: "release SERVICE REVISION", Short: "Ask for a release of a revision", Args: takes(2, 2, "SERVICE REVISION, such as checkout 42"),
		Example: "  sluice release checkout 42 --commit $(git rev-parse HEAD) --author ada -w",
		Long: "Ask for a release of a revision: a published Lambda version, an image, a task definition, as the service's kind of target has them.\n" +
			"With -w it follows the release to its end, and exits with 0 succeeded, 1 rolled back, 3 rejected, 4 aborted, 5 superseded, 6 stuck,\n" +
			"7 no end in time. The release goes on when the command ends.",
		RunE: func(c *cobra.Command, words []string) error {
			if err := known(format); err != nil {
				return err
			}
			if onCancel != "" && onCancel != events.Abort {
				return wrong("--on-cancel is %q: write abort, or leave it out", onCancel)
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
			out, err := e.order(c.Context(), events.Order{Do: events.Ask, Request: &r}, d.now())
			if err != nil {
				return err
			}
			if !follows || format != asJSON {
				fmt.Fprintf(d.out, "%s: %s\n", out.Release, out.Says)
			}
			if !follows {
				if out.Page != "" {
					fmt.Fprintf(d.out, "  %s\n", out.Page)
				}
				_, err := fmt.Fprintf(d.out, "  Follow it: sluice get %s -e %s -w\n", r.Service, e.Environment)
				return err
			}
			err = d.follow(c.Context(), e, out.Release, format, patience)
			if c.Context().Err() != nil && onCancel == events.Abort {
				return d.cancel(e, out.Release)
			}
			return err
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.BoolVarP(&follows, "watch", "w", false, "follow it to its end")
	f.StringVarP(&r.Reason, "reason", "m", "", "why, for the record")
	f.StringVar(&r.Commit, "commit", "", "that the revision was built from")
	f.StringVar(&r.Author, "author", "", "who wrote it, as people in the definition names them: never counts as an approver")
	f.StringVar(&r.Repository, "repository", "", "where the commit is, with its host: github/acme/checkout. GitHub is then told how the release goes")
	f.StringVar(&r.Fixes, "fixes", "", "what it mends, such as an incident: it may begin while a guard alarm is red")
	f.StringVar(&r.Key, "key", "", "a name of your own for this request: the same key asks once. Default: a random one")
	f.DurationVar(&patience, "patience", 0, "with -w: how long to wait for the end, such as 4h")
	f.StringVar(&onCancel, "on-cancel", "", "with -w: abort stops the release when this command is cancelled; default: it goes on")
	output(c, &format)
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

// parting is how long a command that was cancelled still takes to stop its release.
const parting = 20 * time.Second

// cancel stops a release because the command that asked for it was cancelled.
func (d desk) cancel(e engine, id string) error {
	ctx, stop := context.WithTimeout(context.Background(), parting)
	defer stop()
	out, err := e.order(ctx, events.Order{Do: events.Abort, Release: id, Comment: "the job was cancelled"}, d.now())
	if err != nil {
		return &failure{noEnd, fmt.Errorf("%s could NOT be asked to stop, and goes on: stop it by hand (sluice abort %[1]s -e %s): %w", id, e.Environment, err)}
	}
	return &failure{noEnd, fmt.Errorf("%s: %s", id, out.Says)}
}
