package main

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"sluice/events"
	"sluice/infra/redrive"
	"sluice/infra/replay"
	"sluice/infra/session"
)

// replayed judges the evidence of a release again.
func replayed(d desk, open opener) *cobra.Command {
	w := replay.Wish{Root: d.checkout}
	c := &cobra.Command{
		Use: "replay SERVICE|RELEASE", Short: "Judge the evidence of a release again, by checks of this checkout", Args: takes(0, 1, "SERVICE (or the id of a release)"),
		Example: "  sluice replay checkout\n  sluice replay --file evidence.json",
		RunE: func(c *cobra.Command, words []string) (err error) {
			if w.Environment, err = c.Flags().GetString("environment"); err != nil {
				return err
			}
			if len(words) > 0 && w.File != "" || len(words) == 0 {
				if w.Environment == "" {
					w.Environment = session.Production
				}
				w.Release = firstOf(words)
				return replay.Run(c.Context(), w, nil, d.out)
			}
			e, err := open(c.Context())
			if err != nil {
				return err
			}
			if w.Environment, w.Release = e.Environment, words[0]; !events.IsReleaseID(w.Release) {
				r, _, err := e.meant(c.Context(), w.Release, judgedAlready)
				if err != nil {
					return err
				}
				w.Release = r.ID
			}
			return replay.Run(c.Context(), w, func(context.Context) (session.Engine, error) { return e.Engine, nil }, d.out)
		},
	}
	c.Flags().StringVar(&w.File, "file", "", "judge the evidence in this file instead of the table's")
	c.Flags().StringVar(&w.Export, "export", "", "write the evidence into this file")
	return c
}

func firstOf(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return words[0]
}

// redriven deals with the events that a function could not handle.
func redriven(d desk, open opener) *cobra.Command {
	var w redrive.Wish
	c := &cobra.Command{
		Use: "redrive FUNCTION", Short: "List events that a function could not handle; send or drop them", Args: takes(1, 1, "FUNCTION, such as guard"),
		Example: "  sluice redrive guard\n  sluice redrive guard --send all",
		RunE: func(c *cobra.Command, words []string) error {
			w.Function = words[0]
			opened := func(ctx context.Context) (session.Engine, error) {
				e, err := open(ctx)
				return e.Engine, err
			}
			return redrive.Run(c.Context(), w, opened, os.DirFS(d.checkout), d.now, d.out)
		},
	}
	c.Flags().StringVar(&w.Show, "show", "", "show the event with this id whole (the beginning of the id is enough)")
	c.Flags().StringVar(&w.Send, "send", "", "hand this event to its function again; all for every one of them")
	c.Flags().StringVar(&w.Drop, "drop", "", "remove this event for good; all for every one of them")
	return c
}
