package dynamo

import (
	"context"
	"time"

	"sluice/shared/rollout"
)

// Retire lets one caller at a time retire the pool that a release has left. It ends the revert window for good, and no release gets the lease until
// it is over: Retired ends it, or its time. ErrConflict means that somebody holds the lease, goes back, or retires the pool already.
func (s *Store) Retire(ctx context.Context, l rollout.Lease, now time.Time) error {
	u := change().set("phase", rollout.Free).set("retiring", now.Add(rollout.Retirement).Unix()).whileOwned(l)
	phase, retiring := u.name("phase"), u.name("retiring")
	u.when("%s = %s OR (%s = %s AND %s <= %s AND attribute_not_exists(%s))", phase, u.value(rollout.Free), phase, u.value(rollout.Armed),
		u.name("armedUntil"), u.value(now.Unix()), u.name("fence"))
	u.when("attribute_not_exists(%s) OR %s <= %s", retiring, retiring, u.value(now.Unix())).when("attribute_not_exists(%s)", u.name("idle"))
	_, err := s.lease(ctx, l.Target, u, "retiring a pool under")
	return err
}

// Retired writes what became of the pool. A lease that has changed hands stays as it is, without an error.
func (s *Store) Retired(ctx context.Context, l rollout.Lease, what string) error {
	_, err := s.lease(ctx, l.Target, change().set("idle", what).remove("retiring").whileOwned(l), "writing")
	if IsConflict(err) {
		return nil
	}
	return err
}
