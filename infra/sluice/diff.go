package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sluice/infra/definition"
	"sluice/infra/plan"
	"sluice/infra/screen"
	"sluice/shared/ssm"
)

// diff says what the definitions of this checkout would change against those that are deployed.
func diff(d desk, open opener) *cobra.Command {
	format := ""
	c := &cobra.Command{
		Use: "diff [SERVICE]", Short: "Tell what deploying this checkout would change in releases", Args: takes(0, 1, "[SERVICE]"),
		Example: "  sluice diff checkout\n  sluice diff -e production -o json",
		Long: "Tell what deploying this checkout would change in how services are released: steps, bakes, alarms, checks, gates and people, in words,\n" +
			"and each value with the file and line that says it. What is deployed is read from the engine.\n\n" +
			"It exits with 0 no difference, 1 differences, 2 what could not be read (or wrong use).",
		RunE: func(c *cobra.Command, words []string) error {
			if err := known(format); err != nil {
				return err
			}
			e, err := open(c.Context())
			if err != nil {
				return err
			}
			all, err := d.differences(c.Context(), e, words)
			if err != nil {
				return err
			}
			if format == asJSON {
				err = d.json(struct {
					Environment string       `json:"environment"`
					Services    []difference `json:"services"`
				}{e.Environment, all})
			} else {
				_, err = fmt.Fprint(d.out, d.differ(all))
			}
			if err == nil && slices.ContainsFunc(all, difference.differs) {
				return &failure{status: differing}
			}
			return err
		},
	}
	output(c, &format)
	return c
}

// A difference is what would change of one service.
type difference struct {
	Service string            `json:"service"`
	State   condition         `json:"state"`
	Words   []plan.Difference `json:"words,omitempty"`  // what a release would do otherwise
	Values  []changed         `json:"values,omitempty"` // all values that differ, also those that have no words of their own
}

// changed is one value.
type changed struct {
	Path string `json:"path"`
	Was  string `json:"was,omitempty"`
	Is   string `json:"is,omitempty"`
	At   string `json:"at,omitempty"` // "infra/services/checkout.yaml:12"
}

type condition string

// What deploying does to a service.
const (
	same    condition = "same"
	changes condition = "changed"
	added   condition = "new"  // it is not deployed yet
	gone    condition = "gone" // it is deployed, and not in this checkout
)

func (d difference) differs() bool { return d.State != same }

// differences compares the service that is named, or all of either side.
func (d desk) differences(ctx context.Context, e engine, words []string) ([]difference, error) {
	read, err := definition.Read(os.DirFS(d.checkout), e.Environment)
	if err != nil {
		return nil, wrong("%w; go to a checkout that has %s", err, definition.Folder)
	}
	names := words
	if len(names) == 0 {
		deployed, err := e.definitions.Names(ctx)
		if err != nil {
			return nil, err
		}
		names = append(deployed, read.Names()...)
		slices.Sort(names)
		names = slices.DeleteFunc(slices.Compact(names), func(n string) bool { return strings.HasPrefix(n, definition.Templates+"/") })
	}
	var all []difference
	for _, name := range names {
		one, err := e.difference(ctx, read, name)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// difference compares one service.
func (e engine) difference(ctx context.Context, read definition.Reading, name string) (difference, error) {
	found := difference{Service: name, State: changes}
	was, err := e.definitions.Definition(ctx, name)
	missing := ssm.IsUnknown(err)
	if err != nil && !missing {
		return found, err
	}
	is, _, err := read.Service(name)
	switch {
	case err != nil && !missing && !slices.Contains(read.Names(), name):
		found.State = gone
		return found, nil
	case err != nil:
		return found, &failure{wrongUse, err}
	case missing:
		found.State = added
		return found, nil
	}
	values, err := definition.Changes(definition.Service{Definition: was}, is)
	if err != nil {
		return found, err
	}
	for _, v := range values {
		found.Values = append(found.Values, changed{v.Path, v.Was, v.Is, v.At})
	}
	if found.Words = plan.Differences(was, is.Definition); len(values) == 0 {
		found.State = same
	}
	return found, nil
}

// differ is the page.
func (d desk) differ(all []difference) string {
	var page strings.Builder
	for _, one := range all {
		page.WriteString(d.pen.Bold(one.Service) + "  " + map[condition]string{
			same: "as it is deployed", changes: several(len(one.Values), "value") + " would change", added: "is new: it is not deployed yet (sluice plan " + one.Service + " tells what it does)",
			gone: "is deployed, and not in this checkout: deploying takes it away",
		}[one.State] + "\n")
		for _, w := range one.Words {
			page.WriteString("  " + w.What + "\n")
			page.WriteString(d.marked("-", screen.Red, w.Was) + d.marked("+", screen.Green, w.Is))
		}
		if len(one.Values) > 0 {
			page.WriteString("  " + d.pen.Paint(screen.Faint, "Value by value") + "\n")
		}
		for _, v := range one.Values {
			text := fmt.Sprintf("%s: %s → %s", v.Path, orNone(v.Was), orNone(v.Is))
			if v.At != "" {
				text += " (" + v.At + ")"
			}
			page.WriteString("    " + screen.Wrap(text, d.pen.Columns-4, "      ") + "\n")
		}
	}
	return page.String()
}

// marked are lines with a sign before each.
func (d desk) marked(sign, color string, lines []string) string {
	var text strings.Builder
	for _, line := range lines {
		text.WriteString("    " + d.pen.Paint(color, sign+" "+screen.Wrap(line, d.pen.Columns-6, "      ")) + "\n")
	}
	return text.String()
}

func orNone(value string) string {
	if value == "" {
		return "none"
	}
	return value
}

// json writes a value for programs.
func (d desk) json(value any) error {
	encoder := json.NewEncoder(d.out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
