package gates

import (
	"context"
	"time"

	"sluice/shared/rollout"
	"sluice/shared/stepfunctions"
)

// store is what gates does to the table; dynamo.Store implements it.
type store interface {
	records
	queue
	waiting
	runs
	stepfunctions.Bell
	Freezes(ctx context.Context) ([]rollout.Frozen, error)
}

// records is what gates reads and writes of the records of releases.
type records interface {
	Gated(ctx context.Context, r rollout.Release, lines ...rollout.Line) (rollout.Release, error)
	Rejected(ctx context.Context, id string, why rollout.Rejection, line rollout.Line) error
	Release(ctx context.Context, id string) (rollout.Release, error)
}

// queue is what gates does to the queue of a target.
type queue interface {
	Leave(ctx context.Context, target string, r rollout.Release) (next string, err error)
	Queued(ctx context.Context, target string, r rollout.Release) (rollout.Waiting, error)
}

// waiting is what gates does to the record of a wait.
type waiting interface {
	LookAnew(ctx context.Context, release string, now time.Time) (waited bool, err error)
}

// runs is what gates keeps of its tests.
type runs interface {
	RunsFor(ctx context.Context, job, release string, now time.Time) error
}
