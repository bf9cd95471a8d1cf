// Sluice is the command line: it looks at releases, asks for them, and says what people say to them.
//
//	go install ./infra/sluice     # or, in a checkout: go run ./infra/sluice
//	sluice get checkout -w
//
// It uses the credentials and the Region of the AWS CLI (profiles, IAM Identity Center, AWS_ENDPOINT_URL), and whoever types has the rights
// that IAM gives them. In a checkout where make run is up, it finds that by itself.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"

	"sluice/infra/screen"
	"sluice/infra/session"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	folder, err := os.Getwd()
	if err != nil {
		folder = "."
	}
	d := desk{
		in: os.Stdin, asks: live(os.Stdin) && live(os.Stdout), out: os.Stdout, errs: os.Stderr, pen: pen(os.Stdout), live: live(os.Stdout), checkout: session.Checkout(folder),
		getenv: os.Getenv, now: time.Now, find: session.Find,
	}
	os.Exit(d.run(ctx, os.Args[1:]))
}

// A desk is where somebody types: what they see, and what is there.
type desk struct {
	in        io.Reader
	asks      bool // somebody sits at in
	out, errs io.Writer
	pen       screen.Pen
	live      bool   // out is a terminal on which a picture can be drawn again and again
	checkout  string // folder of the repository
	getenv    func(string) string
	now       func() time.Time
	find      func(ctx context.Context, environment, checkout string) (session.Engine, error)
}

// run carries out one command and says how it went.
func (d desk) run(ctx context.Context, words []string) (status int) {
	c := d.commands()
	c.SetArgs(words)
	err := c.ExecuteContext(ctx)
	if err == nil {
		return done
	}
	if said := explained(err); said != "" {
		fmt.Fprintln(d.errs, "sluice: "+said)
	}
	return statusOf(err)
}

// wide is how many columns lines have where nobody has a terminal.
const wide = 100

// pen writes in colour on a terminal whose user wants that (https://no-color.org).
func pen(f *os.File) screen.Pen {
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil || columns < 20 {
		return screen.Pen{Columns: wide}
	}
	return screen.Pen{Columns: columns, Color: live(f) && os.Getenv("NO_COLOR") == ""}
}

// live says whether what was drawn can be drawn over.
func live(f *os.File) bool { return term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" }
