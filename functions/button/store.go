package button

import (
	"context"

	"sluice/shared/rollout"
)

// store is what button does to the table; dynamo.Store implements it.
type store interface {
	Release(ctx context.Context, id string) (rollout.Release, error)
}
