package apigateway_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsapigateway "github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sluice/test/sandbox"
	"sluice/test/sandbox/apigateway"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
)

const api = "a1b2c3d4e5"

// rig is an API with two deployments, the first of which the stage dev serves, and a client of the SDK.
type rig struct {
	*awsapigateway.Client
	t             *testing.T
	ctx           context.Context
	service       *apigateway.Service
	first, second string
}

func newRig(t *testing.T, d apigateway.Doubts) *rig {
	part := func(in sandbox.Surroundings) interface{ Wire() wire.Service } {
		return apigateway.New(apigateway.Options{Home: in.Home, Doubts: d})
	}
	box := sandboxtest.BootWith(t, sandbox.Options{Parts: []sandbox.Part{part}})
	r := &rig{Client: awsapigateway.NewFromConfig(box.Config("")), t: t, ctx: t.Context(), service: sandbox.PartOf[apigateway.Service](box)}
	r.service.Create(api, "shop", "first")
	r.first = r.deploy(&awsapigateway.CreateDeploymentInput{StageName: aws.String("dev"), Variables: map[string]string{"testVar": "default", "other": "kept"}})
	r.second = r.deploy(&awsapigateway.CreateDeploymentInput{})
	return r
}

// deploy waits until it may, as the SDK's client does.
func (r *rig) deploy(in *awsapigateway.CreateDeploymentInput) string {
	r.t.Helper()
	time.Sleep(5 * time.Second)
	in.RestApiId = aws.String(api)
	out, err := r.CreateDeployment(r.ctx, in)
	if err != nil {
		r.t.Fatal(err)
	}
	return *out.Id
}

// patch changes the stage; operations are written "replace /path value" and "copy /from /path".
func (r *rig) patch(operations ...string) error {
	in := &awsapigateway.UpdateStageInput{RestApiId: aws.String(api), StageName: aws.String("dev")}
	for _, o := range operations {
		words := append(strings.Fields(o), "")
		op := types.PatchOperation{Op: types.Op(words[0]), Path: &words[1], Value: &words[2]}
		if op.Op == types.OpCopy {
			op = types.PatchOperation{Op: op.Op, From: &words[1], Path: &words[2]}
		}
		in.PatchOperations = append(in.PatchOperations, op)
	}
	_, err := r.UpdateStage(r.ctx, in)
	return err
}

func (r *rig) patched(operations ...string) {
	r.t.Helper()
	if err := r.patch(operations...); err != nil {
		r.t.Fatal(err)
	}
}

// serves compares what the stage serves.
func (r *rig) serves(deployment string, variables map[string]string, canary *types.CanarySettings) {
	r.t.Helper()
	out, err := r.GetStage(r.ctx, &awsapigateway.GetStageInput{RestApiId: aws.String(api), StageName: aws.String("dev")})
	if err != nil {
		r.t.Fatal(err)
	}
	type stage struct {
		Deployment string
		Variables  map[string]string
		Canary     *types.CanarySettings
	}
	want, got := stage{deployment, variables, canary}, stage{*out.DeploymentId, out.Variables, out.CanarySettings}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(types.CanarySettings{}), cmpopts.EquateEmpty()); diff != "" {
		r.t.Errorf("the stage (-want +got):\n%s", diff)
	}
}

func on(t *testing.T, d apigateway.Doubts, test func(r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(newRig(t, d)) })
}

var defaults = map[string]string{"testVar": "default", "other": "kept"}

