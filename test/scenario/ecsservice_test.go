package scenario_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"sluice/shared/rollout"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
	"sluice/test/shop"
)

// ecsCanary gives the candidate a tenth, and then all.
const ecsCanary = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":10,"bake":"10m"}]}},
	"people":{"grace":{"event":"grace"}},"guard":{"alarms":["checkout-errors"]},"revertWindow":"1h"}`

// ecsLinear goes in quarters.
var ecsLinear = strings.Replace(ecsCanary, `[{"weight":10,"bake":"10m"}]`, `[{"weight":25,"bake":"10m"},{"weight":50,"bake":"10m"},{"weight":75,"bake":"10m"}]`, 1)

func onService(t *testing.T, service scenario.OnECS, definition string, story func(w *scenario.World, service scenario.OnECS)) {
	t.Helper()
	scenario.RunWith(t, scenario.Options{Kind: service}, func(w *scenario.World) {
		w.Given(definition)
		w.Pass(5 * time.Minute) // its first tasks come up
		service.Pushed(w)
		story(w, service)
	})
}

// ECS would be through in no time: its steps bake for 0 minutes. It rests until Sluice has judged.
func TestECSRestsBeforeEachShiftUntilSluiceHasJudged(t *testing.T) {
	onService(t, scenario.OnECS{}, ecsLinear, func(w *scenario.World, service scenario.OnECS) {
		id := w.Requested("checkout:2")
		for i, want := range []string{"checkout:1 75 %, checkout:2 25 %", "checkout:1 50 %, checkout:2 50 %", "checkout:1 25 %, checkout:2 75 %"} {
			w.Pass(map[bool]time.Duration{true: 4 * time.Minute, false: 10*time.Minute + 30*time.Second}[i == 0])
			if got := w.Serves(); got != want {
				r, _ := w.Recorded(id)
				t.Errorf("at step %d the rule serves %s, want %s; its story:\n%s", i, got, want, scenario.Story(r))
			}
		}
		ends(w, w.Ended(id), rollout.Succeeded, "checkout:2")
		if got := service.Answers(w, 50); got["checkout:2"] != 50 {
			t.Errorf("after the promotion clients meet %v", got)
		}
		if d := w.ServiceDeployment(); d.DeploymentConfiguration.Strategy != types.DeploymentStrategyLinear || d.LifecycleStage != types.ServiceDeploymentLifecycleStagePostProductionTrafficShift {
			t.Errorf("after the promotion ECS is in %s of %+v", d.LifecycleStage, d.DeploymentConfiguration)
		}
	})
}

func TestRedAlarmTakesAHeldDeploymentOfECSBack(t *testing.T) {
	onService(t, scenario.OnECS{}, ecsCanary, func(w *scenario.World, service scenario.OnECS) {
		id := w.Requested("checkout:2")
		w.Pass(5 * time.Minute)
		if got := w.Serves(); got != "checkout:1 90 %, checkout:2 10 %" {
			t.Fatalf("the rule serves %s", got)
		}
		w.AlarmRed(scenario.Alarm)
		w.Pass(10 * time.Second)
		if got := service.Answers(w, 50); got["checkout:1"] != 50 {
			t.Errorf("ten seconds after the alarm clients meet %v", got)
		}
		ends(w, w.Ended(id), rollout.RolledBack, "checkout:1")
		if d := w.ServiceDeployment(); d.Status != types.ServiceDeploymentStatusRollbackSuccessful {
			t.Errorf("the deployment is %s", d.Status)
		}
	})
}

// ECS would have called it a success: all tasks are healthy, and no alarm exists that it could watch. The two target groups over the same minutes say more.
func TestBadRevisionThatECSWouldTrustIsTakenBack(t *testing.T) {
	judged := strings.Replace(ecsCanary, `"guard":{"alarms":["checkout-errors"]}`, `"guard":{"alarms":[]},"checks":{"errors":[{}],"whenInconclusive":{"then":"goOn"}}`, 1)
	onService(t, scenario.OnECS{}, judged, func(w *scenario.World, service scenario.OnECS) {
		n := 0
		service.Breaks(w, "checkout:2", func() bool { n++; return n%3 == 0 })
		service.Traffic(w, 600)
		r := w.Ended(w.Requested("checkout:2"))
		ends(w, r, rollout.RolledBack, "checkout:1")
		if r.Cause == nil || r.Cause.Kind != rollout.ByCheck {
			t.Errorf("the cause is %+v", r.Cause)
		}
		d := w.ServiceDeployment()
		if d.Alarms.Status != types.ServiceDeploymentRollbackMonitorsStatusDisabled || !strings.Contains(*d.StatusReason, "stop-service-deployment") {
			t.Errorf("ECS went back because of %s, its alarms are %s", *d.StatusReason, d.Alarms.Status)
		}
	})
}

// Within the revert window the old tasks are still there, for longer than ECS itself would keep them: traffic is back by one change of the rule.
func TestPromotedServiceGoesBackWithinTheWindow(t *testing.T) {
	onService(t, scenario.OnECS{}, strings.Replace(ecsCanary, `"1h"`, `"48h"`, 1), func(w *scenario.World, service scenario.OnECS) {
		id := w.Requested("checkout:2")
		ends(w, w.Ended(id), rollout.Succeeded, "checkout:2")
		w.Pass(47 * time.Hour)
		kept := w.ServiceDeployment()
		w.AlarmRed(scenario.Alarm)
		w.Pass(10 * time.Second)
		if got := service.Answers(w, 50); got["checkout:1"] != 50 {
			t.Errorf("ten seconds after the alarm clients meet %v; ECS was in %s", got, kept.LifecycleStage)
		}
		w.Pass(10 * time.Minute)
		r, _ := w.Recorded(id)
		ends(w, r, rollout.RolledBack, "checkout:1")
		if d := w.ServiceDeployment(); *d.ServiceDeploymentArn != *kept.ServiceDeploymentArn {
			t.Error("stable was deployed anew")
		}
	})
}

// Nobody has to tell ECS that the window is over.
func TestOldTasksAreStoppedAfterTheWindow(t *testing.T) {
	onService(t, scenario.OnECS{}, ecsCanary, func(w *scenario.World, _ scenario.OnECS) {
		ends(w, w.Ended(w.Requested("checkout:2")), rollout.Succeeded, "checkout:2")
		w.Pass(6 * time.Hour)
		if d := w.ServiceDeployment(); d.Status != types.ServiceDeploymentStatusSuccessful {
			t.Errorf("six hours after the promotion the deployment is %s in %s", d.Status, d.LifecycleStage)
		}
	})
}

// The next release has stopped the old tasks, and was taken back itself. What was promoted before goes back by a deployment of its own then.
func TestPromotedServiceGoesBackAfterTheNextReleaseDid(t *testing.T) {
	onService(t, scenario.OnECS{}, strings.Replace(ecsCanary, `"1h"`, `"48h"`, 1), func(w *scenario.World, service scenario.OnECS) {
		service.Pushed(w)
		id := w.Requested("checkout:2")
		ends(w, w.Ended(id), rollout.Succeeded, "checkout:2")
		next := w.Requested("checkout:3")
		w.Pass(12 * time.Minute)
		w.Aborted(next)
		ends(w, w.Ended(next), rollout.Aborted, "checkout:2")
		w.AlarmRed(scenario.Alarm)
		w.Pass(15 * time.Minute)
		r, _ := w.Recorded(id)
		ends(w, r, rollout.RolledBack, "checkout:1")
		if got := service.Answers(w, 50); got["checkout:1"] != 50 {
			t.Errorf("clients meet %v", got)
		}
	})
}

func TestDeploymentOfECSWhoseReleaseIsDeadGoesBack(t *testing.T) {
	onService(t, scenario.OnECS{}, ecsCanary, func(w *scenario.World, _ scenario.OnECS) {
		id := w.Requested("checkout:2")
		w.Pass(5 * time.Minute)
		w.Killed(id)
		ends(w, w.Ended(id), rollout.RolledBack, "checkout:1")
	})
}

// With all of Sluice away for hours, ECS goes back by itself when its hook times out. The release ends as it should once somebody is there again.
func TestECSGoesBackByItselfWhileAllOfSluiceIsAway(t *testing.T) {
	var away atomic.Bool
	outage := func(next wire.Handler) wire.Handler {
		return func(ctx context.Context, call *wire.Call) (any, error) {
			if away.Load() && call.Caller != "" {
				return nil, wire.Throttled("the story has no Sluice now")
			}
			return next(ctx, call)
		}
	}
	service := scenario.OnECS{}
	scenario.RunWith(t, scenario.Options{Kind: service, Middleware: []wire.Middleware{outage}}, func(w *scenario.World) {
		w.Given(ecsCanary)
		w.Pass(5 * time.Minute)
		service.Pushed(w)
		id := w.Requested("checkout:2")
		w.Pass(5 * time.Minute)
		away.Store(true)
		w.Killed(id)
		w.Pass(3 * time.Hour)
		d := w.ServiceDeployment()
		if d.Status != types.ServiceDeploymentStatusRollbackSuccessful || d.LifecycleHookDetails[1].Status != types.DeploymentLifecycleHookStatusTimedOut {
			t.Errorf("the deployment is %s, its hooks are %+v", d.Status, d.LifecycleHookDetails)
		}
		if got := service.Answers(w, 50); got["checkout:1"] != 50 {
			t.Errorf("clients meet %v", got)
		}
		away.Store(false)
		ends(w, w.Ended(id), rollout.RolledBack, "checkout:1")
		w.Redrives()
	})
}

// Through Service Connect nobody can tell which revision failed: the whole is judged, and the verdict is called weak.
func TestVerdictsOnServiceConnectAreWeak(t *testing.T) {
	judged := strings.Replace(ecsCanary, `"guard"`, `"checks":{"ceilings":[{"percent":2}]},"guard"`, 1)
	onService(t, scenario.OnECS{Behind: shop.Connect}, judged, func(w *scenario.World, service scenario.OnECS) {
		service.Breaks(w, "checkout:2", func() bool { return true })
		service.Traffic(w, 600)
		r := w.Ended(w.Requested("checkout:2"))
		ends(w, r, rollout.RolledBack, "checkout:1")
		if r.Cause == nil || !strings.Contains(r.Cause.Reason, "This verdict is weak: Service Connect counts by service, and not by revision") {
			t.Errorf("the cause is %+v", r.Cause)
		}
	})
}

func TestReleaseWaitsForSomebodysDeploymentOfECS(t *testing.T) {
	onService(t, scenario.OnECS{}, ecsCanary, func(w *scenario.World, service scenario.OnECS) {
		service.Pushed(w)
		service.Deploys(w, "checkout:3")
		id := w.Requested("checkout:2")
		w.Pass(20 * time.Second)
		if r, _ := w.Recorded(id); r.Epoch != 0 || !strings.Contains(scenario.Story(r), "Waits until service checkout of cluster shop has come to rest") {
			t.Errorf("its story:\n%s", scenario.Story(r))
		}
		r := w.Ended(id)
		ends(w, r, rollout.Succeeded, "checkout:2")
		if r.Stable != "checkout:3" {
			t.Errorf("it would have come back to %s", r.Stable)
		}
	})
}

// pastSluice gives a definition a policy for somebody else's deployments.
func pastSluice(definition, policy string) string {
	return strings.Replace(definition, `"revertWindow"`, `"whenDeploying":"`+policy+`","revertWindow"`, 1)
}

func TestReleaseIsRejectedBecauseOfSomebodysDeploymentOfECS(t *testing.T) {
	onService(t, scenario.OnECS{}, pastSluice(ecsCanary, "reject"), func(w *scenario.World, service scenario.OnECS) {
		service.Pushed(w)
		service.Deploys(w, "checkout:3")
		r := w.Ended(w.Requested("checkout:2"))
		theirs := *w.ServiceDeployment().ServiceDeploymentArn
		if r.End != rollout.Rejected || r.Rejection == nil || !strings.Contains(r.Rejection.Reason, "deployment "+theirs+" from checkout:1 to checkout:3") || !strings.Contains(r.Rejection.Remedy, "--service-deployment-arn "+theirs) {
			t.Errorf("it ended %q with %+v", r.End, r.Rejection)
		}
	})
}

// ECS takes somebody's deployment back: the old tasks are all there. The release begins from what they run.
func TestReleaseHasSomebodysDeploymentOfECSTakenBack(t *testing.T) {
	onService(t, scenario.OnECS{}, pastSluice(ecsCanary, "supersede"), func(w *scenario.World, service scenario.OnECS) {
		service.Pushed(w)
		service.Deploys(w, "checkout:3")
		theirs := *w.ServiceDeployment().ServiceDeploymentArn
		id := w.Requested("checkout:2")
		w.Pass(10 * time.Second)
		if got := service.Answers(w, 50); got["checkout:1"] != 50 {
			t.Errorf("meanwhile clients meet %v", got)
		}
		r := w.Ended(id)
		ends(w, r, rollout.Succeeded, "checkout:2")
		if r.Stable != "checkout:1" || !strings.HasPrefix(r.Evicted, theirs) || !strings.Contains(scenario.Story(r), "has deployment "+theirs+" from checkout:1 to checkout:3 taken back") {
			t.Errorf("it would have come back to %s; its story:\n%s", r.Stable, scenario.Story(r))
		}
	})
}

// Everybody is served by what somebody deployed: to stop that in its bake would take it from them.
func TestSomebodysDeploymentOfECSThatServesEverybodyIsNotTakenBack(t *testing.T) {
	onService(t, scenario.OnECS{}, pastSluice(ecsCanary, "supersede"), func(w *scenario.World, service scenario.OnECS) {
		service.Pushed(w)
		service.DeploysBaking(w, "checkout:3")
		id := w.Requested("checkout:2")
		w.Pass(5 * time.Minute)
		if got := service.Answers(w, 50); got["checkout:3"] != 50 {
			t.Errorf("meanwhile clients meet %v", got)
		}
		r := w.Ended(id)
		ends(w, r, rollout.Succeeded, "checkout:2")
		if r.Stable != "checkout:3" || r.Evicted != "" {
			t.Errorf("it would have come back to %s", r.Stable)
		}
	})
}

// Whoever deploys during a release supersedes it at ECS. The release does not fight, and says so.
func TestSomebodysDeploymentInAReleaseOfECSIsNoticed(t *testing.T) {
	onService(t, scenario.OnECS{}, ecsCanary, func(w *scenario.World, service scenario.OnECS) {
		service.Pushed(w)
		id := w.Requested("checkout:2")
		w.Pass(5 * time.Minute)
		service.Deploys(w, "checkout:3")
		r := w.Ended(id)
		if r.End != rollout.Stuck || !r.ByHand {
			t.Errorf("it ended %q, the rule serves %s; its story:\n%s", r.End, w.Serves(), scenario.Story(r))
		}
	})
}

// The next release does not wait for the revert window: ECS stops the old tasks first, which wakes it, and at no moment do they serve again.
func TestNextReleaseEndsTheWindowOfTheOneBefore(t *testing.T) {
	onService(t, scenario.OnECS{}, strings.Replace(ecsCanary, `"1h"`, `"48h"`, 1), func(w *scenario.World, service scenario.OnECS) {
		service.Pushed(w)
		before := w.Ended(w.Requested("checkout:2"))
		ends(w, before, rollout.Succeeded, "checkout:2")
		id := w.Requested("checkout:3")
		for range 12 * 4 {
			w.Pass(15 * time.Second)
			if got := service.Answers(w, 20); got["checkout:1"] > 0 {
				t.Fatalf("the old tasks serve again: %v", got)
			}
		}
		if got := w.Serves(); got != "checkout:2 90 %, checkout:3 10 %" {
			r, _ := w.Recorded(id)
			t.Errorf("after twelve minutes the rule serves %s; its story:\n%s", got, scenario.Story(r))
		}
		r := w.Ended(id)
		ends(w, r, rollout.Succeeded, "checkout:3")
		if n, usual := w.Transitions(r), w.Transitions(before); n > usual+12 {
			t.Errorf("it took %d transitions, and the one before %d", n, usual)
		}
	})
}

// Nothing holds a service that ECS updates one task after the other; its circuit breaker's reason is the release's.
func TestCircuitBreakerOfECSIsTheReason(t *testing.T) {
	onService(t, scenario.OnECS{Behind: shop.OneGroup, Breaker: true}, outright, func(w *scenario.World, _ scenario.OnECS) {
		r := w.Ended(w.Requested(scenario.Tasks{}.PushedWithoutImage(w)))
		ends(w, r, rollout.RolledBack, "checkout:1")
		if r.Cause == nil || !strings.Contains(r.Cause.Reason, "circuit breaker: tasks failed to start") {
			t.Errorf("the cause is %+v", r.Cause)
		}
	})
}

// ECS would try for a day: it has no circuit breaker where it moves traffic.
func TestTasksThatDoNotComeUpAreGivenUp(t *testing.T) {
	onService(t, scenario.OnECS{}, ecsCanary, func(w *scenario.World, _ scenario.OnECS) {
		began := time.Now()
		r := w.Ended(w.Requested(scenario.Tasks{}.PushedWithoutImage(w)))
		ends(w, r, rollout.RolledBack, "checkout:1")
		if r.Cause == nil || !strings.Contains(r.Cause.Reason, "CannotPullContainerError") || time.Since(began) > time.Hour {
			t.Errorf("after %v the cause is %+v", time.Since(began), r.Cause)
		}
	})
}

func TestServiceThatCodeDeployLeadsIsRefused(t *testing.T) {
	onService(t, scenario.OnECS{}, ecsCanary, func(w *scenario.World, service scenario.OnECS) {
		service.Amends(w, func(s *types.Service) {
			s.DeploymentController = &types.DeploymentController{Type: types.DeploymentControllerTypeCodeDeploy}
		})
		r := w.Ended(w.Requested("checkout:2"))
		ends(w, r, rollout.Rejected, "checkout:1")
		if r.Rejection == nil || !strings.Contains(r.Rejection.Reason, "is deployed by the controller CODE_DEPLOY") {
			t.Errorf("the rejection is %+v", r.Rejection)
		}
	})
}

// The task definition is stable's but for the image, as for the kind albRule.
func TestImageIsReleasedToAServiceOfECS(t *testing.T) {
	onService(t, scenario.OnECS{}, strings.Replace(ecsCanary, `"strategy"`, `"source":{"published":true},"strategy"`, 1), func(w *scenario.World, service scenario.OnECS) {
		digest := service.PushedImage(w, 1)
		ends(w, w.Ended(service.Announced(w, digest)), rollout.Succeeded, "checkout:3")
		if got := service.Answers(w, 20); got[digest] != 20 {
			t.Errorf("after the promotion clients meet %v", got)
		}
	})
}
