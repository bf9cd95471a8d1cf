package github

import (
	"context"
	"time"

	"sluice/shared/dynamo"
	"sluice/shared/rollout"
)

// store is what github does to the table; dynamo.Store implements it.
type store interface {
	Release(ctx context.Context, id string) (rollout.Release, error)
	InTurn(ctx context.Context, place, release, writer string, now func() time.Time, write func(ctx context.Context, release string, t dynamo.Thread) (dynamo.Thread, error)) error
	KeepThread(ctx context.Context, place, release string, t dynamo.Thread) error
}
