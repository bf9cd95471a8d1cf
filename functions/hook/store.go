package hook

import (
	"context"
	"time"

	"sluice/shared/rollout"
)

// store is what hook does to the table; dynamo.Store implements it.
type store interface {
	records
	waiting
	Freezes(ctx context.Context) ([]rollout.Frozen, error)
	Renew(ctx context.Context, l rollout.Lease) (rollout.Lease, error)
	RunsFor(ctx context.Context, job, release string, now time.Time) error
}

// records is what hook reads and writes of the records of releases.
type records interface {
	Hooked(ctx context.Context, r rollout.Release, lines ...rollout.Line) error
	Release(ctx context.Context, id string) (rollout.Release, error)
	Standing(ctx context.Context, release string) (standing rollout.Standing, err error)
}

// waiting is what hook does to the record of a wait.
type waiting interface {
	Await(ctx context.Context, release, token string, now time.Time) (rung bool, err error)
	LookAnew(ctx context.Context, release string, now time.Time) (waited bool, err error)
}
