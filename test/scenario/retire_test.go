package scenario_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// The pool that does not serve costs nothing once nobody may come back to it.
func TestIdlePoolIsRetiredAfterTheRevertWindow(t *testing.T) {
	onTasks(t, func(w *scenario.World, rule scenario.Tasks) {
		id := w.Requested(rule.Pushed(w))
		ends(w, w.Ended(id), rollout.Succeeded, "checkout:2")
		w.Pass(50 * time.Minute)
		if got := rule.Wants(w, "checkout-blue"); got != 2 {
			t.Errorf("inside the revert window blue wants %d tasks: going back would meet none", got)
		}
		w.Pass(15 * time.Minute)
		if blue, green := rule.Wants(w, "checkout-blue"), rule.Wants(w, "checkout-green"); blue != 0 || green != 2 {
			t.Errorf("after it blue wants %d tasks and green, which serves, %d", blue, green)
		}
		r, _ := w.Recorded(id)
		if got := scenario.Story(r); strings.Count(got, "The pool that does not serve is retired: service checkout-blue runs no tasks any more.") != 1 {
			t.Errorf("its story:\n%s", got)
		}
		if got := rule.Answers(w, 20); got["checkout:2"] != 20 {
			t.Errorf("clients meet %v", got)
		}
		if w.WatchEnabled() {
			t.Error("the target is still looked after, each minute")
		}
	})
}

// The same task definition as before stands in the empty pool: it is filled again all the same, and its last deployment, which was long ago, is not
// taken for one that does not come up.
func TestReleaseFillsARetiredPoolAgain(t *testing.T) {
	onTasks(t, func(w *scenario.World, rule scenario.Tasks) {
		ends(w, w.Ended(w.Requested(rule.Pushed(w))), rollout.Succeeded, "checkout:2")
		w.Pass(3 * time.Hour)
		rule.Slowly(w, 5*time.Minute)
		ends(w, w.Ended(w.Requested("checkout:1")), rollout.Succeeded, "checkout:1")
		if got := rule.Answers(w, 20); got["checkout:1"] != 20 {
			t.Errorf("clients meet %v", got)
		}
	})
}

// Nobody comes back to a candidate that went back.
func TestPoolOfACandidateThatWentBackIsRetiredAtOnce(t *testing.T) {
	onTasks(t, func(w *scenario.World, rule scenario.Tasks) {
		id := w.Requested(rule.PushedWithoutImage(w))
		ends(w, w.Ended(id), rollout.Rejected, "checkout:1")
		w.Pass(3 * time.Minute)
		if blue, green := rule.Wants(w, "checkout-blue"), rule.Wants(w, "checkout-green"); blue != 2 || green != 0 {
			t.Errorf("blue, which serves, wants %d tasks, and green %d", blue, green)
		}
	})
}

// Somebody moved the rule after the release: nobody knows which pool is idle.
func TestPoolThatServesIsNeverRetired(t *testing.T) {
	onTasks(t, func(w *scenario.World, rule scenario.Tasks) {
		id := w.Requested(rule.Pushed(w))
		ends(w, w.Ended(id), rollout.Succeeded, "checkout:2")
		w.Pass(30 * time.Minute)
		rule.Divided(w, 1, 0)
		w.Pass(time.Hour)
		if blue, green := rule.Wants(w, "checkout-blue"), rule.Wants(w, "checkout-green"); blue != 2 || green != 2 {
			t.Errorf("blue, which serves, wants %d tasks, and green %d", blue, green)
		}
		r, _ := w.Recorded(id)
		if got := scenario.Story(r); !strings.Contains(got, "is left as it is: ") || !strings.Contains(got, "does not serve checkout:2 alone") {
			t.Errorf("its story:\n%s", got)
		}
	})
}

// Somebody releases what stands in the pool, at the very moment in which that pool is scaled to nothing. No client may meet the empty pool.
func TestReleaseThatComesWhileItsPoolIsRetiredWaitsForThat(t *testing.T) {
	var begun atomic.Bool
	slow := func(next wire.Handler) wire.Handler {
		return func(ctx context.Context, call *wire.Call) (any, error) {
			if call.Service == "ecs" && call.Operation == "UpdateService" && scenario.FunctionOf(call.Caller) == "look-alb" {
				begun.Store(true)
				time.Sleep(50 * time.Second)
			}
			return next(ctx, call)
		}
	}
	rule := scenario.Tasks{}
	scenario.RunWith(t, scenario.Options{Kind: rule, Middleware: []wire.Middleware{slow}}, func(w *scenario.World) {
		w.Given(scenario.Canary)
		w.Pass(5 * time.Minute)
		ends(w, w.Ended(w.Requested(rule.Pushed(w))), rollout.Succeeded, "checkout:2")
		for !begun.Load() {
			w.Pass(time.Second)
		}
		id := w.Requested("checkout:1")
		w.Pass(30 * time.Second)
		if r, _ := w.Recorded(id); r.Epoch != 0 {
			t.Errorf("it has the target while its pool is being retired; its story:\n%s", scenario.Story(r))
		}
		for range 10 {
			w.Pass(time.Minute)
			got := rule.Answers(w, 50)
			if others := slices.DeleteFunc(slices.Collect(maps.Keys(got)), func(a string) bool { return a == "checkout:1" || a == "checkout:2" }); len(others) > 0 {
				t.Fatalf("clients meet %v", got)
			}
		}
		ends(w, w.Ended(id), rollout.Succeeded, "checkout:1")
	})
}
