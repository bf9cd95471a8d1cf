package admit_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
	sandboxed "sluice/test/sandbox/memory"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

const makesWay = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"allAtOnce":{"bake":"10m"}},"guard":{"alarms":["checkout-errors"]},"whenDeploying":"supersede"}`

// The release is stopped between the reading of its target and the word to its service: somebody else's deployment is left alone.
func TestNothingIsTakenBackForAReleaseThatWasStopped(t *testing.T) {
	var w *scenario.World
	stopped := func(next wire.Handler) wire.Handler {
		return func(ctx context.Context, call *wire.Call) (any, error) {
			out, err := next(ctx, call)
			if _, reads := call.Input.(*sandboxed.DescribeFleetInput); !reads || !strings.HasPrefix(scenario.FunctionOf(call.Caller), "admit") {
				return out, err
			}
			l := w.Lease()
			_, raised := w.Store.Raise(ctx, l.Target, l.Owner, l.Epoch, rollout.Fence{Kind: rollout.ByPerson, By: "grace", Reason: "grace stopped it", At: time.Now()})
			if raised != nil {
				t.Errorf("the lease is not the release's: %v", raised)
			}
			return out, err
		}
	}
	o := scenario.Options{Kind: scenario.Fleet{Pace: sandboxed.Pace{Takes: 20 * time.Minute}}, Middleware: []wire.Middleware{stopped}}
	scenario.RunWith(t, o, func(story *scenario.World) {
		w = story
		w.Given(makesWay)
		w.Deployed("5")
		r := w.Ended(w.Requested("2"))
		if r.Evicted != "" || w.Serves() != "5" {
			t.Errorf("it ended %q, had %q taken back, and the fleet heads for %s; its story:\n%s", r.End, r.Evicted, w.Serves(), scenario.Story(r))
		}
	})
}