// What AWS answered to the same calls is recorded in LocalStack's test_apigateway_canary.snapshot.json.
func TestCanaryComesAndGoesByPatches(t *testing.T) {
	on(t, apigateway.Doubts{}, func(r *rig) {
		r.patched("replace /canarySettings/deploymentId " + r.second)
		r.serves(r.first, defaults, &types.CanarySettings{DeploymentId: &r.second})
		r.patched("replace /canarySettings/percentTraffic 10.5", "replace /canarySettings/stageVariableOverrides/testVar canary", "replace /canarySettings/useStageCache true")
		r.serves(r.first, defaults, &types.CanarySettings{DeploymentId: &r.second, PercentTraffic: 10.5, StageVariableOverrides: map[string]string{"testVar": "canary"}, UseStageCache: true})
		r.patched("remove /canarySettings/stageVariableOverrides/testVar")
		r.serves(r.first, defaults, &types.CanarySettings{DeploymentId: &r.second, PercentTraffic: 10.5, UseStageCache: true})
		r.patched("remove /canarySettings")
		r.serves(r.first, defaults, nil)
		r.patched("replace /canarySettings/percentTraffic 50")
		r.serves(r.first, defaults, &types.CanarySettings{DeploymentId: &r.first, PercentTraffic: 50})
	})
}

func TestPromotionCopiesAndLeavesTheCanary(t *testing.T) {
	promotion := []string{"replace /canarySettings/percentTraffic 0.0", "copy /canarySettings/stageVariableOverrides /variables", "copy /canarySettings/deploymentId /deploymentId"}
	for doubts, variables := range map[apigateway.Doubts]map[string]string{
		{}:               {"testVar": "canary", "other": "kept"},
		{Replaces: true}: {"testVar": "canary"},
	} {
		on(t, doubts, func(r *rig) {
			r.patched("replace /canarySettings/deploymentId "+r.second, "replace /canarySettings/percentTraffic 50", "replace /canarySettings/stageVariableOverrides/testVar canary")
			r.patched(promotion...)
			r.serves(r.second, variables, &types.CanarySettings{DeploymentId: &r.second, StageVariableOverrides: map[string]string{"testVar": "canary"}})
			r.patched("remove /canarySettings")
			r.serves(r.second, variables, nil)
		})
	}
}

func TestPatchesThatAWSRefuses(t *testing.T) {
	on(t, apigateway.Doubts{Refuses: true}, func(r *rig) {
		for operations, want := range map[string]string{
			"test /deploymentId x":                             "Invalid test operation with path: /deploymentId",
			"add /canarySettings/deploymentId " + r.second:     "Invalid add operation with path: /canarySettings/deploymentId",
			"replace /canarySettings/deploymentId nowhere":     "Deployment id does not exist",
			"replace /canarySettings/percentTraffic 101":       "between 0.0 and 100.0",
			"replace /canarySettings/percentTraffic NaN":       "between 0.0 and 100.0",
			"replace /canarySettings test":                     "Invalid method setting path: /canarySettings. Must be one of",
			"replace /canarySettings/badPath x":                "Invalid method setting path: /canarySettings/badPath. Must be one of",
			"remove /canarySettings/stageVariableOverrides":    "Cannot remove method setting canarySettings/stageVariableOverrides because there is no method setting for this method",
			"remove /canarySettings":                           "Cannot remove method setting canarySettings because",
			"copy /variables /canarySettings/deploymentId":     "Invalid copy operation with path: /canarySettings/deploymentId and from /variables. Valid copy:path are [/deploymentId, /variables]",
			"copy /canarySettings/deploymentId /deploymentId":  "Promotion not available. Canary does not exist.",
			"replace /variables/bad-name x":                    "bad-name",
			"replace /deploymentId nowhere":                    "Deployment id does not exist",
			"replace /canarySettings/stageVariableOverrides/a": "a",
		} {
			err := r.patch(operations)
			if sandboxtest.Code(err) != "BadRequestException" || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q", operations, err, want)
			}
		}
		r.serves(r.first, defaults, nil)
		r.patched("replace /canarySettings/deploymentId " + r.second)
		if err := r.patch("replace /deploymentId " + r.second); sandboxtest.Code(err) != "BadRequestException" {
			t.Errorf("a stage with a canary took another deployment: %v", err)
		}
	})
}

