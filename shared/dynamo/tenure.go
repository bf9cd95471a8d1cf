package dynamo

import (
	"context"
	"time"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// Tenure is one release's time with a target: from when it takes the lease until it lets go. It is the traffic.Permit of
// moves that a raised fence does not stop: rollbacks.
type Tenure struct {
	store *Store
	lease rollout.Lease
}

// Tenure is the tenure of a lease as it was read.
func (s *Store) Tenure(l rollout.Lease) Tenure { return Tenure{s, l} }

// Allows implements traffic.Permit: ErrConflict means that the release has let go, or that another one has the target now; traffic.ErrMoved that
// somebody moved the target by hand, and that the definition leaves that alone.
func (t Tenure) Allows(ctx context.Context, found rollout.Split) error {
	now, err := t.store.Lease(ctx, t.lease.Target)
	if err != nil {
		return err
	}
	if now.Owner != t.lease.Owner || now.Epoch != t.lease.Epoch || now.Phase == rollout.Free {
		return ErrConflict
	}
	if now.Foreign(found) {
		return traffic.ErrMoved
	}
	return nil
}

// Prolong keeps the lease until the next try of a move back, however long the target's service does not answer: a release that took the target over
// meanwhile would take the half-moved traffic for stable. After the release has let go, Prolong does nothing and returns no error.
func (t Tenure) Prolong(ctx context.Context, now time.Time) error {
	expires := change().set("expires", now.Add(rollout.Margin).Unix()).whileOwned(t.lease)
	_, err := t.store.lease(ctx, t.lease.Target, expires, "prolonging")
	if IsConflict(err) {
		return nil
	}
	return err
}
