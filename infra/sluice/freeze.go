package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sluice/events"
)

// freeze stops all forward moves of a service, or of all.
func freeze(d desk, open opener) *cobra.Command {
	o, until := events.Order{Do: events.Freeze}, ""
	c := &cobra.Command{
		Use: "freeze [SERVICE]", Short: "Let no release begin or get more traffic: of a service, or of all", Args: takes(0, 1, "[SERVICE]"),
		Example: "  sluice freeze checkout --reason 'we look into lost orders' --until 4h\n  sluice freeze --reason 'the network is ill'",
		Long: "Let no release begin or get more traffic, of one service or, without a name, of all. What a release has reached it keeps. Alarms, checks,\n" +
			"aborts, undos inside the revert window and ways back work as ever. sluice list shows what is frozen, by whom and why.",
		RunE: func(c *cobra.Command, words []string) (err error) {
			if strings.TrimSpace(o.Comment) == "" {
				return wrong("a freeze needs a reason, which everybody reads who waits: add --reason '...'")
			}
			if o.Until, err = moment(until, d.now()); err != nil {
				return err
			}
			return d.aboutFreeze(c.Context(), open, o, firstOf(words))
		},
	}
	c.Flags().StringVarP(&o.Comment, "reason", "m", "", "why, for everybody who waits")
	c.Flags().StringVar(&until, "until", "", "when it ends by itself: 4h, or a time such as 2026-12-01T09:00:00Z. Default: when somebody lifts it")
	return c
}

// unfreeze lifts a freeze.
func unfreeze(d desk, open opener) *cobra.Command {
	return &cobra.Command{
		Use: "unfreeze [SERVICE]", Short: "Lift a freeze: what waits goes on at once", Args: takes(0, 1, "[SERVICE]"),
		Example: "  sluice unfreeze checkout\n  sluice unfreeze",
		Long:    "Lift the freeze of a service or, without a name, the one of all. Releases that waited go on at once. Each is lifted by itself: a service\nthat was frozen by its name stays frozen.",
		RunE: func(c *cobra.Command, words []string) error {
			return d.aboutFreeze(c.Context(), open, events.Order{Do: events.Unfreeze}, firstOf(words))
		},
	}
}

// aboutFreeze sends what somebody says about a freeze. A name that is mistyped must not end as a freeze of nothing.
func (d desk) aboutFreeze(ctx context.Context, open opener, o events.Order, service string) error {
	e, err := open(ctx)
	if err != nil {
		return err
	}
	if o.Service = service; service != "" {
		if err := e.serves(ctx, service); err != nil {
			return err
		}
	}
	out, err := e.order(ctx, o, d.now())
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(d.out, "%s: %s\n", cmp.Or(service, e.Environment), out.Says); err != nil || o.Do == events.Unfreeze {
		return err
	}
	_, err = fmt.Fprintf(d.out, "  Lift it: sluice unfreeze %s-e %s\n", after(service, " "), e.Environment)
	return err
}

// after is a text with something after it; empty when there is no text.
func after(text, what string) string {
	if text == "" {
		return ""
	}
	return text + what
}

// moment reads a time to come: how long from now on, or when. Empty is the zero time.
func moment(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return now.Add(d), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, wrong("--until %q is no time to come: write 4h, or a time such as %s", text, now.Add(4*time.Hour).UTC().Format(time.RFC3339))
	}
	return t, nil
}
