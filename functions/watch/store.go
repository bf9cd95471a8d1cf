package watch

import (
	"context"

	"sluice/shared/dynamo"
	"sluice/shared/rollout"
)

// store is what watch does to the table; dynamo.Store implements it.
type store interface {
	Leases(ctx context.Context, targets []string) (map[string]rollout.Lease, error)
	Strike(ctx context.Context, l dynamo.Listed) error
	WatchList(ctx context.Context) ([]dynamo.Listed, error)
}
