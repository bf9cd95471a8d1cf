package apistage_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsapigateway "github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/apistage"
	"sluice/test/conformance"
	"sluice/test/sandbox"
	"sluice/test/sandbox/apigateway"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
)

// The router keeps the port whatever AWS's pages leave open, with and without variables in its revisions.
func TestRouterKeepsThePort(t *testing.T) {
	for name, c := range map[string]trait{
		"deployments alone": {}, "with variables": {variables: true},
		"with variables, and doubts decided the other way": {variables: true, doubts: apigateway.Doubts{Replaces: true, Refuses: true}},
	} {
		t.Run(name, func(t *testing.T) {
			conformance.Router(t, func(t *testing.T) conformance.Fixture { return newFixture(t, c) })
		})
	}
}

const api = "a1b2c3d4e5"

type trait struct {
	variables bool // revisions have a value of the variable alias
	doubts    apigateway.Doubts
}

// fixture is the stage prod of an API with three deployments.
type fixture struct {
	*conformance.Watch
	trait
	box         *sandbox.Sandbox
	deployments [3]string
}

func newFixture(t *testing.T, c trait) *fixture {
	f := &fixture{Watch: conformance.NewWatch("UpdateStage", "CreateDeployment"), trait: c}
	part := func(in sandbox.Surroundings) interface{ Wire() wire.Service } {
		return apigateway.New(apigateway.Options{Home: in.Home, Doubts: c.doubts})
	}
	f.box = sandboxtest.BootWith(t, sandbox.Options{Parts: []sandbox.Part{part}, Middleware: []wire.Middleware{f.Around}})
	f.service().Create(api, "shop", "")
	for i := range f.deployments {
		in := &awsapigateway.CreateDeploymentInput{RestApiId: aws.String(api)}
		if i == 0 {
			in.StageName, in.Variables = aws.String("prod"), f.stableVariables()
		}
		out, err := f.service().CreateDeployment(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		f.deployments[i] = *out.Id
		time.Sleep(5 * time.Second) // one deployment in that time
	}
	return f
}

// stableVariables has one that belongs to no revision and has to survive everything.
func (f *fixture) stableVariables() map[string]string {
	if !f.variables {
		return map[string]string{"table": "orders"}
	}
	return map[string]string{"table": "orders", "alias": "v1"}
}

func (f *fixture) service() *apigateway.Service { return sandbox.PartOf[apigateway.Service](f.box) }

func (f *fixture) Router() traffic.Router { return apistage.New(f.box.Config("")) }

func (f *fixture) Target() rollout.Target {
	stage := &kind.APIStage{API: api, Stage: "prod"}
	if f.variables {
		stage.Variables = []string{"alias"}
	}
	return rollout.Target{APIStage: stage}
}

func (f *fixture) revision(i int) string {
	if !f.variables {
		return f.deployments[i]
	}
	return f.deployments[i] + "+alias=v" + string(rune('1'+i))
}

func (f *fixture) Revisions() conformance.Revisions {
	return conformance.Revisions{Stable: f.revision(0), Candidate: f.revision(1), Other: f.revision(2)}
}

func (f *fixture) Locks() bool { return false }

func (f *fixture) stage(t *testing.T) *awsapigateway.GetStageOutput {
	t.Helper()
	time.Sleep(time.Second) // tokens for the calls of the test itself
	out, err := f.service().GetStage(t.Context(), &awsapigateway.GetStageInput{RestApiId: aws.String(api), StageName: aws.String("prod")})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Serves reads the stage past the router, and in the raw. A variable that is no revision's must never be lost.
func (f *fixture) Serves(t *testing.T) rollout.Split {
	t.Helper()
	out := f.stage(t)
	named := func(deployment, alias string) string {
		if f.variables {
			return deployment + "+alias=" + alias
		}
		return deployment
	}
	if out.Variables["table"] != "orders" {
		t.Errorf("the stage's variables are %v", out.Variables)
	}
	s := rollout.Split{Stable: named(*out.DeploymentId, out.Variables["alias"])}
	if c := out.CanarySettings; c != nil {
		if table, overridden := c.StageVariableOverrides["table"]; overridden && table != "orders" {
			t.Errorf("the canary's variables are %v", c.StageVariableOverrides)
		}
		s.Candidate, s.Weight = named(*c.DeploymentId, c.StageVariableOverrides["alias"]), rollout.Percent(c.PercentTraffic)
	}
	return s
}

// Move changes the stage past the router, by a canary of three fields or by the stage itself.
func (f *fixture) Move(t *testing.T, to rollout.Split) {
	t.Helper()
	replace := func(path, value string) types.PatchOperation {
		return types.PatchOperation{Op: types.OpReplace, Path: &path, Value: &value}
	}
	var change []types.PatchOperation
	if f.stage(t).CanarySettings != nil {
		change = append(change, types.PatchOperation{Op: types.OpRemove, Path: aws.String("/canarySettings")})
	}
	stable, candidate := kind.ReadStageRevision(to.Stable), kind.ReadStageRevision(to.Candidate)
	change = append(change, replace("/deploymentId", stable.Deployment))
	for name, value := range stable.Variables {
		change = append(change, replace("/variables/"+name, value))
	}
	if to.Candidate != "" {
		change = append(change, replace("/canarySettings/deploymentId", candidate.Deployment))
		for name, value := range candidate.Variables {
			change = append(change, replace("/canarySettings/stageVariableOverrides/"+name, value))
		}
		percent := strings.TrimSuffix(to.Weight.String(), " %")
		change = append(change, replace("/canarySettings/percentTraffic", percent))
	}
	in := &awsapigateway.UpdateStageInput{RestApiId: aws.String(api), StageName: aws.String("prod"), PatchOperations: change}
	if _, err := f.service().UpdateStage(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

func on(t *testing.T, c trait, test func(t *testing.T, f *fixture, m *traffic.Mover)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, c)
		test(t, f, traffic.Over(apistage.Ports(f.box.Config(""))))
	})
}

// allowed is a permit that lets everything through.
type allowed struct{}

func (allowed) Allows(context.Context, rollout.Split) error { return nil }

func moved(t *testing.T, f *fixture, m *traffic.Mover, weight rollout.Weight) {
	t.Helper()
	to := rollout.Split{Stable: f.revision(0), Candidate: f.revision(1), Weight: weight}
	if _, err := m.Forward(t.Context(), f.Target(), to, allowed{}); err != nil {
		t.Fatal(err)
	}
}

// As API Gateway's guide does it: the canary's deployment and variables are copied, and the canary is removed afterwards.
func TestPromotionIsTheDocumentedOne(t *testing.T) {
	on(t, trait{variables: true}, func(t *testing.T, f *fixture, m *traffic.Mover) {
		moved(t, f, m, 1000)
		if c := f.stage(t).CanarySettings; c.StageVariableOverrides["table"] != "orders" || c.StageVariableOverrides["alias"] != "v2" {
			t.Errorf("the canary overrides %v, want all variables", c.StageVariableOverrides)
		}
		var copies int
		f.OnWrite(conformance.Meddling{After: func() {
			now := f.stage(t)
			if now.CanarySettings == nil || now.CanarySettings.PercentTraffic != 0 || *now.DeploymentId != f.deployments[1] || now.Variables["alias"] != "v2" {
				t.Errorf("after the promotion: %+v", now)
			}
			copies++
		}})
		moved(t, f, m, rollout.All)
		if now := f.stage(t); now.CanarySettings != nil || copies != 1 {
			t.Errorf("the canary is left: %+v", now.CanarySettings)
		}
	})
}

// A person's canary that serves the candidate already keeps what else they gave it, and takes no variable from the stage when it is promoted.
func TestAdoptedCanaryKeepsItsOwnVariables(t *testing.T) {
	on(t, trait{doubts: apigateway.Doubts{Replaces: true}}, func(t *testing.T, f *fixture, m *traffic.Mover) {
		f.Move(t, rollout.Split{Stable: f.revision(0), Candidate: f.revision(1), Weight: 100})
		in := &awsapigateway.UpdateStageInput{RestApiId: aws.String(api), StageName: aws.String("prod"), PatchOperations: []types.PatchOperation{
			{Op: types.OpReplace, Path: aws.String("/canarySettings/stageVariableOverrides/mode"), Value: aws.String("new")},
		}}
		if _, err := f.service().UpdateStage(t.Context(), in); err != nil {
			t.Fatal(err)
		}
		moved(t, f, m, 1000)
		if c := f.stage(t).CanarySettings; c.StageVariableOverrides["mode"] != "new" {
			t.Errorf("the canary overrides %v", c.StageVariableOverrides)
		}
		moved(t, f, m, rollout.All)
		if v := f.stage(t).Variables; v["mode"] != "new" || v["table"] != "orders" {
			t.Errorf("the stage's variables are %v", v)
		}
	})
}

// Nothing is in flight where the canary is another one of what the stage serves itself: a promotion by hand leaves that.
func TestCanaryOfTheStagesOwnDeploymentIsNone(t *testing.T) {
	on(t, trait{}, func(t *testing.T, f *fixture, m *traffic.Mover) {
		f.Move(t, rollout.Split{Stable: f.revision(0), Candidate: f.revision(0), Weight: 3000})
		if now, err := m.Read(t.Context(), f.Target()); err != nil || !now.Serves(f.revision(0)) {
			t.Errorf("the stage serves %v, %v", now, err)
		}
		moved(t, f, m, 1000)
		if got := f.Serves(t); got.Candidate != f.revision(1) || got.Weight != 1000 {
			t.Errorf("the stage serves %v", got)
		}
	})
}

func TestWayBackToADeletedDeploymentIsAnObstacle(t *testing.T) {
	on(t, trait{}, func(t *testing.T, f *fixture, m *traffic.Mover) {
		moved(t, f, m, rollout.All)
		time.Sleep(time.Minute)
		if _, err := f.service().DeleteDeployment(t.Context(), &awsapigateway.DeleteDeploymentInput{RestApiId: aws.String(api), DeploymentId: &f.deployments[0]}); err != nil {
			t.Fatal(err)
		}
		_, err := m.Back(t.Context(), f.Target(), rollout.Split{Stable: f.revision(0)}, allowed{})
		if o := traffic.ObstacleOf(err); o == nil || !strings.Contains(o.What, "Deployment id does not exist") || !strings.Contains(o.Remedy, "create-deployment") {
			t.Errorf("the answer is %v", err)
		}
	})
}

func TestStageThatIsNoRESTAPIsIsAnObstacle(t *testing.T) {
	on(t, trait{}, func(t *testing.T, f *fixture, m *traffic.Mover) {
		target := rollout.Target{APIStage: &kind.APIStage{API: "httpapi123", Stage: "$default"}}
		_, err := m.Read(t.Context(), target)
		if o := traffic.ObstacleOf(err); o == nil || !strings.Contains(o.Remedy, "AutoDeploy") || !strings.Contains(o.Remedy, "lambdaAlias") {
			t.Errorf("the answer is %v", err)
		}
	})
}

// The guard has three calls from the alarm to the traffic: it asks whom the alarm guards, raises the fence, and makes this one.
func TestWayBackIsOneCall(t *testing.T) {
	for name, weight := range map[string]rollout.Weight{"before the promotion": 1000, "after the promotion": rollout.All} {
		on(t, trait{variables: true, doubts: apigateway.Doubts{Refuses: true}}, func(t *testing.T, f *fixture, m *traffic.Mover) {
			moved(t, f, m, weight)
			at, err := m.Read(t.Context(), f.Target())
			if err != nil {
				t.Fatal(err)
			}
			before := f.Calls()
			if _, err := m.Back(t.Context(), f.Target(), rollout.Split{Stable: f.revision(0), Tag: at.Tag}, allowed{}); err != nil {
				t.Fatal(err)
			}
			if after := f.Calls(); after.Writes-before.Writes != 1 || after.Reads != before.Reads {
				t.Errorf("%s: it made %d reads and %d writes", name, after.Reads-before.Reads, after.Writes-before.Writes)
			}
			if now := f.Serves(t); !now.Serves(f.revision(0)) {
				t.Errorf("%s: the stage serves %v", name, now)
			}
		})
	}
}

// A rollback between the two changes of a promotion stands: nothing raises the candidate a second time (invariant I3).
func TestPromotionDoesNotGoOnAfterARollback(t *testing.T) {
	on(t, trait{}, func(t *testing.T, f *fixture, m *traffic.Mover) {
		moved(t, f, m, 1000)
		f.OnWrite(conformance.Meddling{After: func() { f.Move(t, rollout.Split{Stable: f.revision(0)}) }})
		before := f.Calls()
		to := rollout.Split{Stable: f.revision(0), Candidate: f.revision(1), Weight: rollout.All}
		if _, err := m.Forward(t.Context(), f.Target(), to, allowed{}); !traffic.IsMoved(err) {
			t.Errorf("the answer is %v, want ErrMoved", err)
		}
		if now := f.Serves(t); !now.Serves(f.revision(0)) || f.Calls().Writes-before.Writes != 2 {
			t.Errorf("after %d writes the stage serves %v", f.Calls().Writes-before.Writes, now)
		}
	})
}
