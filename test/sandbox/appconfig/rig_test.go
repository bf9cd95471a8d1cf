package appconfig_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"
	"github.com/aws/aws-sdk-go-v2/service/appconfig/types"
	dataapi "github.com/aws/aws-sdk-go-v2/service/appconfigdata"

	"sluice/test/sandbox"
	"sluice/test/sandbox/appconfig"
	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/eventbridge"
	"sluice/test/sandbox/sandboxtest"
)

// rig is a profile with three versions, the first of which is deployed to an environment, and clients of the SDK.
type rig struct {
	*api.Client
	data         *dataapi.Client
	t            *testing.T
	ctx          context.Context
	box          *sandbox.Sandbox
	app, env, of string
	events       *[]eventbridge.Event
}

// run plays a test in virtual time. A template may have roles and functions.
func run(t *testing.T, template *cfn.Template, monitors []types.Monitor, test func(r *rig)) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var events []eventbridge.Event
		box := sandboxtest.BootWith(t, sandbox.Options{Template: template, Seed: 1, Parts: appconfig.Parts(), InProcess: answered, Heard: func(_ string, e eventbridge.Event, _ int) {
			mu.Lock()
			defer mu.Unlock()
			if e.Source == "aws.appconfig" {
				events = append(events, e)
			}
		}})
		r := &rig{Client: api.NewFromConfig(box.Config("")), data: dataapi.NewFromConfig(box.Config("")), t: t, ctx: t.Context(), box: box, app: "shop001", env: "prod001", of: "cart001", events: &events}
		sandbox.PartOf[appconfig.Service](box).Name(r.app, r.env, r.of)
		_, err := r.CreateApplication(r.ctx, &api.CreateApplicationInput{Name: aws.String("shop")})
		r.must(err)
		_, err = r.CreateEnvironment(r.ctx, &api.CreateEnvironmentInput{ApplicationId: &r.app, Name: aws.String("prod"), Monitors: monitors})
		r.must(err)
		_, err = r.CreateConfigurationProfile(r.ctx, &api.CreateConfigurationProfileInput{ApplicationId: &r.app, Name: aws.String("cart"), LocationUri: aws.String("hosted")})
		r.must(err)
		for _, content := range []string{"one", "two", "three"} {
			_, err = r.CreateHostedConfigurationVersion(r.ctx, &api.CreateHostedConfigurationVersionInput{
				ApplicationId: &r.app, ConfigurationProfileId: &r.of, Content: []byte(content), ContentType: aws.String("text/plain"),
			})
			r.must(err)
		}
		r.started("1", r.strategy(types.GrowthTypeLinear, 100, 0, 0))
		time.Sleep(time.Minute)
		test(r)
	})
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) strategy(growth types.GrowthType, factor float32, minutes, bake int32) string {
	r.t.Helper()
	out, err := r.CreateDeploymentStrategy(r.ctx, &api.CreateDeploymentStrategyInput{
		Name: aws.String("test"), GrowthType: growth, GrowthFactor: &factor, DeploymentDurationInMinutes: &minutes, FinalBakeTimeInMinutes: bake, ReplicateTo: types.ReplicateToNone,
	})
	r.must(err)
	return *out.Id
}

func (r *rig) start(version, strategy string) (int32, error) {
	out, err := r.StartDeployment(r.ctx, &api.StartDeploymentInput{
		ApplicationId: &r.app, EnvironmentId: &r.env, ConfigurationProfileId: &r.of, ConfigurationVersion: &version, DeploymentStrategyId: &strategy, Description: aws.String("release 7"),
	})
	if err != nil {
		return 0, err
	}
	return out.DeploymentNumber, nil
}

func (r *rig) started(version, strategy string) int32 {
	r.t.Helper()
	n, err := r.start(version, strategy)
	r.must(err)
	return n
}

func (r *rig) stop(number int32, revert bool) error {
	_, err := r.StopDeployment(r.ctx, &api.StopDeploymentInput{ApplicationId: &r.app, EnvironmentId: &r.env, DeploymentNumber: &number, AllowRevert: &revert})
	return err
}

// is compares the state and the percentage of a deployment.
func (r *rig) is(number int32, state types.DeploymentState, percent float32) {
	r.t.Helper()
	d := r.deployment(number)
	if d.State != state || *d.PercentageComplete != percent {
		r.t.Errorf("deployment %d is %s at %v %%, want %s at %v %%", number, d.State, *d.PercentageComplete, state, percent)
	}
}

func (r *rig) deployment(number int32) *api.GetDeploymentOutput {
	r.t.Helper()
	out, err := r.GetDeployment(r.ctx, &api.GetDeploymentInput{ApplicationId: &r.app, EnvironmentId: &r.env, DeploymentNumber: &number})
	r.must(err)
	return out
}

// callers are clients that have each begun a session.
func (r *rig) callers(n int) []*caller {
	r.t.Helper()
	all := make([]*caller, n)
	for i := range all {
		out, err := r.data.StartConfigurationSession(r.ctx, &dataapi.StartConfigurationSessionInput{
			ApplicationIdentifier: aws.String("shop"), EnvironmentIdentifier: aws.String("prod"), ConfigurationProfileIdentifier: &r.of,
		})
		r.must(err)
		all[i] = &caller{token: *out.InitialConfigurationToken}
	}
	return all
}

type caller struct{ token, knows string }

// poll has callers ask what is new, and counts who knows what.
func (r *rig) poll(all []*caller) map[string]int {
	r.t.Helper()
	knows := map[string]int{}
	for _, c := range all {
		out, err := r.data.GetLatestConfiguration(r.ctx, &dataapi.GetLatestConfigurationInput{ConfigurationToken: &c.token})
		r.must(err)
		c.token = *out.NextPollConfigurationToken
		if len(out.Configuration) > 0 {
			c.knows = string(out.Configuration)
		}
		knows[c.knows]++
	}
	return knows
}

// refused wants an error of this type.
func refused[E error](t *testing.T, err error) {
	t.Helper()
	if e := *new(E); !errors.As(err, &e) {
		t.Errorf("got %v, want %T", err, e)
	}
}
