package decide

import (
	"context"
	"time"

	"sluice/shared/rollout"
	"sluice/shared/stepfunctions"
)

// store is what decide does to the table; dynamo.Store implements it.
type store interface {
	records
	leases
	freezes
	stepfunctions.Bell
	stepfunctions.Registry
}

// records is what decide reads and writes of the records of releases.
type records interface {
	Answered(ctx context.Context, r rollout.Release, a rollout.Answer, line rollout.Line) (rollout.Release, error)
	AskedAgain(ctx context.Context, r rollout.Release, now time.Time, line rollout.Line) (rollout.Release, error)
	AskAbort(ctx context.Context, id string, f rollout.Fence, line rollout.Line) error
	Note(ctx context.Context, id string, lines ...rollout.Line) error
	Overridden(ctx context.Context, id string, o rollout.Override, line rollout.Line) error
	Recent(ctx context.Context, service string, n int) ([]rollout.Release, error)
	Release(ctx context.Context, id string) (rollout.Release, error)
}

// freezes is what decide does to freezes, and to those whom they keep.
type freezes interface {
	Freeze(ctx context.Context, f rollout.Frozen) error
	Freezes(ctx context.Context) ([]rollout.Frozen, error)
	Open(ctx context.Context) ([]rollout.Release, error)
	Thaw(ctx context.Context, service string) error
}

// leases is what decide does to leases.
type leases interface {
	Lease(ctx context.Context, target string) (rollout.Lease, error)
	Promote(ctx context.Context, l rollout.Lease, by string) (rollout.Lease, error)
	Raise(ctx context.Context, target, owner string, epoch int, f rollout.Fence) (rollout.Lease, error)
}
