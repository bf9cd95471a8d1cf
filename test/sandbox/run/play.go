package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"sluice/shared/rollout"
)

// act is one release of the show.
type act struct {
	title  string
	change change
	want   rollout.End
}

var acts = []act{
	{"A good commit", change{author: "ada", message: "Faster checkout", failing: 0}, rollout.Succeeded},
	{"A bad commit", change{author: "linus", message: "New currency table", failing: 35}, rollout.RolledBack},
}

// patience is how long a release of the show may take.
const patience = 3 * time.Minute

// play performs the acts; an end that differs is an error.
func play(ctx context.Context, w *world, s *show) error {
	for i, a := range acts {
		s.title(fmt.Sprintf("%s  %s is pushed to main by %s.", s.bold(fmt.Sprintf("%d.", i+1)), s.bold(a.title), a.change.author))
		commit, said, err := w.code.push(ctx, a.change)
		if err != nil {
			return err
		}
		s.say(fmt.Sprintf("  $ git commit -am %q && git push\n%s", a.change.message, s.paint("2", indent(said))))
		id, err := w.releaseOf(ctx, commit)
		if err != nil {
			return err
		}
		r, err := w.watch(ctx, id, s, &guide{})
		if err != nil {
			return err
		}
		if r.End != a.want {
			return fmt.Errorf("%s ended %s, and should have ended %s; the functions wrote to %s", a.title, r.End, a.want, w.logs.Name())
		}
	}
	return nil
}

// stay shows what the person at the keyboard brings about, until ctx ends.
func stay(ctx context.Context, w *world, s *show) error {
	seen, shown := len(w.sandbox.SNS.Mailbox()), time.Now()
	for ctx.Err() == nil {
		recent, err := w.store.Recent(ctx, service, 10)
		if err != nil {
			break
		}
		for _, r := range slices.Backward(recent) {
			if !r.Created.After(shown) {
				continue
			}
			shown = r.Created
			s.title(fmt.Sprintf("%s  A release of %s: %s.", s.bold("▸"), r.Service, r.Revision))
			if _, err := w.watch(ctx, r.ID, s, nil); err != nil {
				return err
			}
		}
		mails := w.sandbox.SNS.Mailbox()
		for _, m := range mails[min(seen, len(mails)):] {
			s.mail(m)
		}
		seen = len(mails)
		pause(ctx, 250*time.Millisecond)
	}
	return ctx.Err()
}

// watch shows a release until it has ended. With a guide nobody has to be there for its question.
func (w *world) watch(ctx context.Context, id string, s *show, g *guide) (rollout.Release, error) {
	before := w.traffic.served()
	for begun := time.Now(); ; {
		f, err := w.frame(ctx, id, before)
		if ctx.Err() != nil {
			return f.release, ctx.Err()
		}
		if err != nil {
			return f.release, err
		}
		s.frame(f)
		if f.release.End != "" {
			s.end(f)
			return f.release, nil
		}
		if err := g.look(w, f.release, s); err != nil {
			return f.release, err
		}
		if time.Since(begun) > patience {
			return f.release, fmt.Errorf("release %s did not end within %v; the functions wrote to %s", id, patience, w.logs.Name())
		}
		pause(ctx, 150*time.Millisecond)
	}
}

// pause waits, or not when ctx has ended.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// releaseOf finds the release that a push makes.
func (w *world) releaseOf(ctx context.Context, commit string) (string, error) {
	for begun := time.Now(); time.Since(begun) < 20*time.Second; pause(ctx, 50*time.Millisecond) {
		open, err := w.store.Open(ctx)
		if err != nil {
			return "", err
		}
		for _, r := range open {
			if r.Revision.Commit == commit {
				return r.ID, nil
			}
		}
	}
	return "", fmt.Errorf("commit %s was pushed and nothing is released; the functions wrote to %s", commit, w.logs.Name())
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  ")
}
