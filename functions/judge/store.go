package judge

import (
	"context"
	"time"

	"sluice/shared/rollout"
)

// store is what judge does to the table; dynamo.Store implements it.
type store interface {
	Freezes(ctx context.Context) ([]rollout.Frozen, error)
	Thawed(ctx context.Context, id string, now time.Time, line rollout.Line) error
	Judged(ctx context.Context, r rollout.Release, line rollout.Line) error
	Note(ctx context.Context, id string, lines ...rollout.Line) error
	Standing(ctx context.Context, release string) (standing rollout.Standing, err error)
	Raise(ctx context.Context, target, owner string, epoch int, f rollout.Fence) (rollout.Lease, error)
	LookAnew(ctx context.Context, release string, now time.Time) (waited bool, err error)
}
