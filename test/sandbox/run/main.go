// Command run is AWS and Sluice on this machine: `make run` and `make demo`.
//
// It boots the sandbox from the golden template with the compiled handlers, deploys a demo service with real traffic,
// releases a good version and then a bad one, and shows what happens. Nothing leaves 127.0.0.1, and nothing is left
// running.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"
)

type options struct {
	port  int
	demo  bool
	plain bool
}

func main() {
	var o options
	flag.IntVar(&o.port, "port", 4566, "port of 127.0.0.1 on which the AWS APIs are served")
	flag.BoolVar(&o.demo, "demo", false, "end after the two releases; exit with 1 when one ended differently than it should")
	flag.BoolVar(&o.plain, "plain", false, "print lines even on a terminal")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	err := run(ctx, o)
	switch {
	case err == nil:
	case errors.Is(err, context.Canceled):
		fmt.Println("\nStopped; nothing is left running.")
	default:
		fmt.Fprintln(os.Stderr, "\n"+err.Error())
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	show := newShow(os.Stdout, !o.plain && term.IsTerminal(int(os.Stdout.Fd())))
	begun := time.Now()
	show.say("Compiling the handlers and the demo service ...")
	built, err := compile(ctx)
	if err != nil {
		return err
	}
	defer built.remove()
	s, err := stage(ctx, o.port, built)
	if err != nil {
		return err
	}
	defer s.close()
	show.say(fmt.Sprintf("AWS is up on %s with Sluice deployed from infra/testdata/golden.template.json (%.1f s).", s.endpoint, time.Since(begun).Seconds()))
	if err := play(ctx, s, show); err != nil {
		return err
	}
	if o.demo {
		return nil
	}
	show.hints(s)
	<-ctx.Done()
	return ctx.Err()
}
