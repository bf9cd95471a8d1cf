package appconfig_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"
	"github.com/aws/aws-sdk-go-v2/service/appconfig/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/appconfig"
	"sluice/test/conformance"
	"sluice/test/sandbox"
	service "sluice/test/sandbox/appconfig"
	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
)

// fixture is a configuration with four versions, the first of which is served. The environment has ticks, at which version 4 is refused.
type fixture struct {
	*conformance.Watch
	t      *testing.T
	box    *sandbox.Sandbox
	ports  traffic.Ports
	target kind.Configuration
	of     *service.Service
}

// ticks are a function, and a role by which AppConfig invokes it.
const ticks = `{"Resources":{
	"Code":{"Type":"AWS::IAM::Role","Properties":{"RoleName":"code","AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}}},
	"Tick":{"Type":"AWS::Lambda::Function","Properties":{"FunctionName":"tick","Runtime":"provided.al2023","Handler":"bootstrap","Role":{"Fn::GetAtt":["Code","Arn"]},"Code":{"S3Bucket":"code","S3Key":"tick.zip"}}},
	"May":{"Type":"AWS::IAM::Role","Properties":{"RoleName":"may","AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"appconfig.amazonaws.com"},"Action":"sts:AssumeRole"}]},
		"Policies":[{"PolicyName":"may","PolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"lambda:InvokeFunction","Resource":{"Fn::GetAtt":["Tick","Arn"]}}]}}]}}
}}`

func newFixture(t *testing.T) *fixture {
	t.Helper()
	template, err := cfn.Parse([]byte(ticks))
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{Watch: conformance.NewWatch("StartDeployment", "StopDeployment"), t: t}
	f.box = sandboxtest.BootWith(t, sandbox.Options{Template: template, Parts: service.Parts(), InProcess: tick, Middleware: []wire.Middleware{f.Around}})
	f.of = sandbox.PartOf[service.Service](f.box)
	f.ports = appconfig.Ports(f.box.Config(""))
	f.make()
	return f
}

// tick refuses version 4.
func tick(string, string) func(ctx context.Context, payload []byte) ([]byte, error) {
	return func(_ context.Context, payload []byte) ([]byte, error) {
		var told struct{ ConfigurationVersion string }
		if err := json.Unmarshal(payload, &told); err != nil || told.ConfigurationVersion != "4" {
			return nil, err
		}
		return []byte(`{"Directive":"ROLL_BACK","Description":"version 4 does harm"}`), nil
	}
}

// make makes the configuration, and deploys its first version.
func (f *fixture) make() {
	f.t.Helper()
	f.target = kind.Configuration{Application: "shop001", Environment: "prod001", Profile: "cart001", Strategy: "steps01", Back: "atonce1"}
	f.of.Name(f.target.Application, f.target.Environment, f.target.Profile, f.target.Strategy, f.target.Back)
	ctx := f.t.Context()
	must(f.of.CreateApplication(ctx, &api.CreateApplicationInput{Name: aws.String("shop")}))(f.t)
	must(f.of.CreateEnvironment(ctx, &api.CreateEnvironmentInput{ApplicationId: &f.target.Application, Name: aws.String("prod")}))(f.t)
	must(f.of.CreateConfigurationProfile(ctx, &api.CreateConfigurationProfileInput{ApplicationId: &f.target.Application, Name: aws.String("cart"), LocationUri: aws.String("hosted")}))(f.t)
	f.strategy("steps", 20, 10, 5)
	f.strategy("at once", 100, 0, 0)
	for range 4 {
		f.version(f.target.Profile)
	}
	f.start(f.target.Profile, "1", f.target.Back)
	f.watch()
	time.Sleep(time.Minute)
}

func (f *fixture) strategy(name string, factor float32, minutes, bake int32) {
	f.t.Helper()
	must(f.of.CreateDeploymentStrategy(f.t.Context(), &api.CreateDeploymentStrategyInput{
		Name: &name, GrowthFactor: &factor, DeploymentDurationInMinutes: &minutes, FinalBakeTimeInMinutes: bake, ReplicateTo: types.ReplicateToNone,
	}))(f.t)
}

func (f *fixture) version(profile string) {
	f.t.Helper()
	must(f.of.CreateHostedConfigurationVersion(f.t.Context(), &api.CreateHostedConfigurationVersionInput{
		ApplicationId: &f.target.Application, ConfigurationProfileId: &profile, Content: []byte("{}"), ContentType: aws.String("application/json"),
	}))(f.t)
}

func (f *fixture) start(profile, version, strategy string) {
	f.t.Helper()
	must(f.of.StartDeployment(f.t.Context(), &api.StartDeploymentInput{
		ApplicationId: &f.target.Application, EnvironmentId: &f.target.Environment, ConfigurationProfileId: &profile, ConfigurationVersion: &version, DeploymentStrategyId: &strategy,
	}))(f.t)
}

// watch has the function be called at the ticks of the environment.
func (f *fixture) watch() {
	f.t.Helper()
	x := must(f.of.CreateExtension(f.t.Context(), &api.CreateExtensionInput{Name: aws.String("judge"), Actions: map[string][]types.Action{"AT_DEPLOYMENT_TICK": {{
		Name: aws.String("judge"), Uri: aws.String("arn:aws:lambda:us-east-1:123456789012:function:tick"), RoleArn: aws.String("arn:aws:iam::123456789012:role/may"),
	}}}}))(f.t)
	must(f.of.CreateExtensionAssociation(f.t.Context(), &api.CreateExtensionAssociationInput{
		ExtensionIdentifier: x.Id, ResourceIdentifier: aws.String("arn:aws:appconfig:us-east-1:123456789012:application/shop001/environment/prod001"),
	}))(f.t)
}

func (f *fixture) Deployer() traffic.Deployer { return f.ports.Deployer }
func (f *fixture) Target() rollout.Target     { return rollout.Target{Configuration: &f.target} }

// Sure implements conformance.Sure: a way back is a deployment without time, which has no ticks.
func (*fixture) Sure() {}

func (f *fixture) Broken() string       { return "4" }
func (f *fixture) Takes() time.Duration { return 20 * time.Minute }
func (f *fixture) Revisions() conformance.Revisions {
	return conformance.Revisions{Stable: "1", Candidate: "2", Other: "3"}
}

// Deploy stops what is under way first: AppConfig carries out one deployment at a time.
func (f *fixture) Deploy(t *testing.T, version string) {
	t.Helper()
	f.stop()
	f.start(f.target.Profile, version, f.target.Strategy)
}

// stop stops the last deployment, if it is under way.
func (f *fixture) stop() {
	f.t.Helper()
	all := must(f.of.ListDeployments(f.t.Context(), &api.ListDeploymentsInput{ApplicationId: &f.target.Application, EnvironmentId: &f.target.Environment}))(f.t)
	in := &api.StopDeploymentInput{ApplicationId: &f.target.Application, EnvironmentId: &f.target.Environment, DeploymentNumber: &all.Items[0].DeploymentNumber}
	if _, err := f.of.StopDeployment(f.t.Context(), in); err == nil {
		time.Sleep(10 * time.Second)
	}
}

// must is the answer of a call that nothing hinders.
func must[Out any](out Out, err error) func(*testing.T) Out {
	return func(t *testing.T) Out {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}
