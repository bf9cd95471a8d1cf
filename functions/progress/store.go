package progress

import (
	"context"

	"sluice/shared/rollout"
	"sluice/shared/stepfunctions"
)

// store is what progress does to the table; dynamo.Store implements it.
type store interface {
	stepfunctions.Bell
	Lease(ctx context.Context, target string) (rollout.Lease, error)
	ReleaseOf(ctx context.Context, job string) (release string, err error)
}
