package dynamo

import (
	"context"

	"sluice/shared/rollout"
)

// Standing reads a release, and then the lease of its target, each consistently. The record says which target that is, so the lease cannot be asked
// for in the same call. A lease that changes in between is newer than the record, never older, and every write that follows has a condition.
func (s *Store) Standing(ctx context.Context, release string) (standing rollout.Standing, err error) {
	if standing.Release, err = s.Release(ctx, release); err != nil {
		return standing, err
	}
	standing.Lease, err = s.Lease(ctx, standing.Release.Definition.Target.ID())
	return standing, err
}
