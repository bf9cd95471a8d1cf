package sweep

import (
	"context"

	"sluice/shared/dynamo"
	"sluice/shared/rollout"
	"sluice/shared/stepfunctions"
)

// store is what sweep does to the table; dynamo.Store implements it.
type store interface {
	stepfunctions.Registry
	Closed(ctx context.Context, r rollout.Release) error
	Ended(ctx context.Context, r rollout.Release, lines ...rollout.Line) error
	Open(ctx context.Context) ([]rollout.Release, error)
	Release(ctx context.Context, id string) (rollout.Release, error)
	WatchList(ctx context.Context) ([]dynamo.Listed, error)
}
