package scenario_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// onHooked is onService for a service that has a Lambda hook of its own.
func onHooked(t *testing.T, k scenario.Hooked, story func(w *scenario.World, hook *scenario.Hook)) {
	t.Helper()
	k.Says = scenario.Saying("SUCCEEDED")
	scenario.RunWith(t, scenario.Options{Kind: k}, func(w *scenario.World) {
		w.Given(ecsLinear)
		w.Pass(5 * time.Minute)
		k.Pushed(w)
		story(w, k.Says)
	})
}

// At the same stage as Sluice's own hook: ECS goes on when both say so. The hook is there for the next deployment, too, with what the service tells it.
func TestLambdaHookOfAServiceIsAskedBesideSluice(t *testing.T) {
	onHooked(t, scenario.Hooked{At: types.DeploymentLifecycleHookStagePreProductionTrafficShift}, func(w *scenario.World, hook *scenario.Hook) {
		hook.Answers("IN_PROGRESS")
		id := w.Requested("checkout:2")
		w.Pass(10 * time.Minute)
		if got, l := w.Serves(), w.Lease(); got != "checkout:1" || l.Moving != "ECS waits for the hook checkout-hook" {
			t.Errorf("while the hook is not done the rule serves %s, and the release waits: %q", got, l.Moving)
		}
		hook.Answers("SUCCEEDED")
		ends(w, w.Ended(id), rollout.Succeeded, "checkout:2")
		if last := hook.Asked[len(hook.Asked)-1]; last.Details["suite"] != "smoke" || last.Stage != "PRE_PRODUCTION_TRAFFIC_SHIFT" {
			t.Errorf("it was told %+v", last)
		}
		if !slices.ContainsFunc(w.ServiceDeployment().DeploymentConfiguration.LifecycleHooks, func(h types.DeploymentLifecycleHook) bool {
			return h.HookTargetArn != nil && strings.HasSuffix(*h.HookTargetArn, ":checkout-hook")
		}) {
			t.Error("the hook is gone")
		}
	})
}

// ECS takes the deployment back. Whose word it was stands in the record, and clients never met more than the step before.
func TestLambdaHookThatFailsTakesTheReleaseBack(t *testing.T) {
	for name, k := range map[string]scenario.Hooked{
		"before the first traffic":  {At: types.DeploymentLifecycleHookStagePostScaleUp},
		"in a shift":                {At: types.DeploymentLifecycleHookStageProductionTrafficShift},
		"after all traffic shifted": {At: types.DeploymentLifecycleHookStagePostProductionTrafficShift},
	} {
		t.Run(name, func(t *testing.T) {
			onHooked(t, k, func(w *scenario.World, hook *scenario.Hook) {
				hook.Answers("FAILED")
				r := w.Ended(w.Requested("checkout:2"))
				ends(w, r, rollout.RolledBack, "checkout:1")
				if r.Cause == nil || !strings.Contains(r.Cause.Reason, string(k.At)+" lifecycle hook(s) failed. Lifecycle hook target arn:aws:lambda:us-east-1:123456789012:function:checkout-hook returned FAILED status") {
					t.Errorf("the cause is %+v", r.Cause)
				}
			})
		})
	}
}

// While a hook has not said yes after the last shift, nothing is promoted.
func TestReleaseIsNotPromotedBeforeTheLastHookSaidYes(t *testing.T) {
	onHooked(t, scenario.Hooked{At: types.DeploymentLifecycleHookStagePostProductionTrafficShift}, func(w *scenario.World, hook *scenario.Hook) {
		hook.Answers("IN_PROGRESS")
		id := w.Requested("checkout:2")
		w.Pass(55 * time.Minute)
		if r, _ := w.Recorded(id); r.End != "" || hook.Times() == 0 {
			t.Fatalf("it ended %q, the hook was asked %d times", r.End, hook.Times())
		}
		hook.Answers("FAILED")
		ends(w, w.Ended(id), rollout.RolledBack, "checkout:1")
	})
}

// The next release has stopped the old tasks. The way back is a deployment of its own then, which keeps the hook, too.
func TestPromotedServiceWithAHookGoesBackByADeployment(t *testing.T) {
	k := scenario.Hooked{At: types.DeploymentLifecycleHookStagePostScaleUp, Says: scenario.Saying("SUCCEEDED")}
	scenario.RunWith(t, scenario.Options{Kind: k}, func(w *scenario.World) {
		id := promotedBeforeAnother(w, k)
		w.AlarmRed(scenario.Alarm)
		w.Pass(15 * time.Minute)
		r, _ := w.Recorded(id)
		ends(w, r, rollout.RolledBack, "checkout:1")
		if n := k.Says.Times(); n != 3 {
			t.Errorf("the hook was asked %d times", n)
		}
	})
}

// promotedBeforeAnother has a release promoted, and the next one, which goes back, stop the tasks that the first one would go back to.
func promotedBeforeAnother(w *scenario.World, k scenario.Hooked) (id string) {
	w.T.Helper()
	w.Given(strings.Replace(ecsCanary, `"1h"`, `"48h"`, 1))
	w.Pass(5 * time.Minute)
	k.Pushed(w)
	k.Pushed(w)
	id = w.Requested("checkout:2")
	ends(w, w.Ended(id), rollout.Succeeded, "checkout:2")
	next := w.Requested("checkout:3")
	w.Pass(12 * time.Minute)
	w.Aborted(next)
	ends(w, w.Ended(next), rollout.Aborted, "checkout:2")
	return id
}

// What a hook of the service's own forbids, Sluice does not get round: the promoted revision keeps its traffic, and somebody is paged with the hook's name.
func TestHookThatSaysNoToTheWayBackIsPaged(t *testing.T) {
	k := scenario.Hooked{At: types.DeploymentLifecycleHookStagePostScaleUp, Says: scenario.Saying("SUCCEEDED")}
	scenario.RunWith(t, scenario.Options{Kind: k}, func(w *scenario.World) {
		id := promotedBeforeAnother(w, k)
		k.Says.Answers("FAILED")
		w.AlarmRed(scenario.Alarm)
		w.Pass(3 * time.Hour)
		r, _ := w.Recorded(id)
		ends(w, r, rollout.Stuck, "checkout:2")
		if story := scenario.Story(r); r.Obstacle == nil || !strings.Contains(r.Obstacle.Reason, "checkout-hook returned FAILED status") {
			t.Errorf("nothing names the hook:\n%s", story)
		}
	})
}

// Sluice may pass no role that the definition does not name. Without it the deployment would have to lose the hook.
func TestServiceWithAHookWhoseRoleNobodyNamedIsRefused(t *testing.T) {
	onHooked(t, scenario.Hooked{At: types.DeploymentLifecycleHookStagePostScaleUp, Unnamed: true}, func(w *scenario.World, hook *scenario.Hook) {
		r := w.Ended(w.Requested("checkout:2"))
		if r.End != rollout.Rejected || !strings.Contains(r.Rejection.Reason, "which target.ecsService.hookRoles does not name") || hook.Times() > 0 {
			t.Errorf("it ended %q with %+v", r.End, r.Rejection)
		}
	})
}
