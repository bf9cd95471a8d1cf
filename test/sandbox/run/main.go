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
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"

	"sluice/infra/typed"
	"sluice/test/sandbox/run/shows"
)

type options struct {
	port  int
	demo  bool
	plain bool
	keep  string // the folder in which the demo's repository outlives the run; empty: it does not
	show  string // the name of the show

	service string // that is shown
	code    string // the folder of its code, if it is not services/<service>
}

// own says whether the person at the keyboard wants to see a service other than the demo's.
func (o options) own() bool { return o.service != service }

func main() {
	if asTool(os.Args) {
		return
	}
	o, err := read(os.Args[1:], os.Stderr)
	if err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	err = run(ctx, o, newShow(os.Stdout, !o.plain && term.IsTerminal(int(os.Stdout.Fd()))))
	switch {
	case err == nil:
	case errors.Is(err, context.Canceled):
		fmt.Println("\nStopped; nothing is left running.")
		if o.demo { // it was not seen to the end
			os.Exit(130)
		}
	default:
		fmt.Fprintln(os.Stderr, "\n"+err.Error())
		os.Exit(1)
	}
}

// read understands the command line.
func read(arguments []string, complaints io.Writer) (o options, err error) {
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	flags.SetOutput(complaints)
	port := flags.String("port", "4566", "port of 127.0.0.1 on which the AWS APIs are served; 0 takes a free one")
	flags.BoolVar(&o.demo, "demo", false, "end after the two releases; exit with 1 when one ended differently than it should")
	flags.StringVar(&o.keep, "keep", "", "folder in which the demo's repository is kept for the next run; default: it is not kept")
	flags.StringVar(&o.show, "show", shows.Alias, "which kind of target the show is about")
	flags.StringVar(&o.service, "service", service, "service to show, which infra/services defines; its code is in services/<service>")
	flags.StringVar(&o.code, "code", "", "folder of the service's code, if it is elsewhere")
	flags.BoolVar(&o.plain, "plain", false, "print lines even on a terminal")
	if err := flags.Parse(arguments); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("%q was not expected: make run takes PORT, SHOW, SERVICE and CODE, and make demo PORT and SHOW (PORT=4600 make run)", flags.Arg(0))
	}
	if o.service == "" {
		o.service = service
	}
	if o.show == "" {
		o.show = shows.Alias
	}
	if o.own() && o.show != shows.Alias {
		return o, fmt.Errorf("SHOW=%s shows a service of its own: SERVICE=%s make run shows yours", o.show, o.service)
	}
	if o.demo && o.own() {
		return o, fmt.Errorf("make demo shows %s alone: SERVICE=%s make run shows yours", service, o.service)
	}
	if o.code != "" && !o.own() {
		return o, fmt.Errorf("CODE=%s is the code of a service of yours: name it, too: CODE=%[1]s SERVICE=catalog make run", o.code)
	}
	o.port, err = typed.Port(*port)
	return o, err
}

func run(ctx context.Context, o options, s *show) error {
	p, err := produce(o.show)
	if err != nil {
		return err
	}
	return produced(ctx, o, s, p)
}

// produced is the run of one show.
func produced(ctx context.Context, o options, s *show, p production) error {
	begun := time.Now()
	port, err := free(o.port)
	if err == nil {
		err = o.ready()
	}
	if err != nil { // said before the compiler takes a minute
		return err
	}
	built, err := compile(ctx, s, o, p)
	if err != nil {
		return err
	}
	defer built.remove()
	home := place{folder: built.demo}
	if o.keep != "" && !o.own() && p.Name == shows.Alias {
		if home, err = claim(o.keep); err != nil {
			return err
		}
	}
	defer home.leave()
	w, err := stage(ctx, port, built, home, p)
	if err != nil {
		return err
	}
	defer w.close()
	if !o.own() {
		if err := w.open(ctx, p, built, home); err != nil {
			return fmt.Errorf("deploying the demo service: %w", err)
		}
	}
	s.say(fmt.Sprintf("AWS is up on %s, and Sluice is deployed in it (%.1f s).", w.endpoint, time.Since(begun).Seconds()))
	f := newFollower(w, s)
	if o.demo {
		return perform(ctx, f, true)
	}
	return w.play(ctx, f, o)
}

// play is a run that stays up.
func (w *world) play(ctx context.Context, f *follower, o options) error {
	if w.code != nil || o.own() { // other shows have definitions of their own
		defer newKeeper(w, o).start(ctx)()
	}
	if o.own() {
		ownHints(f.show, w, o.service)
		return stay(ctx, f)
	}
	if w.code != nil && w.code.kept {
		f.show.say(w.code.greeting(ctx))
	}
	if err := perform(ctx, f, false); err != nil {
		return err
	}
	if w.code != nil {
		hints(f.show, w, w.code.catchUp(ctx))
	} else {
		showHints(f.show, w)
	}
	return stay(ctx, f)
}

// ready says what is missing of a service that the person at the keyboard wants to see.
func (o options) ready() error {
	if !o.own() {
		return nil
	}
	if err := wanted(o.service); err != nil {
		return err
	}
	_, err := codeOf(o.service, o.code).language()
	return err
}
