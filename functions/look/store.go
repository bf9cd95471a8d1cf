package look

import (
	"context"
	"time"

	"sluice/shared/rollout"
	"sluice/shared/stepfunctions"
)

// store is what look does to the table; dynamo.Store implements it.
type store interface {
	stepfunctions.Bell
	Note(ctx context.Context, id string, lines ...rollout.Line) error
	Retire(ctx context.Context, l rollout.Lease, now time.Time) error
	Retired(ctx context.Context, l rollout.Lease, what string) error
	Seen(ctx context.Context, id, verdict string, line rollout.Line) error
	Standing(ctx context.Context, release string) (standing rollout.Standing, err error)
	Raise(ctx context.Context, target, owner string, epoch int, f rollout.Fence) (rollout.Lease, error)
}
