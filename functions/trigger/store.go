package trigger

import (
	"context"
	"time"

	"sluice/shared/rollout"
	"sluice/shared/stepfunctions"
)

// store is what trigger does to the table; dynamo.Store implements it.
type store interface {
	stepfunctions.Bell
	Create(ctx context.Context, r rollout.Release) error
	Displaced(ctx context.Context, id string, f rollout.Fence, line rollout.Line) error
	Release(ctx context.Context, id string) (rollout.Release, error)
	Newest(ctx context.Context, service, release string, at time.Time) (older, newer string, err error)
}
