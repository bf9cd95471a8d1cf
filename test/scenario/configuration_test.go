package scenario_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/appconfig/types"

	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/scenario"
)

// grown has a version grow by AppConfig's strategy, with a ceiling on what all callers count together.
const grown = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"allAtOnce":{"bake":"10m"}},"checks":{"ceilings":[{"percent":4,"errors":5,"requests":100}]},"people":{"grace":{"event":"grace"}},"guard":{"alarms":["checkout-errors"]},"revertWindow":"1h"}`

// trusted is the same without a check: only the guard's alarm watches.
var trusted = strings.Replace(grown, `"checks":{"ceilings":[{"percent":4,"errors":5,"requests":100}]},`, "", 1)

func configured(t *testing.T, definition string, k scenario.Configured, story func(w *scenario.World)) {
	scenario.RunWith(t, scenario.Options{Kind: k}, func(w *scenario.World) {
		w.Given(definition)
		w.Subscribe()
		story(w)
		if mail := w.Mail(); strings.Contains(mail, "ALARM:") || strings.Contains(mail, "stuck") {
			w.T.Errorf("somebody was paged:\n%s", mail)
		}
	})
}

// It grows for half an hour, and Sluice's bake begins when all callers have it, while AppConfig bakes.
func TestGoodConfigurationGrowsAndBakesInsideTheBakeOfAppConfig(t *testing.T) {
	configured(t, grown, scenario.Configured{}, func(w *scenario.World) {
		callers := w.Pollers(50, 600)
		began := time.Now()
		r := w.Ended(w.Requested("2"))
		ends(w, r, rollout.Succeeded, "2")
		if took := time.Since(began); took < 40*time.Minute || took > 45*time.Minute {
			w.T.Errorf("it took %v, want half an hour and ten minutes; its story:\n%s", took, scenario.Story(r))
		}
		if d := w.LastDeployment(); d.State != types.DeploymentStateBaking || !strings.Contains(*d.Description, r.ID) {
			w.T.Errorf("deployment %d is %s, and says %q", d.DeploymentNumber, d.State, *d.Description)
		}
		for _, c := range callers {
			if c.Knows != "2" {
				w.T.Fatalf("a caller knows version %s", c.Knows)
			}
		}
	})
}

// Judged instead of trusted: no alarm is red, and AppConfig would have called this a success.
func TestCeilingTakesAConfigurationBackAtATick(t *testing.T) {
	configured(t, grown, scenario.Configured{Alarms: []string{"checkout-errors"}}, func(w *scenario.World) {
		w.GreenAlarm("checkout-errors")
		w.AlarmGreen("checkout-errors")
		w.Breaks("2", 0.5)
		callers := w.Pollers(50, 600)
		began := time.Now()
		r := w.Ended(w.Requested("2"))
		ends(w, r, rollout.RolledBack, "1")
		if took := time.Since(began); took > 20*time.Minute {
			w.T.Errorf("it was taken back after %v", took)
		}
		if r.Cause == nil || r.Cause.Kind != rollout.ByCheck || !strings.Contains(r.Cause.Reason, "ceiling") || !strings.Contains(r.Cause.Reason, "weak") {
			w.T.Errorf("the cause is %+v", r.Cause)
		}
		if d := w.LastDeployment(); d.State != types.DeploymentStateRolledBack {
			w.T.Errorf("deployment %d is %s", d.DeploymentNumber, d.State)
		}
		w.Pass(2 * time.Minute)
		for _, c := range callers {
			if c.Knows != "1" {
				w.T.Fatalf("two minutes later a caller knows version %s", c.Knows)
			}
		}
	})
}

// The same bad version, with nobody who judges: AppConfig promotes it.
func TestAppConfigAloneCallsTheSameASuccess(t *testing.T) {
	configured(t, grown, scenario.Configured{Alarms: []string{"checkout-errors"}}, func(w *scenario.World) {
		w.AlarmGreen("checkout-errors")
		w.Breaks("2", 0.5)
		w.Pollers(50, 600)
		w.Deploys("2", "AppConfig.Linear20PercentEvery6Minutes")
		w.Pass(61 * time.Minute)
		if d := w.LastDeployment(); d.State != types.DeploymentStateComplete {
			w.T.Errorf("the deployment is %s", d.State)
		}
	})
}

// A Sluice that cannot answer lets nothing through.
func TestDeadSluiceLetsNoConfigurationThrough(t *testing.T) {
	var dead atomic.Bool
	hop := func(ctx context.Context, h sandbox.Hop, next func(context.Context) error) error {
		if h.From == "appconfig" && dead.Load() {
			return errors.New("the function is throttled")
		}
		return next(ctx)
	}
	scenario.RunWith(t, scenario.Options{Kind: scenario.Configured{}, Hop: hop}, func(w *scenario.World) {
		w.Given(grown)
		id := w.Requested("2")
		w.Pass(10 * time.Minute)
		dead.Store(true)
		w.Pass(2 * time.Minute)
		if d := w.LastDeployment(); d.State != types.DeploymentStateRolledBack {
			w.T.Errorf("two minutes after its death the deployment is %s", d.State)
		}
		r := w.Ended(id)
		ends(w, r, rollout.RolledBack, "1")
		if r.Cause == nil || !strings.Contains(r.Cause.Reason, "AppConfig went back: the function is throttled") {
			w.T.Errorf("the cause is %+v", r.Cause)
		}
	})
}

func TestRedAlarmStopsAConfiguration(t *testing.T) {
	for name, after := range map[string]time.Duration{"while it grows": 8 * time.Minute, "while it bakes": 33 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			configured(t, grown, scenario.Configured{}, func(w *scenario.World) {
				id := w.Requested("2")
				w.Pass(after)
				w.AlarmRed("checkout-errors")
				w.Pass(5 * time.Second)
				if got := w.Serves(); got != "1" {
					w.T.Errorf("five seconds after the alarm it heads for %s", got)
				}
				r := w.Ended(id)
				ends(w, r, rollout.RolledBack, "1")
				if r.Cause == nil || r.Cause.Kind != rollout.ByAlarm {
					w.T.Errorf("the cause is %+v", r.Cause)
				}
			})
		})
	}
}

// An alarm of the environment that guards nothing of Sluice's.
func TestAlarmOfAppConfigsOwnIsTheReason(t *testing.T) {
	configured(t, trusted, scenario.Configured{Alarms: []string{"cart-depth"}}, func(w *scenario.World) {
		w.GreenAlarm("cart-depth")
		w.AlarmGreen("cart-depth")
		id := w.Requested("2")
		w.Pass(8 * time.Minute)
		w.RedAlarm("cart-depth")
		r := w.Ended(id)
		ends(w, r, rollout.RolledBack, "1")
		if r.Cause == nil || !strings.Contains(r.Cause.Reason, "alarm:cart-depth is in state ALARM") {
			w.T.Errorf("the cause is %+v", r.Cause)
		}
	})
}

func TestPromotedConfigurationIsTakenBackInItsWindow(t *testing.T) {
	configured(t, trusted, scenario.Configured{}, func(w *scenario.World) {
		id := w.Requested("2")
		ends(w, w.Ended(id), rollout.Succeeded, "2")
		w.Pass(40 * time.Minute) // AppConfig's bake is over, too
		if d := w.LastDeployment(); d.State != types.DeploymentStateComplete {
			w.T.Fatalf("the deployment is %s", d.State)
		}
		w.AlarmRed("checkout-errors")
		w.Pass(5 * time.Minute)
		r, _ := w.Recorded(id)
		ends(w, r, rollout.RolledBack, "1")
		if d := w.LastDeployment(); d.State != types.DeploymentStateReverted {
			w.T.Errorf("the deployment is %s", d.State)
		}
	})
}

// AppConfig reverts for 72 hours; afterwards stable is deployed anew.
func TestConfigurationIsTakenBackAfterThreeDaysByADeployment(t *testing.T) {
	scenario.RunWith(t, scenario.Options{Kind: scenario.Configured{}}, func(w *scenario.World) {
		w.Given(strings.Replace(trusted, `"revertWindow":"1h"`, `"revertWindow":"120h"`, 1))
		id := w.Requested("2")
		ends(w, w.Ended(id), rollout.Succeeded, "2")
		w.Pass(96 * time.Hour)
		w.AlarmRed("checkout-errors")
		w.Pass(5 * time.Minute)
		r, _ := w.Recorded(id)
		ends(w, r, rollout.RolledBack, "1")
		if d := w.LastDeployment(); d.State != types.DeploymentStateComplete || *d.ConfigurationVersion != "1" || *d.DeploymentStrategyId != "atonce1" {
			w.T.Errorf("the last deployment is %s, of version %s by %s", d.State, *d.ConfigurationVersion, *d.DeploymentStrategyId)
		}
	})
}

// Somebody's own deployment is not Sluice's to judge, nor to stop: a release waits for its end, and of its bake.
func TestReleaseWaitsForSomebodysDeployment(t *testing.T) {
	configured(t, grown, scenario.Configured{}, func(w *scenario.World) {
		w.Breaks("3", 1)
		w.Pollers(20, 600)
		w.Deploys("3", "AppConfig.Canary10Percent20Minutes")
		id := w.Requested("2")
		w.Pass(25 * time.Minute)
		if r, _ := w.Recorded(id); r.Epoch != 0 || w.Serves() != "3" || !strings.Contains(scenario.Story(r), "has come to rest") {
			w.T.Errorf("after 25 minutes it serves %s; its story:\n%s", w.Serves(), scenario.Story(r))
		}
		w.Breaks("3", 0)
		r := w.Ended(id)
		ends(w, r, rollout.Succeeded, "2")
		if r.Stable != "3" {
			w.T.Errorf("it would have come back to %s, want what somebody had deployed", r.Stable)
		}
	})
}

// The reason names the deployment of somebody else, and the remedy is the call that ends it. AppConfig carries theirs to its end.
func TestReleaseIsRejectedBecauseOfSomebodysDeployment(t *testing.T) {
	configured(t, pastSluice(grown, "reject"), scenario.Configured{}, func(w *scenario.World) {
		w.Deploys("3", "AppConfig.Canary10Percent20Minutes")
		r := w.Ended(w.Requested("2"))
		if r.End != rollout.Rejected || r.Rejection == nil || !strings.Contains(r.Rejection.Reason, "somebody else began deployment 2") || !strings.Contains(r.Rejection.Remedy, "--deployment-number 2") {
			w.T.Errorf("it ended %q with %+v", r.End, r.Rejection)
		}
		w.Pass(40 * time.Minute)
		if d := w.LastDeployment(); d.DeploymentNumber != 2 || d.State != types.DeploymentStateComplete {
			w.T.Errorf("the last deployment is %d, which is %s", d.DeploymentNumber, d.State)
		}
	})
}

// From the plan on the release is about the number, of which AppConfig tells, too.
func TestVersionIsReleasedByItsLabel(t *testing.T) {
	configured(t, trusted, scenario.Configured{}, func(w *scenario.World) {
		r := w.Ended(w.Requested("v2"))
		ends(w, r, rollout.Succeeded, "2")
		if story := scenario.Story(r); r.Revision.Version != "2" || !strings.Contains(story, "Version v2 is version 2.") {
			w.T.Errorf("it is about %s; its story:\n%s", r.Revision.Version, story)
		}
		r = w.Ended(w.Requested("v7"))
		if r.End != rollout.Rejected || !strings.Contains(r.Rejection.Reason, "has the label v7") || !strings.Contains(r.Rejection.Remedy, "list-hosted-configuration-versions") {
			w.T.Errorf("a label that there is not ended %q: %+v", r.End, r.Rejection)
		}
	})
}
