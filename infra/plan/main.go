// Plan prints what a release of a service would do, without touching anything: its steps and times, what guards it, and what it costs.
// It reads the definitions, and needs neither AWS nor the CDK. With credentials it also says what the role of the service's build may do,
// whether the guard's alarms can act in time, and what judging would do with last week's traffic.
//
//	go run ./infra/plan [-environment staging] checkout
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"sluice/infra/definition"
	"sluice/infra/typed"
)

func main() {
	if err := run(context.Background(), os.Args[1:], ".", os.Stdout, os.Stderr, world{openAccount, presentAlarms, lastWeek}); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
}

// A world is what a plan reads besides the definitions. Each part returns an error when there are no credentials to read with.
type world struct {
	account func(context.Context) (account, error)
	alarms  levels
	week    weekly
}

func run(ctx context.Context, arguments []string, root string, out, complaints io.Writer, w world) error {
	flags := flag.NewFlagSet("plan", flag.ContinueOnError)
	flags.SetOutput(complaints)
	environment := flags.String("environment", "production", "whose overlays hold")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if err := errors.Join(typed.Environment(*environment), typed.One(flags.Args(), "the service")); err != nil {
		return err
	}
	services, err := definition.Load(os.DirFS(root), *environment)
	if err != nil {
		return err
	}
	names := definition.Names(services)
	if flags.Arg(0) == "" {
		return fmt.Errorf("no service is named; write make plan SERVICE=<one of %s>", strings.Join(names, ", "))
	}
	if err := passedOver(os.DirFS(root), *environment); err != nil {
		fmt.Fprintln(complaints, err)
	}
	for _, s := range services {
		if s.Definition.Service == flags.Arg(0) {
			d := s.Definition.WithDefaults()
			_, err := io.WriteString(out, report(d, *environment)+guarded(ctx, d, w.alarms)+buildRole(ctx, d, *environment, w.account)+forecast(ctx, d, w.week))
			return err
		}
	}
	return fmt.Errorf("there is no service %q in %s; %s", flags.Arg(0), definition.Folder, typed.Suggest(flags.Arg(0), names))
}

// passedOver warns of an environment that has no overlays and whose name is nearly that of an environment that has some.
func passedOver(root fs.FS, environment string) error {
	entries, err := fs.ReadDir(root, definition.Folder)
	if err != nil {
		return fmt.Errorf("reading definitions: %w", err)
	}
	known := []string{"production"}
	for _, e := range entries {
		if e.IsDir() {
			known = append(known, e.Name())
		}
	}
	if near := typed.Suggest(environment, known); !slices.Contains(known, environment) && strings.HasPrefix(near, "did you mean") {
		return fmt.Errorf("%s has no folder %s, so this is planned without overlays; %s", definition.Folder, environment, near)
	}
	return nil
}
