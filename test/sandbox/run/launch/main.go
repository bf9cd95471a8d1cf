// Command launch compiles what `make run` is made of, shows from the first second how far it is, and then becomes that program. It uses
// the standard library and what is as small, so that it is ready before anything big is compiled.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"sluice/test/sandbox/run/shows"
)

const source = "./test/sandbox/run"

// An order is what somebody wants to see.
type order struct {
	show       shows.Show
	everything bool
	rest       []string // arguments of the program
}

// read understands the arguments; what is for launch stands first.
func read(arguments []string) (o order, err error) {
	name := ""
	for len(arguments) > 0 {
		switch {
		case arguments[0] == "-everything":
			o.everything, arguments = true, arguments[1:]
			continue
		case arguments[0] == "-show" && len(arguments) > 1:
			name, arguments = arguments[1], arguments[2:]
			continue
		}
		break
	}
	o.show, err = shows.Named(name)
	o.rest = append([]string{"-show", o.show.Name}, arguments...)
	return o, err
}

func (o order) tags() string {
	if o.everything {
		return shows.Tags(o.show.Kind) + ",everything"
	}
	return shows.Tags(o.show.Kind)
}

// program is the file of the show's program; each show has its own, so that it is linked only when it has changed.
func (o order) program() string {
	if o.show.Name == shows.Alias {
		return ".sandbox/bin/run"
	}
	return ".sandbox/bin/run-" + o.show.Name
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := launch(ctx, os.Args[1:])
	interrupted := ctx.Err() != nil
	stop()
	switch {
	case err == nil:
	case interrupted:
		fmt.Println("\nStopped; nothing is left running.")
		os.Exit(130)
	default:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// launch compiles, and gives the rest of the arguments to what it has compiled.
func launch(ctx context.Context, arguments []string) error {
	o, err := read(arguments)
	if err != nil {
		return err
	}
	mains, err := mainsOf(o)
	if err != nil {
		return err
	}
	chosen, program := o.tags(), o.program()
	meter := newMeter(os.Stdout)
	if err := meter.measure(ctx, chosen, mains); err != nil {
		return err
	}
	if err := meter.run(ctx, append([]string{"list", "-export", "-v", "-tags", chosen, "-f", "{{.Name}}"}, mains...)); err != nil {
		return err
	}
	if err := meter.run(ctx, []string{"build", "-tags", chosen, "-o", program, source}); err != nil {
		return err
	}
	meter.wipe()
	if err := ctx.Err(); err != nil {
		return err
	}
	return syscall.Exec(program, append([]string{program}, o.rest...), os.Environ())
}

// mainsOf are the packages of all programs; the function scan calls nothing but what is there only with everything.
func mainsOf(o order) ([]string, error) {
	if _, err := exec.LookPath("go"); err != nil {
		return nil, errors.New("go is not on the PATH: install Go 1.26 or newer from https://go.dev/dl, then try again")
	}
	functions, err := filepath.Glob("functions/*/*/main.go")
	if err != nil || len(functions) == 0 {
		return nil, errors.New("this is not the root of the repository: run make run there")
	}
	mains := []string{source, source + "/checkout"}
	for _, f := range functions {
		if o.everything || !strings.Contains(f, "/scan/") {
			mains = append(mains, "./"+filepath.Dir(f))
		}
	}
	return mains, nil
}
