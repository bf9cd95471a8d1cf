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
	store  store
	lease  rollout.Lease
	marked bool // the lease's owner gave the candidate marked requests
	to     rollout.Split
}

// Allows implements traffic.Permit with one conditional write, which also prolongs the lease, and says that the candidate may have traffic
// from now on: what it did may show when it has gone back again.
func (p *permit) Allows(ctx context.Context, found rollout.Split) error {
	left := p.lease.Split()
	left.Marked = p.marked
	weighed := found // a move away from marked requests writes the weights first: it may have died after that
	weighed.Marked = false
	ours := found.Untouched(left) || found.Same(left) || found.Same(p.to) || p.marked && found.Marked && weighed.Same(p.to)
	_, err := p.store.Permit(ctx, p.lease)
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
