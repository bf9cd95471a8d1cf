package scenario_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// comparing is Canary with a comparison of errors, which needs numbers by deployment.
const comparing = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":10,"bake":"10m"},{"weight":50,"bake":"10m"}]}},
	"checks":{"errors":[{}]},"guard":{"alarms":["checkout-errors"]},"revertWindow":"1h"}`

func onStage(t *testing.T, story func(w *scenario.World, a *scenario.APIStage)) {
	t.Helper()
	a := &scenario.APIStage{}
	scenario.RunWith(t, scenario.Options{Kind: a}, func(w *scenario.World) { story(w, a) })
}

func TestGoodDeploymentOfAnAPIIsPromoted(t *testing.T) {
	onStage(t, func(w *scenario.World, a *scenario.APIStage) {
		w.Given(comparing)
		visitors := w.Visits(120)
		r := w.Ended(w.Requested(a.Deployments[1]))
		w.Then(r, rollout.Succeeded, "Plan Admit Shift Judge Shift Judge Shift Judge Settle", a.Deployments[1])
		if harmed, of, _ := visitors.Harmed(); harmed > 0 || of < 1200 {
			w.T.Errorf("%d of %d requests were harmed", harmed, of)
		}
	})
}

// API Gateway's own metrics do not tell the canary apart. The access log does.
func TestBadDeploymentOfAnAPIIsSeenInTheAccessLog(t *testing.T) {
	onStage(t, func(w *scenario.World, a *scenario.APIStage) {
		w.Given(comparing)
		w.Breaks("2", 0.2)
		visitors := w.Visits(120)
		id := w.Requested(a.Deployments[1])
		r := w.Ended(id)
		if r.End != rollout.RolledBack || w.Serves() != a.Deployments[0] || !strings.Contains(scenario.Story(r), "requests failed (") {
			w.T.Errorf("it ended %q, the stage serves %s; its story:\n%s", r.End, w.Serves(), scenario.Story(r))
		}
		harmed, of, last := visitors.Harmed()
		w.Pass(10 * time.Minute)
		if after, _, _ := visitors.Harmed(); harmed == 0 || harmed > of/20 || after > harmed {
			w.T.Errorf("%d of %d requests were harmed, the last at %v, and %d after the traffic was back", harmed, of, last, after-harmed)
		}
	})
}

func TestRedAlarmTakesTheCanaryOfAStageAway(t *testing.T) {
	onStage(t, func(w *scenario.World, a *scenario.APIStage) {
		w.Given(scenario.Canary)
		w.Breaks("2", 0.5)
		visitors := w.Visits(600)
		id := w.Requested(a.Deployments[1])
		w.Pass(2 * time.Minute)
		w.AlarmRed(scenario.Alarm)
		red := time.Now()
		ends(w, w.Ended(id), rollout.RolledBack, a.Deployments[0])
		if _, _, last := visitors.Harmed(); last.After(red.Add(2 * time.Second)) {
			w.T.Errorf("somebody was harmed %v after the alarm went red", last.Sub(red))
		}
	})
}

func TestPromotedDeploymentIsTakenBack(t *testing.T) {
	onStage(t, func(w *scenario.World, a *scenario.APIStage) {
		w.Given(scenario.Canary)
		id := w.Requested(a.Deployments[1])
		ends(w, w.Ended(id), rollout.Succeeded, a.Deployments[1])
		w.Pass(10 * time.Minute)
		w.AlarmRed(scenario.Alarm)
		w.Pass(20 * time.Minute)
		r, _ := w.Recorded(id)
		ends(w, r, rollout.RolledBack, a.Deployments[0])
	})
}

func TestSomebodyElsesCanaryIsNoticed(t *testing.T) {
	onStage(t, func(w *scenario.World, a *scenario.APIStage) {
		w.Given(scenario.Canary)
		id := w.Requested(a.Deployments[1])
		w.Pass(8 * time.Minute)
		w.PatchStage(
			types.PatchOperation{Op: types.OpReplace, Path: aws.String("/canarySettings/deploymentId"), Value: &a.Deployments[2]},
			types.PatchOperation{Op: types.OpReplace, Path: aws.String("/canarySettings/percentTraffic"), Value: aws.String("50")})
		r := w.Ended(id)
		if r.End != rollout.Stuck || !r.ByHand || w.Serves() != a.Deployments[0]+" 50 %, "+a.Deployments[2]+" 50 %" {
			w.T.Errorf("it ended %q, the stage serves %s; its story:\n%s", r.End, w.Serves(), scenario.Story(r))
		}
	})
}

func TestDeploymentThatThereIsNotIsRefused(t *testing.T) {
	onStage(t, func(w *scenario.World, a *scenario.APIStage) {
		w.Given(scenario.Canary)
		r := w.Ended(w.Requested("nowhere"))
		w.Then(r, rollout.Rejected, "Plan Admit Settle", a.Deployments[0])
		if r.Rejection == nil || !strings.Contains(r.Rejection.Reason, "has no deployment nowhere") || !strings.Contains(r.Rejection.Remedy, "create-deployment") {
			w.T.Errorf("it was refused because of %+v", r.Rejection)
		}
	})
}
