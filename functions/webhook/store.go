package webhook

import (
	"context"
	"time"

	"sluice/events"
)

// store is what webhook does to the table; dynamo.Store implements it.
type store interface {
	Delivered(ctx context.Context, name string) (bool, error)
	KeepDelivery(ctx context.Context, name string, timed bool, now time.Time) error
	KeepPush(ctx context.Context, name string, p events.Push, now time.Time) error
	Push(ctx context.Context, name string) (events.Push, error)
}
