package ecsservice_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/ecsservice"
	"sluice/test/conformance"
	"sluice/test/sandbox"
	"sluice/test/sandbox/ecs"
	"sluice/test/sandbox/elbv2"
	"sluice/test/sandbox/network"
	"sluice/test/sandbox/program"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
	"sluice/test/shop"
)

func TestDeployerKeepsThePort(t *testing.T) {
	for _, behind := range []shop.Behind{shop.TwoGroups, shop.Connect} {
		t.Run(string(behind), func(t *testing.T) {
			conformance.Deployer(t, func(t *testing.T) conformance.DeployerFixture { return newFixture(t, behind) })
		})
	}
}

// A rolling deployment cannot rest, but everything else holds for it.
func TestDeployerKeepsThePortOverARollingService(t *testing.T) {
	conformance.Deployer(t, func(t *testing.T) conformance.DeployerFixture { return rolling{newFixture(t, shop.OneGroup)} })
}

// fixture is a service of ECS that runs checkout:1. The deployment of checkout:4 turns an alarm of the service's own red.
type fixture struct {
	*conformance.Watch
	*shop.Shop
	tasks *ecs.Service
	cfg   aws.Config
	sick  *atomic.Bool
}

func newFixture(t *testing.T, behind shop.Behind) *fixture {
	t.Helper()
	f := &fixture{Watch: conformance.NewWatch("UpdateService", "StopServiceDeployment", "ContinueServiceDeployment"), sick: new(atomic.Bool)}
	var balancing *elbv2.Service
	box := sandboxtest.BootWith(t, sandbox.Options{Middleware: []wire.Middleware{f.Around}, Parts: []sandbox.Part{
		func(in sandbox.Surroundings) interface{ Wire() wire.Service } {
			balancing = elbv2.New(elbv2.Options{Home: in.Home, Context: in.Context, Network: network.New()})
			return balancing
		},
		func(in sandbox.Surroundings) interface{ Wire() wire.Service } {
			f.tasks = ecs.New(ecs.Options{Home: in.Home, Context: in.Context, Balancing: balancing, Emit: in.Emit("aws.ecs"), Red: f.red})
			return f.tasks
		},
	}})
	var err error
	f.Shop, err = shop.OfService(t.Context(), balancing, f.tasks, "checkout", behind, func(in *awsecs.CreateServiceInput) {
		in.DeploymentConfiguration = &types.DeploymentConfiguration{DeploymentCircuitBreaker: &types.DeploymentCircuitBreaker{Enable: true, Rollback: true}}
		if behind != shop.OneGroup {
			in.DeploymentConfiguration = &types.DeploymentConfiguration{
				Strategy: types.DeploymentStrategyBlueGreen, BakeTimeInMinutes: aws.Int32(0), Alarms: &types.DeploymentAlarms{AlarmNames: []string{"sick"}, Enable: true, Rollback: true},
			}
		}
	})
	for range 3 {
		if err == nil {
			_, err = f.Push(t.Context(), "checkout")
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	f.cfg = box.Config("")
	f.tasks.PutImage("acme/"+f.Broken(), f.sickens(behind))
	time.Sleep(5 * time.Minute)
	return f
}

// sickens is a program that turns the alarm red while it runs; a rolling service has a circuit breaker instead.
func (f *fixture) sickens(behind shop.Behind) program.Program {
	if behind == shop.OneGroup {
		return func(program.Start) (*program.Process, error) { return nil, context.DeadlineExceeded }
	}
	runs := program.Handler(func(map[string]string) http.Handler {
		return http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	})
	return func(s program.Start) (*program.Process, error) {
		p, err := runs(s)
		f.sick.Store(true)
		stop := p.Stop
		p.Stop = func() {
			f.sick.Store(false)
			stop()
		}
		return p, err
	}
}

func (f *fixture) red(alarms []string) []string {
	if f.sick.Load() {
		return alarms
	}
	return nil
}

func (f *fixture) Deployer() traffic.Deployer { return ecsservice.Ports(f.cfg).Deployer }

func (f *fixture) Target() rollout.Target { return rollout.Target{ECSService: &f.Service} }

func (f *fixture) Revisions() conformance.Revisions {
	return conformance.Revisions{Stable: "checkout:1", Candidate: "checkout:2", Other: "checkout:3"}
}

// Course implements conformance.Holding.
func (f *fixture) Course() rollout.Course {
	return rollout.Course{Release: "checkout-1", Weights: []rollout.Weight{2500, 5000, 7500, rollout.All}, Rests: time.Hour, Window: 10 * time.Minute}
}

func (f *fixture) Broken() string { return "checkout:4" }

func (f *fixture) Takes() time.Duration { return 30 * time.Minute }

func (f *fixture) Deploy(t *testing.T, revision string) {
	t.Helper()
	_, err := f.tasks.UpdateService(t.Context(), &awsecs.UpdateServiceInput{Cluster: aws.String("shop"), Service: aws.String("checkout"), TaskDefinition: &revision, ForceNewDeployment: true})
	if err != nil {
		t.Fatal(err)
	}
}

// rolling hides that the deployer may hold: this service cannot.
type rolling struct{ f *fixture }

func (r rolling) Deployer() traffic.Deployer           { return r.f.Deployer() }
func (r rolling) Target() rollout.Target               { return r.f.Target() }
func (r rolling) Revisions() conformance.Revisions     { return r.f.Revisions() }
func (r rolling) Broken() string                       { return r.f.Broken() }
func (r rolling) Takes() time.Duration                 { return r.f.Takes() }
func (r rolling) Deploy(t *testing.T, revision string) { r.f.Deploy(t, revision) }
func (r rolling) Calls() conformance.Calls             { return r.f.Calls() }
func (r rolling) OnWrite(m conformance.Meddling)       { r.f.OnWrite(m) }

// may allows every move.
type may struct{}

func (may) Allows(context.Context, rollout.Split) error { return nil }
