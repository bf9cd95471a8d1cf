// Redrive shows the events that a function of Sluice could not handle, hands them to it again, or removes them.
//
//	go run ./infra/redrive [-environment staging] guard              lists them
//	go run ./infra/redrive guard -show 1f0c2b3a                      shows one whole
//	go run ./infra/redrive guard -send all                           hands all to the function again; those that it handles are removed
//	go run ./infra/redrive guard -drop 1f0c2b3a                      removes one for good
//
// It needs the credentials and the region of the AWS CLI, and may be stopped at any time: no event is lost.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"sluice/infra/deadletter"
	"sluice/infra/session"
	"sluice/infra/typed"
	"sluice/shared/kind"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, session.Open, os.DirFS("."), os.Args[1:], time.Now, os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
}

// A wish is what a person asks for.
type wish struct {
	environment, function string
	show, send, drop      string // ids or their beginnings; all
}

func run(ctx context.Context, open func(context.Context) (aws.Config, error), root fs.FS, arguments []string, now func() time.Time, out, complaints io.Writer) error {
	w, err := read(arguments, complaints)
	if err != nil {
		return err
	}
	if err := w.known(root); err != nil {
		return err
	}
	cfg, err := open(ctx)
	if err != nil {
		return err
	}
	q, err := deadletter.Open(ctx, cfg, w.environment, w.function)
	if errors.Is(err, deadletter.ErrNoQueue) {
		return fmt.Errorf("%w in %s: is %q a function that events wake (docs/architecture.md lists them), %q the environment, and the Region the right one?", err, cfg.Region, w.function, w.environment)
	}
	if err != nil {
		return err
	}
	switch {
	case w.show != "":
		return show(ctx, q, w.show, out)
	case w.send != "":
		return send(ctx, q, w.send, out)
	case w.drop != "":
		return drop(ctx, q, w.drop, out)
	}
	return list(ctx, q, now(), out)
}

// read understands the command line; flags may stand before the function's name and after it.
func read(arguments []string, complaints io.Writer) (wish, error) {
	var w wish
	flags := flag.NewFlagSet("redrive", flag.ContinueOnError)
	flags.SetOutput(complaints)
	flags.StringVar(&w.environment, "environment", "production", "whose queues are meant")
	flags.StringVar(&w.show, "show", "", "show the event with this id whole (the beginning of the id is enough)")
	flags.StringVar(&w.send, "send", "", "hand this event to its function again; all for every one of them")
	flags.StringVar(&w.drop, "drop", "", "remove this event for good; all for every one of them")
	if err := flags.Parse(arguments); err != nil {
		return w, err
	}
	w.function = flags.Arg(0)
	if flags.NArg() > 1 {
		if err := flags.Parse(flags.Args()[1:]); err != nil {
			return w, err
		}
		if flags.NArg() > 0 {
			return w, fmt.Errorf("%q was not expected: name one function, then what to do with its events (-help)", flags.Arg(0))
		}
	}
	if w.function == "" {
		return w, errors.New("no function is named; write make redrive FUNCTION=guard, and SHOW=, SEND= or DROP= with an id or all")
	}
	return w, w.problem()
}

// known compares the names with those of the functions in this checkout.
func (w wish) known(root fs.FS) error {
	if err := typed.Environment(w.environment); err != nil {
		return err
	}
	folders, err := fs.Glob(root, "functions/*/lambda")
	if err != nil {
		return fmt.Errorf("listing the functions: %w", err)
	}
	var names, first []string
	for _, f := range folders {
		function := path.Base(path.Dir(f))
		names, first = append(names, ofKinds(function)...), append(first, function)
	}
	if len(names) == 0 || slices.Contains(names, w.function) {
		return nil
	}
	near := typed.Suggest(w.function, names)
	if !strings.HasPrefix(near, "did you mean") {
		near = typed.Suggest(w.function, first) + "; for other kinds of target, those that touch them end with " + strings.Join(endings(), ", ")
	}
	return fmt.Errorf("there is no function %q; %s", w.function, near)
}

// endings are those of the names of functions for kinds of target other than the first.
func endings() (all []string) {
	for _, f := range kind.All() {
		if !f.SandboxOnly && f.Suffix != "" {
			all = append(all, f.Suffix)
		}
	}
	return all
}

// ofKinds are a function's names: one for each kind of target that AWS has, if it touches targets.
func ofKinds(function string) []string {
	var names []string
	for _, f := range kind.All() {
		if !f.SandboxOnly {
			names = append(names, f.Function(function))
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(names)))
}

// enough is how many characters of an id the list shows. A shorter beginning could fit other events, too.
const enough = 8

func (w wish) problem() error {
	wishes := 0
	for _, id := range []string{w.show, w.send, w.drop} {
		if id != "" {
			wishes++
		}
		if id != "" && id != all && len(id) < enough {
			return fmt.Errorf("%q is too short for an id: write the %d characters of the list, or all", id, enough)
		}
	}
	if wishes > 1 {
		return errors.New("choose one of show, send and drop")
	}
	return nil
}
