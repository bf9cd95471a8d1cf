// Command launch compiles what `make run` is made of, shows from the first second how far it is, and then becomes that program. It uses
// the standard library alone, so that it is ready before anything big is compiled.
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
)

const (
	program = ".sandbox/bin/run"
	source  = "./test/sandbox/run"
	tags    = "lambda.norpc,one,lambdaAlias" // as the show has them, and for everything:
	allTags = tags + ",everything"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := launch(ctx, os.Args[1:])
	stop()
	switch {
	case err == nil:
	case ctx.Err() != nil:
		fmt.Println("\nStopped; nothing is left running.")
		os.Exit(130)
	default:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// launch compiles, and gives the rest of the arguments to what it has compiled. The first may be -everything.
func launch(ctx context.Context, arguments []string) error {
	chosen := tags
	if len(arguments) > 0 && arguments[0] == "-everything" {
		chosen, arguments = allTags, arguments[1:]
	}
	mains, err := mainsOf(chosen)
	if err != nil {
		return err
	}
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
	return syscall.Exec(program, append([]string{program}, arguments...), os.Environ())
}

// mainsOf are the packages of all programs; the function scan calls nothing but what is there only with everything.
func mainsOf(chosen string) ([]string, error) {
	if _, err := exec.LookPath("go"); err != nil {
		return nil, errors.New("go is not on the PATH: install Go 1.26 or newer from https://go.dev/dl, then try again")
	}
	functions, err := filepath.Glob("functions/*/*/main.go")
	if err != nil || len(functions) == 0 {
		return nil, errors.New("this is not the root of the repository: run make run there")
	}
	mains := []string{source, source + "/checkout"}
	for _, f := range functions {
		if chosen == allTags || !strings.Contains(f, "/scan/") {
			mains = append(mains, "./"+filepath.Dir(f))
		}
	}
	return mains, nil
}
