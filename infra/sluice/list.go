package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"sluice/infra/screen"
	"sluice/shared/page"
	"sluice/shared/rollout"
)

// list shows all services with their newest release, or the releases of one service.
func list(d desk, open opener) *cobra.Command {
	running, format := false, ""
	c := &cobra.Command{
		Use: "list [SERVICE]", Short: "List services with their newest release, or releases of one", Args: takes(0, 1, "[SERVICE]"),
		Example: "  sluice list\n  sluice list --running\n  sluice list checkout",
		Long: "List services with their newest release, or the releases of one service. The revision that is stable is the one that serves while\n" +
			"no release runs, and to which a release goes back.",
		RunE: func(c *cobra.Command, words []string) error {
			if err := known(format); err != nil {
				return err
			}
			e, err := open(c.Context())
			if err != nil {
				return err
			}
			names := words
			if len(names) == 0 {
				if names, err = e.definitions.Names(c.Context()); err != nil {
					return err
				}
			}
			var services []page.Service
			for _, name := range names {
				releases, err := e.store.Recent(c.Context(), name, seen)
				if err != nil {
					return e.reached(err)
				}
				if len(releases) == 0 && len(words) > 0 {
					_, err := e.recent(c.Context(), name)
					return err
				}
				services = append(services, ofService(name, releases))
			}
			frozen, err := e.store.Freezes(c.Context())
			if err != nil {
				return err
			}
			v := page.Releases(services, page.Visitor{}, d.now()).Under(frozen, d.now())
			if format == asJSON {
				return v.JSON(d.out)
			}
			if err := d.table(rowsOf(v, len(words) > 0, running), e.Environment); err != nil {
				return err
			}
			for _, f := range v.Freezes {
				if _, err := io.WriteString(d.out, d.pen.Freeze(f)); err != nil {
					return err
				}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&running, "running", false, "those that have not ended alone")
	output(c, &format)
	return c
}

func ofService(name string, releases []rollout.Release) page.Service {
	s := page.Service{Name: name}
	for _, r := range releases {
		if !r.Decided() && s.Running == nil {
			s.Running = &r
			continue
		}
		s.Recent = append(s.Recent, r)
	}
	return s
}

// A listed is one line of the list.
type listed struct {
	service, stable string
	item            page.Item
}

// rowsOf are the lines of a list: of each service the release that runs or the newest, or all of them.
func rowsOf(v page.ListView, all, running bool) (rows []listed) {
	for _, s := range v.Services {
		var items []page.Item
		if s.Running != nil {
			items = append(items, *s.Running)
		}
		if !running {
			items = append(items, s.Recent...)
		}
		if !all && !running && len(items) > 1 {
			items = items[:1]
		}
		if len(items) == 0 && !running {
			items = []page.Item{{Badge: "Nothing was released yet"}}
		}
		for _, i := range items {
			rows = append(rows, listed{s.Name, s.Stable, i})
		}
	}
	return rows
}

// table writes the lines in columns as wide as what stands in them; the id of the release has the rest.
func (d desk) table(rows []listed, environment string) error {
	if len(rows) == 0 {
		_, err := fmt.Fprintf(d.out, "Nothing is being released in %s.\n", environment)
		return err
	}
	cells := make([][5]string, len(rows))
	var widths [5]int
	for i, r := range rows {
		cells[i] = [5]string{r.service, state(r.item), screen.Clip(r.item.Versions, 24), stable(r.stable), r.item.Age}
		for c, text := range cells[i] {
			widths[c] = max(widths[c], utf8.RuneCountInString(text))
		}
	}
	for i, r := range rows {
		var line strings.Builder
		used := 0
		for c, text := range cells[i] {
			fill := strings.Repeat(" ", widths[c]-utf8.RuneCountInString(text)+2)
			used += widths[c] + 2
			switch c {
			case 0:
				text = d.pen.Bold(text)
			case 1:
				text = d.pen.Paint(screen.ToneColor(r.item.Tone), text)
			}
			line.WriteString(text + fill)
		}
		if room := d.pen.Columns - used; room > 15 && r.item.ID != "" {
			line.WriteString(d.pen.Paint(screen.Faint, screen.Clip(r.item.ID, room)))
		}
		if _, err := io.WriteString(d.out, strings.TrimRight(line.String(), " ")+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// stable says which revision is stable.
func stable(revision string) string {
	if revision == "" {
		return "stable: not known"
	}
	return "stable: " + screen.Clip(revision, 12)
}

func state(i page.Item) string {
	if i.Split != nil && i.Badge == "Running" {
		return "Running at " + i.Split.Weight.String()
	}
	return i.Badge
}

// The one other form than text.
const asJSON = "json"

func output(c *cobra.Command, format *string) {
	c.Flags().StringVarP(format, "output", "o", "", "json: the same facts for programs")
	_ = c.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{asJSON}, cobra.ShellCompDirectiveNoFileComp)) // it fails for unknown flags alone
}

func known(format string) error {
	if format != "" && format != asJSON {
		return wrong("there is no output %q: write -o json, or leave it out", format)
	}
	return nil
}
