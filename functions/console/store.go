package console

import (
	"context"
	"time"

	"sluice/shared/judge"
	"sluice/shared/rollout"
)

// store is what console does to the table; dynamo.Store implements it.
type store interface {
	Recent(ctx context.Context, service string, n int) ([]rollout.Release, error)
	Release(ctx context.Context, id string) (rollout.Release, error)
	Ledger(ctx context.Context, release string) (judge.Ledger, error)
	Minutes(ctx context.Context, release string) ([]judge.Minute, error)
	Freezes(ctx context.Context) ([]rollout.Frozen, error)
	OpenPass(ctx context.Context, id, visit string, until time.Time) error
}
