package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"sluice/events"
	"sluice/shared/rollout"
)

// act is one release of the show.
type act struct {
	title   string
	request events.ReleaseRequest
	want    rollout.End
}

var acts = []act{
	{"A good version", events.ReleaseRequest{Service: service, Revision: "2", Commit: "5d41402a", Author: "ada", Reason: "faster checkout"}, rollout.Succeeded},
	{"A bad version", events.ReleaseRequest{Service: service, Revision: "3", Commit: "7b8b965a", Author: "linus", Reason: "new currency table"}, rollout.RolledBack},
}

// patience is how long a release of the show may take.
const patience = 3 * time.Minute

// play performs the acts; an end that differs is an error.
func play(ctx context.Context, w *world, s *show) error {
	for i, a := range acts {
		id, err := w.request(ctx, a.request)
		if err != nil {
			return fmt.Errorf("asking for a release: %w", err)
		}
		s.title(fmt.Sprintf("%s  %s is released: version %s of %s.", s.bold(fmt.Sprintf("%d.", i+1)), s.bold(a.title), a.request.Revision, service))
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
	seen := len(w.sandbox.SNS.Mailbox())
	for ctx.Err() == nil {
		open, err := w.store.Open(ctx)
		if err != nil {
			break
		}
		for _, r := range open {
			s.title(fmt.Sprintf("%s  Version %s of %s is released.", s.bold("▸"), r.Revision.Version, r.Service))
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

// request puts the event on Sluice's bus, as CI would, and finds the id of the release that comes of it.
func (w *world) request(ctx context.Context, r events.ReleaseRequest) (string, error) {
	detail, err := json.Marshal(r)
	if err != nil {
		return "", err
	}
	out, err := w.events.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{{
		EventBusName: aws.String(stack), Source: aws.String("ci"), DetailType: aws.String(events.ReleaseRequested), Detail: aws.String(string(detail)),
	}}})
	if err != nil {
		return "", err
	}
	return events.ReleaseID(r.Service, r.Revision, aws.ToString(out.Entries[0].EventId)), nil
}
