// Package flags is the show of a feature flag in AWS AppConfig. Thirty instances of an application ask the data plane what the flag says, and answer
// their callers by it. A version grows by AppConfig's own strategy, which asks Sluice at each tick.
package flags

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"
	"github.com/aws/aws-sdk-go-v2/service/appconfig/types"
	"github.com/aws/aws-sdk-go-v2/service/appconfigdata"

	"sluice/infra/definition"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/sandbox/appconfig"
	"sluice/test/sandbox/run/exhibit"
)

const instances = 30

// pace: a minute of a strategy is a second, so a version grows for half a minute.
var pace = appconfig.Pace{Tick: 4 * time.Second, Alarms: 4 * time.Second, Settle: time.Second, Minute: time.Second}

// Exhibit is what the show has to know of feature flags.
var Exhibit = exhibit.Exhibit{
	Parts:      appconfig.Parts(),
	Definition: "strategy: { canary: null, allAtOnce: { bake: 15s } }\nchecks: { errors: null }\n",
	Change:     "flag", Arrives: "is written",
	Open: func(ctx context.Context, s exhibit.Stage) (exhibit.Performer, error) { return open(ctx, s) },
}

// shop is a configuration profile of feature flags, and the instances that ask for it.
type shop struct {
	target    kind.Configuration
	client    *api.Client
	instances []*instance
}

func open(ctx context.Context, s exhibit.Stage) (*shop, error) {
	var target rollout.Target
	if err := json.Unmarshal([]byte(definition.Sample(kind.ConfigurationID, exhibit.Service)), &target); err != nil {
		return nil, err
	}
	shop := &shop{target: *target.Configuration, client: api.NewFromConfig(s.Person)}
	service := sandbox.PartOf[appconfig.Service](s.Sandbox)
	service.SetPace(pace)
	service.Name(shop.target.Application, shop.target.Environment, shop.target.Profile, shop.target.Strategy, shop.target.Back)
	if err := shop.create(ctx); err != nil {
		return nil, fmt.Errorf("making the configuration of the show: %w", err)
	}
	if err := shop.first(ctx); err != nil {
		return nil, fmt.Errorf("deploying the first version of the show: %w", err)
	}
	data := appconfigdata.NewFromConfig(s.Person)
	for range instances {
		i, err := newInstance(ctx, data, shop.target)
		if err != nil {
			return nil, err
		}
		shop.instances = append(shop.instances, i)
	}
	return shop, nil
}

// create makes an application with an environment, a profile of feature flags, and two strategies.
func (s *shop) create(ctx context.Context) error {
	if _, err := s.client.CreateApplication(ctx, &api.CreateApplicationInput{Name: aws.String("shop")}); err != nil {
		return err
	}
	if _, err := s.client.CreateEnvironment(ctx, &api.CreateEnvironmentInput{ApplicationId: &s.target.Application, Name: aws.String("prod")}); err != nil {
		return err
	}
	_, err := s.client.CreateConfigurationProfile(ctx, &api.CreateConfigurationProfileInput{
		ApplicationId: &s.target.Application, Name: aws.String("flags"), LocationUri: aws.String("hosted"), Type: aws.String("AWS.AppConfig.FeatureFlags"),
	})
	if err != nil {
		return err
	}
	for _, strategy := range []struct {
		name    string
		factor  float32
		minutes int32
	}{{"in steps", 20, 30}, {"at once", 100, 0}} {
		_, err := s.client.CreateDeploymentStrategy(ctx, &api.CreateDeploymentStrategyInput{
			Name: &strategy.name, GrowthFactor: &strategy.factor, DeploymentDurationInMinutes: &strategy.minutes, FinalBakeTimeInMinutes: strategy.minutes, ReplicateTo: types.ReplicateToNone,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// first writes a version, deploys it by hand, and has Sluice be asked at the ticks of those that follow.
func (s *shop) first(ctx context.Context) error {
	if _, err := s.write(ctx, 0); err != nil {
		return err
	}
	_, err := s.client.StartDeployment(ctx, &api.StartDeploymentInput{
		ApplicationId: &s.target.Application, EnvironmentId: &s.target.Environment, ConfigurationProfileId: &s.target.Profile, ConfigurationVersion: aws.String("1"), DeploymentStrategyId: &s.target.Back,
	})
	if err != nil {
		return err
	}
	_, resource := s.target.Asks()
	_, err = s.client.CreateExtensionAssociation(ctx, &api.CreateExtensionAssociationInput{
		ExtensionIdentifier: aws.String("sluice-sandbox-tick"), ResourceIdentifier: aws.String("arn:aws:appconfig:us-east-1:123456789012:" + resource),
	})
	if err != nil {
		return err
	}
	select {
	case <-time.After(3 * pace.Settle):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// write adds a version in which the flag is on, with its number and how much of what it turns on fails.
func (s *shop) write(ctx context.Context, failing float64) (version int32, err error) {
	out, err := s.client.ListHostedConfigurationVersions(ctx, &api.ListHostedConfigurationVersionsInput{ApplicationId: &s.target.Application, ConfigurationProfileId: &s.target.Profile, MaxResults: aws.Int32(1)})
	if err != nil {
		return 0, err
	}
	next := 1
	if len(out.Items) > 0 {
		next = int(out.Items[0].VersionNumber) + 1
	}
	content, err := json.Marshal(map[string]any{
		"version": "1", "flags": map[string]any{"cart": map[string]any{"name": "cart", "attributes": map[string]any{"version": map[string]any{}, "failing": map[string]any{}}}},
		"values": map[string]any{"cart": map[string]any{"enabled": true, "version": strconv.Itoa(next), "failing": failing}},
	})
	if err != nil {
		return 0, err
	}
	made, err := s.client.CreateHostedConfigurationVersion(ctx, &api.CreateHostedConfigurationVersionInput{
		ApplicationId: &s.target.Application, ConfigurationProfileId: &s.target.Profile, Content: content, ContentType: aws.String("application/json"), LatestVersionNumber: aws.Int32(int32(next - 1)),
	})
	if err != nil {
		return 0, err
	}
	return made.VersionNumber, nil
}

// Bring implements exhibit.Performer.
func (s *shop) Bring(ctx context.Context, c exhibit.Change) (exhibit.Revision, error) {
	version, err := s.write(ctx, c.Failing)
	if err != nil {
		return exhibit.Revision{}, err
	}
	return exhibit.Revision{
		Version: strconv.Itoa(int(version)), Command: "aws appconfig create-hosted-configuration-version --configuration-profile-id " + s.target.Profile + " ...",
		Said: fmt.Sprintf("version %d: %s", version, c.Message),
	}, nil
}

// Ask implements exhibit.Performer: any instance may get a request.
func (s *shop) Ask(ctx context.Context) (exhibit.Answer, error) {
	return s.instances[rand.IntN(len(s.instances))].serve(ctx)
}

// Hints implements exhibit.Performer.
func (s *shop) Hints() []string {
	in := " --application-id " + s.target.Application + " --environment-id " + s.target.Environment
	return []string{
		"aws appconfig list-deployments" + in,
		"aws appconfig get-deployment" + in + " --deployment-number 2",
	}
}

// Close implements exhibit.Performer.
func (*shop) Close() {}
