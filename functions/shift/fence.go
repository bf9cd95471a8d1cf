package shift

import (
	"context"

	"sluice/shared/dynamo"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// fence lets a forward move through while the lease is ours and its fence is down, and while the target still is as we
// left it: under the same lock, or dividing the traffic as the lease says or as this very step wants (our own attempt
// that crashed before it could write that down).
type fence struct {
	store *dynamo.Store
	lease rollout.Lease
	to    rollout.Split
}

// Holds implements traffic.Fence with one conditional write, which also prolongs the lease.
func (f *fence) Holds(ctx context.Context, found rollout.Split) error {
	ours := found.Tag == f.lease.Tag || found.Same(f.lease.Split()) || found.Same(f.to)
	_, err := f.store.Renew(ctx, f.lease)
	switch {
	case dynamo.IsConflict(err):
		return traffic.ErrFenced
	case err != nil:
		return err
	case !ours:
		return traffic.ErrMoved
	}
	return nil
}
