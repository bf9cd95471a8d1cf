package dynamo

import (
	"context"

	"sluice/shared/rollout"
)

// Standing reads a release, and then the lease of its target, each consistently. Only the record says which target that is, so one call cannot
// read both. A lease that changes in between is newer than the record, never older, and every write that follows has a condition.
func (s *Store) Standing(ctx context.Context, release string) (standing rollout.Standing, err error) {
	if standing.Release, err = s.Release(ctx, release); err != nil {
		return standing, err
	}
	standing.Lease, err = s.Lease(ctx, standing.Release.Definition.Target.ID())
	return standing, err
}
