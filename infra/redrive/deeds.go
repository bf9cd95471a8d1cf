package redrive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"sluice/infra/deadletter"
)

const (
	all    = "all"
	listed = 50 // lines of a list; a person reads no more
)

func list(ctx context.Context, q *deadletter.Queue, now time.Time, out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	shown := 0
	for l, err := range q.All(ctx) {
		if err != nil {
			return err
		}
		if shown == 0 {
			fmt.Fprintln(table, "ID\tAGE\tEVENT\tWHAT WENT WRONG")
		}
		fmt.Fprintf(table, "%.8s\t%s\t%s\t%s\n", l.ID, age(now.Sub(l.Sent)), l.Event(), l.Why())
		if shown++; shown == listed {
			break
		}
	}
	if shown == 0 {
		_, err := fmt.Fprintf(out, "%s is empty.\n", q.Name)
		return err
	}
	if err := table.Flush(); err != nil {
		return err
	}
	depth, err := q.Depth(ctx)
	if err != nil {
		return err
	}
	if more := depth - shown; shown == listed && more > 0 {
		fmt.Fprintf(out, "and about %d more.\n", more)
	}
	_, err = fmt.Fprintf(out, "\nLook at one with --show ID. When the cause is mended: --send ID, or --send all. --drop ID removes one for good.\n(By make: SHOW=, SEND=, DROP=.)\n")
	return err
}

func show(ctx context.Context, q *deadletter.Queue, id string, out io.Writer) error {
	found := false
	for l, err := range q.All(ctx) {
		if err != nil {
			return err
		}
		if matches(l, id) {
			found = true
			fmt.Fprint(out, l.Whole())
		}
	}
	return missing(q, id, found)
}

// send hands on one event after the other. An event that fails again stays where it is, and the others are sent all the same.
func send(ctx context.Context, q *deadletter.Queue, id string, out io.Writer) error {
	sent, failed := 0, 0
	for l, err := range q.All(ctx) {
		if err != nil {
			return err
		}
		if !matches(l, id) {
			continue
		}
		err := q.Send(ctx, l)
		if ctx.Err() != nil {
			return errors.Join(fmt.Errorf("stopped after %d events; the others are in the queue as before", sent), err)
		}
		if err != nil {
			failed++
			fmt.Fprintf(out, "%.8s  %s: %v\n", l.ID, l.Event(), err)
			continue
		}
		sent++
		fmt.Fprintf(out, "%.8s  %s: handled\n", l.ID, l.Event())
	}
	if failed > 0 {
		return fmt.Errorf("%d handled, %d failed again and stay in %s: mend the cause first; the function's log says more", sent, failed, q.Name)
	}
	return missing(q, id, sent > 0)
}

func drop(ctx context.Context, q *deadletter.Queue, id string, out io.Writer) error {
	dropped := 0
	for l, err := range q.All(ctx) {
		if err != nil {
			return err
		}
		if !matches(l, id) {
			continue
		}
		if err := q.Remove(ctx, l); err != nil {
			return err
		}
		dropped++
		fmt.Fprintf(out, "%.8s  %s: removed\n", l.ID, l.Event())
	}
	return missing(q, id, dropped > 0)
}

func matches(l *deadletter.Letter, id string) bool { return id == all || strings.HasPrefix(l.ID, id) }

func missing(q *deadletter.Queue, id string, found bool) error {
	switch {
	case found:
		return nil
	case id == all:
		return fmt.Errorf("%s is empty: there is nothing to do", q.Name)
	}
	return fmt.Errorf("%s holds no event whose id begins with %q; one that somebody else looks at is out of sight for some minutes", q.Name, id)
}

// age writes a duration so that a person reads it at a glance: 40s, 12m, 5h, 3d.
func age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	}
	return fmt.Sprintf("%dd", int(d.Hours()/24))
}
