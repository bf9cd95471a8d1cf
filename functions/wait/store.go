package wait

import (
	"context"
	"time"

	"sluice/shared/rollout"
)

// store is what wait does to the table; dynamo.Store implements it.
type store interface {
	Release(ctx context.Context, id string) (rollout.Release, error)
	Lease(ctx context.Context, target string) (rollout.Lease, error)
	Queued(ctx context.Context, target string, r rollout.Release) (rollout.Waiting, error)
	Await(ctx context.Context, release, token string, now time.Time) (rung bool, err error)
}
