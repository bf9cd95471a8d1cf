package admit

import (
	"context"

	"sluice/shared/dynamo"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// makeWay has the target's service take back what somebody else began, and the release wait until it has. The record says what that is before it
// happens, so that no crash hides it. A later look calls again: the service may have been away.
func (h *handler) makeWay(ctx context.Context, c rollout.Cursor, r rollout.Release, l rollout.Lease, found rollout.Split, a rollout.Admission) (rollout.Cursor, error) {
	l.Expires = h.Now().Add(rollout.Margin)
	p := permit{h.store, l, func(ctx context.Context) error {
		if r.Evicted == a.Evicts {
			return nil
		}
		return h.store.Evicts(ctx, r.ID, a.Evicts, h.line(a.Note))
	}}
	if err := h.mover.Evict(ctx, r.Definition.Target, found, p); err != nil {
		return c, err
	}
	return h.standBack(ctx, c, r, l, a.Waits, r.RestsSoon(h.Now()))
}

// permit lets a deployment of somebody else be taken back while the lease is ours and its fence is down. Whoever brings traffic back raises the fence
// first, so what the release takes for somebody else's is never the way back of the release before it.
type permit struct {
	store store
	lease rollout.Lease
	write func(ctx context.Context) error // what the record is to say before it happens
}

// Allows implements traffic.Permit with one conditional write, which also prolongs the lease.
func (p permit) Allows(ctx context.Context, _ rollout.Split) error {
	_, err := p.store.Renew(ctx, p.lease)
	switch {
	case dynamo.IsConflict(err):
		return traffic.ErrFenced
	case err != nil:
		return err
	}
	return p.write(ctx)
}
