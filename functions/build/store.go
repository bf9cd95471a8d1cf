package build

import (
	"context"
	"time"

	"sluice/shared/rollout"
)

// store is what build does to the table; dynamo.Store implements it.
type store interface {
	records
	leases
	waiting
	jobs
}

// records is what build reads and writes of the records of releases.
type records interface {
	Building(ctx context.Context, r rollout.Release, lines ...rollout.Line) error
	Built(ctx context.Context, r rollout.Release, line rollout.Line) error
	Rejected(ctx context.Context, id string, why rollout.Rejection, line rollout.Line) error
	Release(ctx context.Context, id string) (rollout.Release, error)
	ToldOfBuild(ctx context.Context, id string) error
}

// leases is what build asks of leases.
type leases interface {
	Lease(ctx context.Context, target string) (rollout.Lease, error)
}

// waiting is what build does to the record of a wait.
type waiting interface {
	Await(ctx context.Context, release, token string, now time.Time) (rung bool, err error)
}

// jobs is what build keeps of builds and tests.
type jobs interface {
	RunsFor(ctx context.Context, job, release string, now time.Time) error
}
