package notify

import (
	"context"

	"sluice/shared/rollout"
)

// store is what notify does to the table; dynamo.Store implements it.
type store interface {
	Release(ctx context.Context, id string) (rollout.Release, error)
}
