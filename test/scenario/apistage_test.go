package scenario_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	"github.com/aws/smithy-go"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// comparing is Canary with a comparison of errors, which needs numbers by deployment.
const comparing = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":10,"bake":"10m"},{"weight":50,"bake":"10m"}]}},
	"checks":{"errors":[{}]},"guard":{"alarms":["checkout-errors"]},"revertWindow":"1h"}`

func onStage(t *testing.T, story func(w *scenario.World)) {
	t.Helper()
	scenario.RunWith(t, scenario.Options{Kind: scenario.APIStage{}}, story)
}

func TestGoodDeploymentOfAnAPIIsPromoted(t *testing.T) {
	onStage(t, func(w *scenario.World) {
		w.Given(comparing)
		visitors := w.Visits(120)
		r := w.Ended(w.Requested("2"))
		w.Then(r, rollout.Succeeded, "Plan Admit Shift Judge Shift Judge Shift Judge Settle", "2")
		if harmed, of, _ := visitors.Harmed(); harmed > 0 || of < 1200 {
			w.T.Errorf("%d of %d requests were harmed", harmed, of)
		}
	})
}

// API Gateway's own metrics do not tell the canary apart. The access log does.
func TestBadDeploymentOfAnAPIIsSeenInTheAccessLog(t *testing.T) {
	onStage(t, func(w *scenario.World) {
		w.Given(comparing)
		w.Breaks("2", 0.2)
		visitors := w.Visits(120)
		id := w.Requested("2")
		r := w.Ended(id)
		if r.End != rollout.RolledBack || w.Serves() != "1" || !strings.Contains(scenario.Story(r), "requests failed (") {
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
	onStage(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		w.Breaks("2", 0.5)
		visitors := w.Visits(600)
		id := w.Requested("2")
		w.Pass(2 * time.Minute)
		w.AlarmRed(scenario.Alarm)
		red := time.Now()
		ends(w, w.Ended(id), rollout.RolledBack, "1")
		if _, _, last := visitors.Harmed(); last.After(red.Add(2 * time.Second)) {
			w.T.Errorf("somebody was harmed %v after the alarm went red", last.Sub(red))
		}
	})
}

func TestPromotedDeploymentIsTakenBack(t *testing.T) {
	onStage(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		id := w.Requested("2")
		ends(w, w.Ended(id), rollout.Succeeded, "2")
		w.Pass(10 * time.Minute)
		w.AlarmRed(scenario.Alarm)
		w.Pass(20 * time.Minute)
		r, _ := w.Recorded(id)
		ends(w, r, rollout.RolledBack, "1")
	})
}

func TestSomebodyElsesCanaryIsNoticed(t *testing.T) {
	onStage(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		id := w.Requested("2")
		w.Pass(8 * time.Minute)
		w.PatchStage(
			types.PatchOperation{Op: types.OpReplace, Path: aws.String("/canarySettings/deploymentId"), Value: aws.String("3")},
			types.PatchOperation{Op: types.OpReplace, Path: aws.String("/canarySettings/percentTraffic"), Value: aws.String("50")})
		r := w.Ended(id)
		if r.End != rollout.Stuck || !r.ByHand || w.Serves() != "1 50 %, 3 50 %" {
			w.T.Errorf("it ended %q, the stage serves %s; its story:\n%s", r.End, w.Serves(), scenario.Story(r))
		}
	})
}

func TestDeploymentThatThereIsNotIsRefused(t *testing.T) {
	onStage(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		r := w.Ended(w.Requested("404"))
		w.Then(r, rollout.Rejected, "Plan Admit Settle", "1")
		if r.Rejection == nil || !strings.Contains(r.Rejection.Reason, "has no deployment 404") || !strings.Contains(r.Rejection.Remedy, "create-deployment") {
			w.T.Errorf("it was refused because of %+v", r.Rejection)
		}
	})
}

// Whoever changes an API asks for it as it is now, and nobody has to deploy it by hand.
func TestAnAPIIsReleasedAsItIsNow(t *testing.T) {
	onStage(t, func(w *scenario.World) {
		w.Given(comparing)
		w.Edited("2", "fresh1")
		visitors := w.Visits(120)
		r := w.Ended(w.Requested("now"))
		w.Then(r, rollout.Succeeded, "Plan Admit Shift Judge Shift Judge Shift Judge Settle", "fresh1")
		if about := w.Deployments()["fresh1"]; about != "Sluice: release "+r.ID || len(w.Deployments()) != 4 {
			w.T.Errorf("the deployments are %v", w.Deployments())
		}
		if harmed, of, _ := visitors.Harmed(); harmed > 0 || of < 1200 {
			w.T.Errorf("%d of %d requests were harmed", harmed, of)
		}
		if story := scenario.Story(r); !strings.Contains(story, "Deployment now is deployment fresh1.") {
			w.T.Errorf("its story:\n%s", story)
		}
	})
}

// Whoever has plan's role may deploy an API to nobody, and to no stage.
func TestAThiefWithPlansRoleDeploysToNoStage(t *testing.T) {
	onStage(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		cfg, err := w.Sandbox.ConfigFor("sluice-sandbox-plan-api")
		if err != nil {
			w.T.Fatal(err)
		}
		client := apigateway.NewFromConfig(cfg)
		time.Sleep(5 * time.Second)
		for _, stage := range []string{"checkout", "another"} {
			_, err := client.CreateDeployment(w.T.Context(), &apigateway.CreateDeploymentInput{RestApiId: aws.String("a1b2c3d4e5"), StageName: &stage})
			var refused smithy.APIError
			if !errors.As(err, &refused) || refused.ErrorCode() != "AccessDeniedException" {
				w.T.Errorf("to stage %s: %v", stage, err)
			}
		}
		if _, err := client.CreateDeployment(w.T.Context(), &apigateway.CreateDeploymentInput{RestApiId: aws.String("a1b2c3d4e5")}); err != nil {
			w.T.Errorf("to no stage: %v", err)
		}
	})
}
