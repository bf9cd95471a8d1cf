package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"sluice/events"
	"sluice/infra/screen"
	"sluice/shared/rollout"
	"sluice/test/sandbox/run/exhibit"
)

// act is one release of the show.
type act struct {
	kind   string // of change
	change exhibit.Change
	want   rollout.End
}

var acts = []act{
	{"good", exhibit.Change{Author: "ada", Message: "Faster checkout", Failing: 0}, rollout.Succeeded},
	{"bad", exhibit.Change{Author: "linus", Message: "New currency table", Failing: 35}, rollout.RolledBack},
}

const (
	patience = 3 * time.Minute // how long a release of the show may take
	silence  = time.Second     // a revision that answers nobody for that long is out
)

// perform is the show. Where people stay to play, what goes wrong in it is said, and only ctx ends it: they may have done it.
func perform(ctx context.Context, f *follower, demo bool) error {
	err := play(ctx, f)
	if err == nil || demo || ctx.Err() != nil {
		return err
	}
	f.show.say("\n  " + screen.Wrap("The show stops here, and everything stays up: "+err.Error(), columns-2, "  "))
	return nil
}

// play performs the acts; an end that differs is an error.
func play(ctx context.Context, f *follower) error {
	w, s := f.world, f.show
	for i, a := range acts {
		title := fmt.Sprintf("A %s %s", a.kind, w.production.Change)
		s.title(fmt.Sprintf("%s  %s %s by %s.", s.bold(fmt.Sprintf("%d.", i+1)), s.bold(title), w.production.Arrives, a.change.Author))
		id, err := w.bring(ctx, a.change, s)
		if err != nil {
			return err
		}
		end, err := f.until(ctx, id)
		if err != nil {
			return err
		}
		if end != a.want {
			return fmt.Errorf("%s ended %s, and should have ended %s; the functions wrote to %s", title, end, a.want, w.logs.Name())
		}
		if err := w.obeyed(ctx, f.all[id].frame.release); err != nil {
			return err
		}
	}
	return nil
}

// bring makes a change of the service, and is the id of its release.
func (w *world) bring(ctx context.Context, c exhibit.Change, s *show) (id string, err error) {
	r, err := w.performer.Bring(ctx, c)
	if err != nil {
		return "", err
	}
	said := "  $ " + r.Command
	if r.Said != "" {
		said += "\n" + s.paint("2", indent(r.Said))
	}
	s.say(said)
	if r.Commit != "" {
		return w.releaseOf(ctx, r.Commit)
	}
	wanted := events.ReleaseRequest{Service: service, Revision: r.Version, Author: c.Author, Reason: c.Message, Key: rand.Text()}
	return wanted.ID(""), w.request(ctx, wanted)
}

// obeyed waits until callers get what the record of a release says: answers of one revision alone.
func (w *world) obeyed(ctx context.Context, r rollout.Release) error {
	left := served{service, r.Stable}
	if r.End != rollout.Succeeded {
		left.revision = r.Revision.Version
	}
	for begun := time.Now(); ctx.Err() == nil; {
		before := w.traffic.served()[left].requests
		pause(ctx, silence)
		if w.traffic.served()[left].requests == before {
			return nil
		}
		if time.Since(begun) > patience {
			return fmt.Errorf("release %s ended %s, and after %v callers still get answers of %s", r.ID, r.End, patience, r.Names(left.revision))
		}
	}
	return ctx.Err()
}

// until follows everything until a release of the show has ended. Nobody has to be there for its question.
func (f *follower) until(ctx context.Context, id string) (rollout.End, error) {
	f.own = id
	defer func() { f.own = "" }()
	f.world.ear.note(id)
	g := &guide{}
	for begun := time.Now(); ; pause(ctx, 150*time.Millisecond) {
		f.look(ctx)
		f.all[id].act = true
		switch r := f.all[id].frame.release; {
		case ctx.Err() != nil:
			return "", ctx.Err()
		case r.End != "":
			return r.End, nil
		default:
			if err := g.look(f.world, r, f.show); err != nil {
				return "", err
			}
		}
		if time.Since(begun) > patience {
			return "", fmt.Errorf("release %s did not end within %v; the functions wrote to %s", id, patience, f.world.logs.Name())
		}
	}
}

// stay shows what the person at the keyboard brings about, until ctx ends. Nothing else ends it.
func stay(ctx context.Context, f *follower) error {
	for ctx.Err() == nil {
		f.look(ctx)
		pause(ctx, 250*time.Millisecond)
	}
	f.show.wipe()
	return ctx.Err()
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

// request asks for a release, as the person at the keyboard.
func (w *world) request(ctx context.Context, r events.ReleaseRequest) error {
	detail, err := json.Marshal(r)
	if err != nil {
		return err
	}
	out, err := w.events.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []ebtypes.PutEventsRequestEntry{{
		EventBusName: aws.String(stack), Source: aws.String("make-run"), DetailType: aws.String(events.ReleaseRequested), Detail: aws.String(string(detail)),
	}}})
	if err == nil && out.FailedEntryCount > 0 {
		err = errors.New(aws.ToString(out.Entries[0].ErrorMessage))
	}
	if err != nil {
		return fmt.Errorf("asking for a release of %s: %w", r.Service, err)
	}
	return nil
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  ")
}
