package ecs_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/document"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"sluice/test/sandbox/lambda"
)

const (
	gate = "arn:aws:lambda:us-east-1:123456789012:function:gate"

	postScaleUp     = types.DeploymentLifecycleHookStagePostScaleUp
	preProduction   = types.DeploymentLifecycleHookStagePreProductionTrafficShift
	productionShift = types.DeploymentLifecycleHookStageProductionTrafficShift
)

// asking is a hook that calls the function "gate". It is of Lambda because it does not say of what it is.
func asking(stages ...types.DeploymentLifecycleHookStage) types.DeploymentLifecycleHook {
	return types.DeploymentLifecycleHook{
		HookTargetArn: new(gate), RoleArn: new("arn:aws:iam::123456789012:role/hooks"), LifecycleStages: stages, HookDetails: document.NewLazyDocument(map[string]any{"bucket": "reports", "least": 3}),
	}
}

// call implements Options.Call: an answer that begins with "!" is why the function did not run.
func (d *desk) call(_ context.Context, _, _ string, payload []byte) (lambda.Result, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	told := map[string]any{}
	if err := json.Unmarshal(payload, &told); err != nil {
		return lambda.Result{}, err
	}
	said := d.answers[min(len(d.asked), len(d.answers)-1)]
	d.asked = append(d.asked, told)
	if why, failed := strings.CutPrefix(said, "!"); failed {
		return lambda.Result{}, errors.New(why)
	}
	return lambda.Result{Payload: []byte(said)}, nil
}

// askedAt are the stages at which the function was asked, with the weight of the target.
func (d *desk) askedAt() (all []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, told := range d.asked {
		at, execution := told["lifecycleStage"].(string), told["executionDetails"].(map[string]any)
		if weight, has := execution["productionTrafficWeights"].(map[string]any)[execution["targetServiceRevisionArn"].(string)]; has {
			text, _ := json.Marshal(weight)
			at += " " + string(text)
		}
		all = append(all, at)
	}
	return all
}

// The payload is that of https://docs.aws.amazon.com/AmazonECS/latest/developerguide/lambda-lifecycle-hooks.html.
func TestHookOfLambdaIsAskedAtEachStep(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.answers = []string{`{"hookStatus":"SUCCEEDED"}`}
		s := d.shifts(linear(50, 6, []types.DeploymentLifecycleHook{asking(postScaleUp, preProduction, productionShift)}))
		s.bring(d.define("web:2"))
		wait(30 * time.Minute)
		s.is("SUCCESSFUL", "CLEAN_UP", 100)
		want := []string{"POST_SCALE_UP", "PRE_PRODUCTION_TRAFFIC_SHIFT 0", "PRODUCTION_TRAFFIC_SHIFT 50", "PRE_PRODUCTION_TRAFFIC_SHIFT 50", "PRODUCTION_TRAFFIC_SHIFT 100"}
		if got := d.askedAt(); !slices.Equal(got, want) {
			t.Errorf("it was asked at %v, want %v", got, want)
		}
		var details map[string]any
		if err := d.described().DeploymentConfiguration.LifecycleHooks[0].HookDetails.UnmarshalSmithyDocument(&details); err != nil || details["bucket"] != "reports" {
			t.Errorf("the service says that its hook is told %v, %v", details, err)
		}
		told, last := d.asked[0], d.last()
		if execution := told["executionDetails"].(map[string]any); told["resourceArn"] != *last.ServiceDeploymentArn || execution["targetServiceRevisionArn"] != *last.TargetServiceRevision.Arn || execution["serviceArn"] != *last.ServiceArn ||
			len(execution["testTrafficWeights"].(map[string]any)) != 0 || told["executionId"] == "" || told["hookDetails"].(map[string]any)["bucket"] != "reports" {
			t.Errorf("it was told %v", told)
		}
	})
}

// What a function says of hookDetails comes back to it, beside what the service says. The shift waits, and a pause of the same stage does not end that.
func TestHookOfLambdaIsAskedUntilItIsDone(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.answers = []string{`{"hookStatus":"IN_PROGRESS","hookDetails":{"seen":1}}`, `{"hookStatus":"IN_PROGRESS","callBackDelay":240}`, `{"hookStatus":"SUCCEEDED"}`}
		s := d.shifts(linear(50, 6, append(held(60, ""), asking(preProduction))))
		s.bring(d.define("web:2"))
		wait(time.Minute)
		d.must(d.answer(types.DeploymentLifecycleHookActionContinue))
		wait(29 * time.Second)
		if details, _ := d.asked[1]["hookDetails"].(map[string]any); len(d.asked) != 2 || details["seen"] != 1.0 || details["least"] != 3.0 {
			t.Fatalf("half a minute later it was told %v", d.asked)
		}
		wait(3 * time.Minute)
		s.is("IN_PROGRESS", "PRE_PRODUCTION_TRAFFIC_SHIFT", 0)
		if hooks := d.last().LifecycleHookDetails; len(hooks) != 2 || hooks[1].Status != types.DeploymentLifecycleHookStatusInProgress || *hooks[1].TargetArn != gate || hooks[1].TargetType != types.DeploymentLifecycleHookTargetTypeAwsLambda {
			t.Errorf("its hooks are %+v", hooks)
		}
		wait(2 * time.Minute)
		s.is("IN_PROGRESS", "PRODUCTION_TRAFFIC_SHIFT", 50)
	})
}

// The words are those of https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting-blue-green.html. In mid-shift the hook is asked again,
// of a weight of 0, and what it says then changes nothing.
func TestHookOfLambdaTakesADeploymentBack(t *testing.T) {
	const back = "Service deployment rolled back because PRODUCTION_TRAFFIC_SHIFT lifecycle hook(s) failed. "
	for name, test := range map[string]struct{ says, why string }{
		"it says so":             {`{"hookStatus":"FAILED"}`, back + "Lifecycle hook target " + gate + " returned FAILED status."},
		"it says nothing":        {`{}`, back + "ECS was unable to parse the response from " + gate + " due to HookStatus must not be null"},
		"it cannot be called":    {"!not authorized", back + "ECS was unable to invoke hook target " + gate + " due to not authorized"},
		"it is not done in time": {`{"hookStatus":"IN_PROGRESS"}`, "Service deployment rolled back because PRODUCTION_TRAFFIC_SHIFT lifecycle hook timed out."},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, d *desk) {
				hook := asking(productionShift)
				hook.TimeoutConfiguration = &types.DeploymentLifecycleHookTimeoutConfiguration{TimeoutInMinutes: new(int32(5))}
				d.answers = []string{test.says}
				s := d.shifts(linear(50, 6, []types.DeploymentLifecycleHook{hook}))
				s.bring(d.define("web:2"))
				wait(20 * time.Minute)
				s.is("ROLLBACK_SUCCESSFUL", "PRODUCTION_TRAFFIC_SHIFT", 0)
				if why := *d.last().StatusReason; why != test.why {
					t.Errorf("it says %q, want %q", why, test.why)
				}
				if at := d.askedAt(); at[0] != "PRODUCTION_TRAFFIC_SHIFT 50" || at[len(at)-1] != "PRODUCTION_TRAFFIC_SHIFT 0" {
					t.Errorf("it was asked at %v", at)
				}
			})
		})
	}
}
