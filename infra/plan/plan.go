// Package plan tells what a release of a service would do, without touching what serves: its steps and times, what guards it, and what it costs.
// It reads the definitions, and needs neither AWS nor the CDK. With credentials it also says what the role of the service's build may do,
// whether the guard's alarms can act in time, what judging would do with last week's traffic, and what a template would change in a stack.
package plan

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"sluice/infra/definition"
	"sluice/infra/typed"
)

// A Wish is what somebody wants to be told.
type Wish struct {
	Root        string // folder of the repository
	Environment string // whose overlays hold
	Service     string
	Revision    string // whose changes are listed, where the kind of target tells them; empty: none
	Explain     bool   // say of each value where it comes from, instead of what a release would do
}

// Run writes the page of one service. The errors say what was mistyped, and the right form.
func Run(ctx context.Context, w Wish, out, complaints io.Writer) error {
	return run(ctx, w, out, complaints, world{openAccount, presently, lastWeek, openStacks})
}

// A world is what a plan reads besides the definitions. Each part returns an error when there are no credentials to read with.
type world struct {
	account func(context.Context) (account, error)
	judging judging
	week    weekly
	stacks  func(context.Context) (proposer, error)
}

func run(ctx context.Context, asked Wish, out, complaints io.Writer, w world) error {
	if err := typed.Environment(asked.Environment); err != nil {
		return err
	}
	root := os.DirFS(asked.Root)
	read, err := definition.Read(root, asked.Environment)
	if err != nil {
		return err
	}
	if asked.Service == "" {
		return fmt.Errorf("no service is named; write sluice plan SERVICE, or make plan SERVICE=<one of %s>", strings.Join(read.Names(), ", "))
	}
	s, others, err := read.Service(asked.Service)
	if err != nil {
		return err
	}
	for _, o := range others {
		fmt.Fprintf(complaints, "%v (this does not concern %s)\n", o, asked.Service)
	}
	if err := passedOver(root, asked.Environment); err != nil {
		fmt.Fprintln(complaints, err)
	}
	if asked.Explain {
		return explain(s, asked.Environment, out)
	}
	_, err = io.WriteString(out, report(s.Definition.WithDefaults(), asked.Environment)+findings(ctx, s, asked, w))
	return err
}

// findings is what AWS tells about a release of a service.
func findings(ctx context.Context, s definition.Service, asked Wish, w world) string {
	d, revision := s.Definition.WithDefaults(), asked.Revision
	if d.Service != asked.Service {
		revision = ""
	}
	return judged(ctx, s, w.judging) + buildRole(ctx, d, asked.Environment, w.account) + forecast(ctx, d, w.week) + changes(ctx, d, revision, w.stacks)
}

// passedOver warns of an environment that has no overlays and whose name is nearly that of an environment that has some.
func passedOver(root fs.FS, environment string) error {
	known, err := definition.Environments(root)
	if err != nil {
		return err
	}
	if near := typed.Suggest(environment, known); !slices.Contains(known, environment) && strings.HasPrefix(near, "did you mean") {
		return fmt.Errorf("%s has no folder %s, so this is planned without overlays; %s", definition.Folder, environment, near)
	}
	return nil
}
