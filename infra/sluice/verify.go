package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"sluice/infra/definition"
	"sluice/infra/screen"
	"sluice/infra/verify"
	"sluice/shared/rollout"
)

// verified holds the definitions of this checkout against the account.
func verified(d desk, open opener) *cobra.Command {
	format := ""
	c := &cobra.Command{
		Use: "verify [SERVICE]", Short: "Hold the definitions of this checkout against schema and account", Args: takes(0, 1, "[SERVICE]"),
		Example: "  sluice verify checkout\n  sluice verify -e production -o json",
		Long: "Hold the definitions of this checkout against their schema and the account: is the target there, and can it be released; are the alarms\n" +
			"there, with data, and quick enough; do the checks see enough requests at each step, by the traffic of the last week; is there what the\n" +
			"gates name. It only reads, with your rights (arn:aws:iam::aws:policy/ReadOnlyAccess is enough), and says which permission is missing.\n\n" +
			"An error keeps a release out, or has it go back whatever it does. A warning is something to know before.\n" +
			"It exits with 0 no error, 3 errors, 2 something could not be looked at (or wrong use).",
		RunE: func(c *cobra.Command, words []string) error {
			if err := known(format); err != nil {
				return err
			}
			e, err := open(c.Context())
			if err != nil {
				return err
			}
			services, found, err := d.chosen(e.Environment, words)
			if err != nil {
				return err
			}
			found = append(found, d.verify(c.Context(), e, services)...)
			if format == asJSON {
				err = d.verifiedJSON(e.Environment, found)
			} else {
				_, err = fmt.Fprint(d.out, d.findings(services, verify.Sorted(found)))
			}
			if err != nil {
				return err
			}
			return verdict(found)
		},
	}
	output(c, &format)
	return c
}

// chosen are the definitions of this checkout that words name, or all. What is wrong with the files themselves is found, and hinders nobody else's.
func (d desk) chosen(environment string, words []string) ([]definition.Service, []verify.Finding, error) {
	read, err := definition.Read(os.DirFS(d.checkout), environment)
	if err != nil {
		return nil, nil, wrong("%w; go to a checkout that has %s", err, definition.Folder)
	}
	if len(words) == 0 {
		return read.Services, verify.Problems(read.Problems), nil
	}
	s, _, err := read.Service(words[0])
	switch problems, own := err.(definition.Problems); { //nolint:errorlint // Service answers it as it is
	case own:
		return nil, verify.Problems(problems), nil
	case err != nil:
		return nil, nil, &failure{wrongUse, err}
	}
	return []definition.Service{s}, nil, nil
}

// atOnce is how many services are looked at together: AWS throttles whoever asks faster.
const atOnce = 4

func (d desk) verify(ctx context.Context, e engine, services []definition.Service) (all []verify.Finding) {
	account := verify.In(e.Engine, d.now)
	found := make([][]verify.Finding, len(services))
	var g errgroup.Group
	g.SetLimit(atOnce)
	for i, s := range services {
		g.Go(func() error {
			found[i] = account.Service(ctx, s)
			return nil
		})
	}
	_ = g.Wait() // what cannot be read is a finding
	for _, some := range found {
		all = append(all, some...)
	}
	return all
}

// verdict is how the command ends.
func verdict(found []verify.Finding) error {
	switch {
	case verify.Errors(found) > 0:
		return &failure{status: rejected}
	case verify.Unseen(found) > 0:
		return &failure{status: wrongUse}
	}
	return nil
}

func (d desk) verifiedJSON(environment string, found []verify.Finding) error {
	if found == nil {
		found = []verify.Finding{}
	}
	return d.json(struct {
		Environment string           `json:"environment"`
		Findings    []verify.Finding `json:"findings"`
	}{environment, verify.Sorted(found)})
}

// findings is the page: of each service its findings, or that there are none.
func (d desk) findings(services []definition.Service, found []verify.Finding) string {
	var page strings.Builder
	of := map[string][]verify.Finding{}
	var names []string
	for _, s := range services {
		names = append(names, s.Definition.Service)
		of[s.Definition.Service] = nil
	}
	for _, f := range found {
		if _, known := of[f.Service]; !known {
			names = append(names, f.Service)
		}
		of[f.Service] = append(of[f.Service], f)
	}
	for _, name := range names {
		page.WriteString(d.pen.Bold(name) + "  " + d.counted(of[name]) + "\n")
		for _, f := range of[name] {
			page.WriteString(d.finding(f))
		}
	}
	return page.String()
}

// counted says how many findings there are.
func (d desk) counted(found []verify.Finding) string {
	errors := verify.Errors(found)
	switch warnings := len(found) - errors; {
	case len(found) == 0:
		return d.pen.Paint(screen.Green, "nothing stands in the way of a release")
	case errors == 0:
		return d.pen.Paint(screen.Yellow, several(warnings, "warning"))
	case warnings == 0:
		return d.pen.Paint(screen.Red, several(errors, "error"))
	default:
		return d.pen.Paint(screen.Red, several(errors, "error")) + ", " + several(warnings, "warning")
	}
}

// several is "1 error" or "2 errors".
func several(n int, of string) string {
	if n != 1 {
		of += "s"
	}
	return fmt.Sprintf("%d %s", n, of)
}

// finding is what, why, and what to do, below the place in the definition.
func (d desk) finding(f verify.Finding) string {
	const indent = "           "
	color := map[verify.Severity]string{verify.Error: screen.Red, verify.Warning: screen.Yellow}[f.Severity]
	head := fmt.Sprintf("  %s  %s  %s", d.pen.Paint(color, fmt.Sprintf("%-7s", f.Severity)), f.Where(), d.pen.Paint(screen.Faint, f.Path))
	text := strings.TrimRight(head, " ") + "\n"
	for _, line := range []string{rollout.Sentence(f.What) + ".", f.Why, "What to do: " + f.Remedy + "."} {
		text += indent + screen.Wrap(line, d.pen.Columns-len(indent), indent) + "\n"
	}
	return text
}
