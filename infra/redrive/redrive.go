// Package redrive shows the events that a function of Sluice could not handle, hands them to it again, or removes them. It may be stopped
// at any time: no event is lost.
package redrive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"sluice/infra/deadletter"
	"sluice/infra/session"
	"sluice/infra/typed"
	"sluice/shared/kind"
)

// A Wish is what a person asks for.
type Wish struct {
	Function         string
	Show, Send, Drop string // ids or their beginnings; all
}

// Run does what a person asks for. root is the repository, which knows the functions; open is asked for AWS.
func Run(ctx context.Context, w Wish, open func(context.Context) (session.Engine, error), root fs.FS, now func() time.Time, out io.Writer) error {
	if w.Function == "" {
		return errors.New("no function is named; write sluice redrive guard, and --show, --send or --drop with an id or all")
	}
	if err := errors.Join(w.problem(), w.known(root)); err != nil {
		return err
	}
	e, err := open(ctx)
	if err != nil {
		return err
	}
	q, err := deadletter.Open(ctx, e.AWS, e.Environment, w.Function)
	if errors.Is(err, deadletter.ErrNoQueue) {
		return fmt.Errorf("%w in %s: is %q a function that events wake (docs/architecture.md lists them), %q the environment, and the Region the right one?", err, e.AWS.Region, w.Function, e.Environment)
	}
	if err != nil {
		return err
	}
	switch {
	case w.Show != "":
		return show(ctx, q, w.Show, out)
	case w.Send != "":
		return send(ctx, q, w.Send, out)
	case w.Drop != "":
		return drop(ctx, q, w.Drop, out)
	}
	return list(ctx, q, now(), out)
}

// known compares the names with those of the functions in this checkout.
func (w Wish) known(root fs.FS) error {
	folders, err := fs.Glob(root, "functions/*/lambda")
	if err != nil {
		return fmt.Errorf("listing the functions: %w", err)
	}
	var names, first []string
	for _, f := range folders {
		function := path.Base(path.Dir(f))
		names, first = append(names, ofKinds(function)...), append(first, function)
	}
	if len(names) == 0 || slices.Contains(names, w.Function) {
		return nil
	}
	near := typed.Suggest(w.Function, names)
	if !strings.HasPrefix(near, "did you mean") {
		near = typed.Suggest(w.Function, first) + "; for other kinds of target, those that touch them end with " + strings.Join(endings(), ", ")
	}
	return fmt.Errorf("there is no function %q; %s", w.Function, near)
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

func (w Wish) problem() error {
	wishes := 0
	for _, id := range []string{w.Show, w.Send, w.Drop} {
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
