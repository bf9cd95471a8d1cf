package admit

import (
	"context"
	"time"

	"sluice/shared/dynamo"
	"sluice/shared/rollout"
	"sluice/shared/stepfunctions"
)

// store is what admit does to the table; dynamo.Store implements it.
type store interface {
	records
	leases
	queue
	waiting
	watched
	stepfunctions.Bell
	Freezes(ctx context.Context) ([]rollout.Frozen, error)
}

// records is what admit reads and writes of the records of releases.
type records interface {
	AskAbort(ctx context.Context, id string, f rollout.Fence, line rollout.Line) error
	Evicts(ctx context.Context, id, tag string, line rollout.Line) error
	Note(ctx context.Context, id string, lines ...rollout.Line) error
	Previewed(ctx context.Context, r rollout.Release, lines ...rollout.Line) error
	Rejected(ctx context.Context, id string, why rollout.Rejection, line rollout.Line) error
	Release(ctx context.Context, id string) (rollout.Release, error)
	Served(ctx context.Context, id string, line rollout.Line) error
	Started(ctx context.Context, r rollout.Release, lines ...rollout.Line) error
}

// leases is what admit does to leases.
type leases interface {
	Acquire(ctx context.Context, r rollout.Release, target string, now, expires time.Time) (rollout.Lease, error)
	Begin(ctx context.Context, l rollout.Lease) (rollout.Lease, error)
	Lease(ctx context.Context, target string) (rollout.Lease, error)
	GiveBack(ctx context.Context, l rollout.Lease, who string, now time.Time) error
	Renew(ctx context.Context, l rollout.Lease) (rollout.Lease, error)
	Raise(ctx context.Context, target, owner string, epoch int, f rollout.Fence) (rollout.Lease, error)
}

// queue is what admit does to the queue of a target.
type queue interface {
	Dequeue(ctx context.Context, target string, r rollout.Release) error
	Displace(ctx context.Context, target string, w rollout.Waiting, by string) error
	Enqueue(ctx context.Context, target string, r rollout.Release) error
	Queue(ctx context.Context, target string) ([]rollout.Waiting, error)
	Queued(ctx context.Context, target string, r rollout.Release) (rollout.Waiting, error)
}

// waiting is what admit does to the record of a wait.
type waiting interface {
	LookAnew(ctx context.Context, release string, now time.Time) (waited bool, err error)
}

// watched is what admit does to the list of targets that watch looks after.
type watched interface {
	List(ctx context.Context, l dynamo.Listed) error
	Watch(ctx context.Context, target string, alarms []string) error
}
