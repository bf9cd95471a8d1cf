package admit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// later is when a release looks again whose service has not found out yet what it changes.
const later = rollout.Duration(20 * time.Second)

// foresee looks at what the release changes, now that nobody else may touch the target: since it was planned, another release may have. Where the
// release cannot go on, stays is where it goes instead.
func (h *handler) foresee(ctx context.Context, c rollout.Cursor, r rollout.Release, l rollout.Lease) (seen *rollout.Preview, stays *rollout.Cursor, err error) {
	p, why, err := traffic.Foresee(ctx, h.preview, r)
	away := func(c rollout.Cursor, err error) (*rollout.Preview, *rollout.Cursor, error) { return nil, &c, err }
	soon := new(rollout.NotReady)
	switch {
	case traffic.IsMoved(err):
		return away(h.standBack(ctx, c, r, l, fmt.Sprintf("Waits until %s is at rest, to see what the release changes.", r.Definition.Target.Spec()), r.RestsSoon(h.Now())))
	case errors.As(err, &soon):
		return away(h.standBack(ctx, c, r, l, "Waits: "+soon.What+".", later))
	case err != nil:
		return nil, nil, err
	case why != nil:
		return away(h.reject(ctx, c, r, why))
	}
	before := r.Preview
	if before != nil && before.ID == p.ID && before.Digest == p.Digest && !before.Outdated {
		return before, nil, nil
	}
	r.Preview = &p
	said := p.Summary()
	if before != nil && before.Digest != p.Digest {
		said = "The target was changed since. " + said
	}
	return &p, nil, h.store.Previewed(ctx, r, h.line(said))
}

// again is the lease of a release that holds its target already, and is admitted anew because the target was changed; nil when it holds it no more.
func (h *handler) again(ctx context.Context, r rollout.Release) (*rollout.Lease, error) {
	l, err := h.store.Lease(ctx, r.Definition.Target.ID())
	if err != nil || !l.HeldBy(r) {
		return nil, err
	}
	return &l, nil
}
