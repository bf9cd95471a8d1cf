package progress

import (
	"context"

	"sluice/shared/stepfunctions"
)

// store is what progress does to the table; dynamo.Store implements it.
type store interface {
	stepfunctions.Bell
	ReleaseOf(ctx context.Context, job string) (release string, err error)
}