func TestDeploymentOfAStageWithACanaryGoesToTheCanary(t *testing.T) {
	on(t, apigateway.Doubts{}, func(r *rig) {
		refuses := func(want string, in awsapigateway.CreateDeploymentInput) {
			t.Helper()
			time.Sleep(5 * time.Second)
			in.RestApiId = aws.String(api)
			if _, err := r.CreateDeployment(r.ctx, &in); sandboxtest.Code(err) != "BadRequestException" || !strings.Contains(err.Error(), want) {
				t.Errorf("answered %v, want %q", err, want)
			}
		}
		half := &types.DeploymentCanarySettings{PercentTraffic: 50, StageVariableOverrides: map[string]string{"testVar": "canary"}}
		refuses("Non null and non empty stageName must be provided", awsapigateway.CreateDeploymentInput{CanarySettings: half})
		refuses("Stage nowhere must already be created", awsapigateway.CreateDeploymentInput{CanarySettings: half, StageName: aws.String("nowhere")})
		third := r.deploy(&awsapigateway.CreateDeploymentInput{StageName: aws.String("dev"), CanarySettings: half})
		r.serves(r.first, defaults, &types.CanarySettings{DeploymentId: &third, PercentTraffic: 50, StageVariableOverrides: map[string]string{"testVar": "canary"}})
		refuses("Provide CanarySettings in deploymentInput", awsapigateway.CreateDeploymentInput{StageName: aws.String("dev")})
		r.patched("remove /canarySettings")
		fourth := r.deploy(&awsapigateway.CreateDeploymentInput{StageName: aws.String("dev")})
		r.serves(fourth, defaults, nil)
	})
}

func TestDeploymentThatIsServedIsKept(t *testing.T) {
	on(t, apigateway.Doubts{}, func(r *rig) {
		r.patched("replace /canarySettings/deploymentId " + r.second)
		for _, id := range []string{r.first, r.second} {
			if _, err := r.DeleteDeployment(r.ctx, &awsapigateway.DeleteDeploymentInput{RestApiId: aws.String(api), DeploymentId: &id}); sandboxtest.Code(err) != "BadRequestException" {
				t.Errorf("deployment %s is served, and was deleted: %v", id, err)
			}
		}
		r.patched("remove /canarySettings")
		if _, err := r.DeleteDeployment(r.ctx, &awsapigateway.DeleteDeploymentInput{RestApiId: aws.String(api), DeploymentId: &r.second}); err != nil {
			t.Error(err)
		}
		if _, err := r.GetDeployment(r.ctx, &awsapigateway.GetDeploymentInput{RestApiId: aws.String(api), DeploymentId: &r.second}); sandboxtest.Code(err) != "NotFoundException" {
			t.Errorf("the deleted deployment: %v", err)
		}
	})
}

func TestCallsAreThrottled(t *testing.T) {
	on(t, apigateway.Doubts{}, func(r *rig) {
		once := func(o *awsapigateway.Options) { o.RetryMaxAttempts = 1 }
		r.deploy(&awsapigateway.CreateDeploymentInput{})
		if _, err := r.CreateDeployment(r.ctx, &awsapigateway.CreateDeploymentInput{RestApiId: aws.String(api)}, once); sandboxtest.Code(err) != "TooManyRequestsException" {
			t.Errorf("the second deployment in five seconds: %v", err)
		}
		time.Sleep(time.Minute)
		refused := 0
		for range 50 {
			if _, err := r.GetStage(r.ctx, &awsapigateway.GetStageInput{RestApiId: aws.String(api), StageName: aws.String("dev")}, once); sandboxtest.Code(err) == "TooManyRequestsException" {
				refused++
			}
		}
		if refused != 10 {
			t.Errorf("%d of 50 calls at once were refused, want 10: the bucket holds 40", refused)
		}
		time.Sleep(time.Second)
		r.serves(r.first, defaults, nil)
	})
}
