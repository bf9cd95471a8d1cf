package settle

import (
	"context"
	"time"

	"sluice/shared/dynamo"
	"sluice/shared/rollout"
	"sluice/shared/stepfunctions"
)

// store is what settle does to the table; dynamo.Store implements it.
type store interface {
	records
	leases
	queue
	stepfunctions.Bell
}

// records is what settle reads and writes of the records of releases.
type records interface {
	Closed(ctx context.Context, r rollout.Release) error
	Ended(ctx context.Context, r rollout.Release, lines ...rollout.Line) error
	Standing(ctx context.Context, release string) (standing rollout.Standing, err error)
}

// leases is what settle does to leases.
type leases interface {
	Free(ctx context.Context, l rollout.Lease) error
	GiveBack(ctx context.Context, l rollout.Lease, who string, now time.Time) error
	LetGo(ctx context.Context, l rollout.Lease) error
	Raise(ctx context.Context, target, owner string, epoch int, f rollout.Fence) (rollout.Lease, error)
	Tenure(l rollout.Lease) dynamo.Tenure
}

// queue is what settle does to the queue of a target.
type queue interface {
	Leave(ctx context.Context, target string, r rollout.Release) (next string, err error)
}
