package stage

import (
	"context"

	"sluice/shared/rollout"
)

// store is what stage does to the table; dynamo.Store implements it.
type store interface {
	Recent(ctx context.Context, service string, n int) ([]rollout.Release, error)
	Release(ctx context.Context, id string) (rollout.Release, error)
}
