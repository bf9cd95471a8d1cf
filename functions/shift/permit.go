package shift

import (
	"context"
	"time"

	"sluice/shared/dynamo"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// permit lets a forward move through while the lease is ours and its fence is down, and while the target still is as we
// left it: under the same lock, or dividing the traffic as the lease says or as this very step wants (our own attempt
// that crashed before it could write that down).
type permit struct {
	store  store
	now    func() time.Time
	lease  rollout.Lease
	marked bool // the lease's owner gave the candidate marked requests
	to     rollout.Split
	told   bool // whom the move overtakes
}

// Allows implements traffic.Permit with one conditional write, which also prolongs the lease, and says that the candidate may have traffic
// from now on: what it did may show when it has gone back again.
func (p *permit) Allows(ctx context.Context, found rollout.Split) error {
	left := p.lease.Split()
	left.Marked = p.marked
	weighed := found // a move away from marked requests writes the weights first: it may have died after that
	weighed.Marked = false
	ours := found.Untouched(left) || found.Same(left) || found.Same(p.to) || p.marked && found.Marked && weighed.Same(p.to)
	if err := p.overtake(ctx); err != nil {
		return err
	}
	_, err := p.store.Permit(ctx, p.lease, p.now())
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

// overtake tells the promoted release whose promise ends with this move. It does so first: after a crash in between it is told once more, and not never.
func (p *permit) overtake(ctx context.Context) error {
	promise := p.lease.Overtakes(p.now())
	if promise == nil || p.told {
		return nil
	}
	p.told = true
	return p.store.Note(ctx, promise.Release, rollout.Line{At: p.now(), Who: "shift", What: promise.Overtaken(p.lease)})
}
