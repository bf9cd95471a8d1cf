// Package eventbridge tells the world about releases.
package eventbridge

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"sluice/events"
)

type api interface {
	PutEvents(context.Context, *eventbridge.PutEventsInput, ...func(*eventbridge.Options)) (*eventbridge.PutEventsOutput, error)
}

// Bus is Sluice's event bus.
type Bus struct {
	events api
	name   string
}

// New opens the bus of that name.
func New(cfg aws.Config, name string) *Bus {
	return &Bus{events: eventbridge.NewFromConfig(cfg), name: name}
}

// Tell sends one event about a release.
func (b *Bus) Tell(ctx context.Context, detailType string, detail events.Release) error {
	return b.put(ctx, events.Source, detailType, detail, &detail.At)
}

// Put sends one event.
func (b *Bus) Put(ctx context.Context, detailType string, detail any) error {
	return b.put(ctx, events.Source, detailType, detail, nil)
}

// Ask asks for a release as somebody else would, by the source of events that the asker has.
func (b *Bus) Ask(ctx context.Context, source string, r events.ReleaseRequest) error {
	return b.put(ctx, source, events.ReleaseRequested, r, nil)
}

// put sends one event. It looks at the answer for the entry, because PutEvents answers 200 even when it did not take an entry
// (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html).
func (b *Bus) put(ctx context.Context, source, detailType string, detail any, at *time.Time) error {
	body, err := json.Marshal(detail)
	if err != nil {
		return fmt.Errorf("encoding %s: %w", detailType, err)
	}
	out, err := b.events.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{{
		EventBusName: &b.name, Source: &source, DetailType: &detailType,
		Detail: aws.String(string(body)), Time: at,
	}}})
	if err != nil {
		return fmt.Errorf("sending %s: %w", detailType, err)
	}
	if out.FailedEntryCount > 0 {
		return fmt.Errorf("sending %s: the bus answered %s: %s", detailType, aws.ToString(out.Entries[0].ErrorCode), aws.ToString(out.Entries[0].ErrorMessage))
	}
	return nil
}
