package plan

import (
	"context"
	"time"

	"sluice/shared/rollout"
)

// store is what plan does to the table; dynamo.Store implements it.
type store interface {
	records
	leases
	waiting
}

// records is what plan reads and writes of the records of releases.
type records interface {
	Building(ctx context.Context, r rollout.Release, lines ...rollout.Line) error
	Note(ctx context.Context, release string, lines ...rollout.Line) error
	Carries(ctx context.Context, r rollout.Release, lines ...rollout.Line) error
	Built(ctx context.Context, r rollout.Release, line rollout.Line) error
	Planned(ctx context.Context, r rollout.Release, line rollout.Line) error
	Previewed(ctx context.Context, r rollout.Release, lines ...rollout.Line) error
	Rejected(ctx context.Context, id string, why rollout.Rejection, line rollout.Line) error
	Release(ctx context.Context, id string) (rollout.Release, error)
	Served(ctx context.Context, id string, line rollout.Line) error
}

// leases is what plan does to leases.
type leases interface {
	Lease(ctx context.Context, target string) (rollout.Lease, error)
}

// waiting is what plan does to the record of a wait.
type waiting interface {
	LookAnew(ctx context.Context, release string, now time.Time) (waited bool, err error)
}
