package ask

import (
	"context"
	"time"

	"sluice/shared/rollout"
)

// store is what ask does to the table; dynamo.Store implements it.
type store interface {
	Asked(ctx context.Context, r rollout.Release, lines ...rollout.Line) error
	Release(ctx context.Context, id string) (rollout.Release, error)
	Standing(ctx context.Context, release string) (standing rollout.Standing, err error)
	Renew(ctx context.Context, l rollout.Lease) (rollout.Lease, error)
	Await(ctx context.Context, release, token string, now time.Time) (rung bool, err error)
}
