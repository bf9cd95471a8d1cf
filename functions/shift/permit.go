package shift

import (
	"context"

	"sluice/shared/dynamo"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// permit lets a forward move through while the lease is ours and its fence is down, and while the target still is as we
// left it: under the same lock, or dividing the traffic as the lease says or as this very step wants (our own attempt
// that crashed before it could write that down).
type permit struct {
	store store
	lease rollout.Lease
	to    rollout.Split
}

// Allows implements traffic.Permit with one conditional write, which also prolongs the lease.
func (p *permit) Allows(ctx context.Context, found rollout.Split) error {
	ours := found.Untouched(p.lease.Split()) || found.Same(p.lease.Split()) || found.Same(p.to)
	_, err := p.store.Renew(ctx, p.lease)
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
