package shift

import (
	"context"
	"time"

	"sluice/shared/rollout"
)

// store is what shift does to the table; dynamo.Store implements it.
type store interface {
	records
	leases
	waiting
	Freezes(ctx context.Context) ([]rollout.Frozen, error)
}

// records is what shift reads and writes of the records of releases.
type records interface {
	Froze(ctx context.Context, id string, f rollout.Frozen, line rollout.Line) error
	Note(ctx context.Context, id string, lines ...rollout.Line) error
	Previewed(ctx context.Context, r rollout.Release, lines ...rollout.Line) error
	Shifted(ctx context.Context, r rollout.Release, line rollout.Line) error
	Standing(ctx context.Context, release string) (standing rollout.Standing, err error)
}

// leases is what shift does to leases.
type leases interface {
	Moved(ctx context.Context, l rollout.Lease) (rollout.Lease, error)
	Raise(ctx context.Context, target, owner string, epoch int, f rollout.Fence) (rollout.Lease, error)
	Permit(ctx context.Context, l rollout.Lease, now time.Time) (rollout.Lease, error)
	Renew(ctx context.Context, l rollout.Lease) (rollout.Lease, error)
}

// waiting is what shift does to the record of a wait.
type waiting interface {
	Await(ctx context.Context, release, token string, now time.Time) (rung bool, err error)
}
