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
	"sluice/shared/dynamo"
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
		r, err := w.perform(ctx, a, i+1, s)
		if err != nil {
			return err
		}
		if r.End != a.want {
			return fmt.Errorf("the release of %s ended %s, and should have ended %s; the log of the functions is %s", a.title, r.End, a.want, w.logs.Name())
		}
	}
	return nil
}

func (w *world) perform(ctx context.Context, a act, number int, s *show) (rollout.Release, error) {
	before := w.traffic.served()
	id, err := w.request(ctx, a.request)
	if err != nil {
		return rollout.Release{}, fmt.Errorf("asking for a release: %w", err)
	}
	s.begin(number, a, id)
	ctx, cancel := context.WithTimeoutCause(ctx, patience, fmt.Errorf("the release of version %s did not end within %v", a.request.Revision, patience))
	defer cancel()
	ticks := time.NewTicker(150 * time.Millisecond)
	defer ticks.Stop()
	for {
		f, err := w.frame(ctx, id, before)
		if err != nil && ctx.Err() == nil {
			return f.release, err
		}
		s.frame(f)
		if f.release.End != "" {
			s.end(f)
			return f.release, nil
		}
		select {
		case <-ctx.Done():
			return f.release, context.Cause(ctx)
		case <-ticks.C:
		}
	}
}

// frame is one look at a release and what serves.
type frame struct {
	release rollout.Release
	lease   rollout.Lease
	path    []string
	served  map[string]tally // since the release was asked for
	at      time.Time
}

func (w *world) frame(ctx context.Context, id string, before map[string]tally) (frame, error) {
	f := frame{at: time.Now(), served: map[string]tally{}}
	var err error
	if f.release, err = w.store.Release(ctx, id); dynamo.IsNotFound(err) {
		return f, nil // trigger has not written it yet
	}
	if err != nil {
		return f, err
	}
	if target := f.release.Definition.Target.ID(); target != "" {
		if f.lease, err = w.store.Lease(ctx, target); err != nil {
			return f, err
		}
	}
	f.path = w.sandbox.StepFunctions.Path(f.release.Execution)
	for version, now := range w.traffic.served() {
		f.served[version] = tally{now.requests - before[version].requests, now.errors - before[version].errors}
	}
	return f, nil
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
