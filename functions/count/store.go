package count

import (
	"context"
	"time"

	"sluice/shared/rollout"
)

// store is what count does to the table; dynamo.Store implements it.
type store interface {
	Counted(ctx context.Context, r rollout.Release, line rollout.Line) error
	Rejected(ctx context.Context, id string, why rollout.Rejection, line rollout.Line) error
	Standing(ctx context.Context, release string) (standing rollout.Standing, err error)
	Raise(ctx context.Context, target, owner string, epoch int, f rollout.Fence) (rollout.Lease, error)
	LookAnew(ctx context.Context, release string, now time.Time) (waited bool, err error)
}
