package shift

import (
	"context"
	"errors"
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
	if !ours {
		if err := fenced(p.store.Renew(ctx, p.lease)); err != nil {
			return err
		}
		return traffic.ErrMoved
	}
	promise, err := p.overtake(ctx)
	if err != nil {
		return err
	}
	err = fenced(p.store.Permit(ctx, p.lease, p.now()))
	if promise != nil && traffic.IsFenced(err) {
		return errors.Join(err, p.tell(ctx, promise.Release, promise.Spared(p.lease)))
	}
	return err
}

// overtake tells the promoted release whose promise ends with this move, and returns that promise. It does so first: after a crash in between
// the release is told once more, and not never.
func (p *permit) overtake(ctx context.Context) (*rollout.Promise, error) {
	promise := p.lease.Overtakes(p.now())
	if promise == nil || p.told {
		return nil, nil
	}
	p.told = true
	return promise, p.tell(ctx, promise.Release, promise.Overtaken(p.lease))
}

func (p *permit) tell(ctx context.Context, release, what string) error {
	return p.store.Note(ctx, release, rollout.Line{At: p.now(), Who: "shift", What: what})
}

// fenced is the answer of a conditional write to the lease in the words of a permit.
func fenced(_ rollout.Lease, err error) error {
	if dynamo.IsConflict(err) {
		return traffic.ErrFenced
	}
	return err
}
