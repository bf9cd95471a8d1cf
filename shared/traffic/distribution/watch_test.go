package distribution_test

import (
	"context"

	"sluice/test/conformance"
	"sluice/test/sandbox/wire"
)

// watch counts the router's calls as the suite wants them: one reading of a target makes three calls, of which the one of the policy stands for all.
type watch struct {
	*conformance.Watch
	before map[string]func() error // what happens once before an operation, which an error keeps from happening
}

func newWatch() *watch {
	return &watch{conformance.NewWatch("UpdateDistribution", "UpdateContinuousDeploymentPolicy", "UpdateDistributionWithStagingConfig"), map[string]func() error{}}
}

// Around is the sandbox's middleware.
func (w *watch) Around(next wire.Handler) wire.Handler {
	watched := w.Watch.Around(next)
	return func(ctx context.Context, call *wire.Call) (any, error) {
		if do := w.before[call.Operation]; do != nil {
			delete(w.before, call.Operation)
			if err := do(); err != nil {
				return nil, err
			}
		}
		if call.Operation == "GetDistribution" || ctx.Value(unwatchedKey{}) != nil {
			return next(ctx, call)
		}
		return watched(ctx, call)
	}
}

type unwatchedKey struct{}

// unwatched is the context of what a test asks itself.
func unwatched(ctx context.Context) context.Context {
	return context.WithValue(ctx, unwatchedKey{}, true)
}
