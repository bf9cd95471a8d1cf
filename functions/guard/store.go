package guard

import (
	"context"
	"time"

	"sluice/shared/dynamo"
	"sluice/shared/rollout"
	"sluice/shared/stepfunctions"
)

// store is what guard does to the table; dynamo.Store implements it.
type store interface {
	records
	leases
	guards
	stepfunctions.Bell
	stepfunctions.Registry
}

// records is what guard reads and writes of the records of releases.
type records interface {
	Note(ctx context.Context, id string, lines ...rollout.Line) error
	Release(ctx context.Context, id string) (rollout.Release, error)
}

// leases is what guard does to leases.
type leases interface {
	Hold(ctx context.Context, l rollout.Lease, alarm string, since, until time.Time) error
	Lease(ctx context.Context, target string) (rollout.Lease, error)
	RaiseByAlarm(ctx context.Context, target, alarm string, changed, now time.Time, f rollout.Fence) (rollout.Lease, error)
	Rearm(ctx context.Context, l rollout.Lease, alarm string) (rollout.Lease, error)
	Returning(ctx context.Context, l rollout.Lease) error
	Returned(ctx context.Context, l rollout.Lease, by string) error
	Tenure(l rollout.Lease) dynamo.Tenure
}

// guards is what guard asks about what an alarm guards.
type guards interface {
	Guarded(ctx context.Context, alarm, prefix string) ([]string, error)
}
