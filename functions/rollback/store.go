package rollback

import (
	"context"
	"time"

	"sluice/shared/dynamo"
	"sluice/shared/rollout"
)

// store is what rollback does to the table; dynamo.Store implements it.
type store interface {
	records
	leases
	waiting
}

// records is what rollback reads and writes of the records of releases.
type records interface {
	GoesBack(ctx context.Context, r rollout.Release, line rollout.Line) error
	Standing(ctx context.Context, release string) (standing rollout.Standing, err error)
	WentBack(ctx context.Context, r rollout.Release) error
}

// leases is what rollback does to leases.
type leases interface {
	Raise(ctx context.Context, target, owner string, epoch int, f rollout.Fence) (rollout.Lease, error)
	Returning(ctx context.Context, l rollout.Lease) error
	Returned(ctx context.Context, l rollout.Lease, by string) error
	Tenure(l rollout.Lease) dynamo.Tenure
}

// waiting is what rollback does to the record of a wait.
type waiting interface {
	Await(ctx context.Context, release, token string, now time.Time) (rung bool, err error)
}
