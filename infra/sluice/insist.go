package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"sluice/events"
	"sluice/shared/lambda"
	"sluice/shared/rollout"
)

// away is an error that passes by itself: nobody answered, or with an error of theirs.
type away struct{ error }

func (a *away) Unwrap() error { return a.error }

// How long a release is asked for while nobody answers, and from one time to the next.
const (
	insisting = 2 * time.Minute
	again     = 2 * time.Second
)

// insist asks for a release until Sluice answers. The request has a key, so it makes one release however often it arrives. Where an engine has no
// addresses, it is asked by an event, which nobody answers: the record tells.
func (d desk) insist(ctx context.Context, e engine, r events.ReleaseRequest) (events.Outcome, error) {
	for begun := d.now(); ; {
		out, err := e.order(ctx, events.Order{Do: events.Ask, Request: &r}, d.now())
		var passes *away
		switch {
		case lambda.IsNoAddress(err):
			r.Requester = "ci"
			out = events.Outcome{Release: r.ID(""), Heard: events.Heard{Done: true, Says: fmt.Sprintf("%s of %s was asked for, by an event.", r.Revision, r.Service)}}
			return out, e.put(ctx, events.ReleaseRequested, r)
		case !errors.As(err, &passes) || d.now().Sub(begun) > insisting:
			return out, err
		}
		select {
		case <-ctx.Done():
			return out, err
		case <-time.After(again):
		}
	}
}

// put sends an event to the bus of the engine, as programs do. PutEvents answers 200 even for an entry that it did not take.
func (e engine) put(ctx context.Context, detailType string, detail any) error {
	text, err := json.Marshal(detail)
	if err != nil {
		return fmt.Errorf("encoding %s: %w", detailType, err)
	}
	bus, source := e.Name(), "ci"
	out, err := eventbridge.NewFromConfig(e.AWS).PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{
		{EventBusName: &bus, Source: &source, DetailType: &detailType, Detail: aws.String(string(text))},
	}})
	if err != nil {
		return fmt.Errorf("sending %s to the bus %s: %w", detailType, bus, err)
	}
	if out.FailedEntryCount > 0 {
		return fmt.Errorf("the bus %s did not take %s: %s", bus, detailType, aws.ToString(out.Entries[0].ErrorMessage))
	}
	return nil
}

// parting is how long a command that was cancelled still takes to stop its release.
const parting = 20 * time.Second

// cancel stops a release because the command that asked for it was cancelled.
func (d desk) cancel(e engine, id string) error {
	ctx, stop := context.WithTimeout(context.Background(), parting)
	defer stop()
	const reason = "the job was cancelled"
	out, err := e.order(ctx, events.Order{Do: events.Abort, Release: id, Comment: reason}, d.now())
	if lambda.IsNoAddress(err) {
		out.Says, err = "it was asked to stop, by an event.", e.put(ctx, events.AbortRequested, events.ControlRequest{Release: id, By: "ci", Reason: reason})
	}
	if err != nil {
		return &failure{noEnd, fmt.Errorf("%s could NOT be asked to stop, and goes on: stop it by hand (sluice abort %[1]s -e %s): %w", id, e.Environment, err)}
	}
	return &failure{noEnd, fmt.Errorf("%s: %s", id, out.Says)}
}

// result appends what came of a release to a file, in lines that jobs of GitHub ($GITHUB_OUTPUT), GitLab (a dotenv report) and Jenkins read.
func (d desk) result(e engine, file string, out events.Outcome) error {
	r, err := e.store.Release(context.Background(), out.Release)
	if err != nil { // who may not read it knows its id at least
		r = rollout.Release{Page: out.Page}
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("writing the result: %w", err)
	}
	_, err = fmt.Fprintf(f, "release=%s\nend=%s\nurl=%s\n", out.Release, r.End, r.Page)
	return errors.Join(err, f.Close())
}
