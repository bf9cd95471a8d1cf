package tick

import (
	"context"

	"sluice/shared/rollout"
	"sluice/shared/stepfunctions"
)

// store is what tick does to the table; dynamo.Store implements it.
type store interface {
	stepfunctions.Bell
	Lease(ctx context.Context, target string) (rollout.Lease, error)
	Raise(ctx context.Context, target, owner string, epoch int, f rollout.Fence) (rollout.Lease, error)
	Seen(ctx context.Context, id, verdict string, line rollout.Line) error
	Standing(ctx context.Context, release string) (standing rollout.Standing, err error)
}
