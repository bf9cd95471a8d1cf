// Package flag is the show of one feature flag in AWS AppConfig. Ten agents ask for it every two seconds, and give each of a thousand users the variant
// that the flag's rules pick. A change is a variant more, which nobody has until Sluice gives it to a share of the users.
package flag

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"
	"github.com/aws/aws-sdk-go-v2/service/appconfig/types"

	"sluice/infra/definition"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/sandbox/appconfig"
	"sluice/test/sandbox/run/exhibit"
)

const (
	agents = 10
	users  = 1000
	poll   = 2 // seconds; nobody would watch 45
)

// pace: a deployment takes a second.
var pace = appconfig.Pace{Tick: 4 * time.Second, Alarms: 4 * time.Second, Settle: time.Second, Minute: time.Second}

// Exhibit is what the show has to know of a feature flag.
var Exhibit = exhibit.Exhibit{
	Parts:      appconfig.Parts(),
	Definition: "target: " + target(),
	Change:     "variant", Arrives: "is added to the flag",
	Open: func(ctx context.Context, s exhibit.Stage) (exhibit.Performer, error) { return open(ctx, s) },
}

// sample is the target of the show: the kind's sample, with agents that can be watched.
func sample() kind.FeatureFlag {
	var t rollout.Target
	if err := json.Unmarshal([]byte(definition.Sample(kind.FeatureFlagID, exhibit.Service)), &t); err != nil {
		panic("flag: reading the kind's sample: " + err.Error()) // only its author can mend that
	}
	t.FeatureFlag.Poll = poll
	return *t.FeatureFlag
}

// target is the sample in JSON, which is YAML, too.
func target() string {
	flag := sample()
	text, _ := json.Marshal(rollout.Target{FeatureFlag: &flag}) // strings and numbers only
	return strings.TrimSuffix(string(text), "}") + `,"lambdaAlias":null}`
}

// shop is a profile with one flag, and the agents that ask for it.
type shop struct {
	spec    kind.FeatureFlag
	client  *api.Client
	service *appconfig.Service
	agents  []*appconfig.Agent
}

func open(ctx context.Context, s exhibit.Stage) (*shop, error) {
	shop := &shop{spec: sample(), client: api.NewFromConfig(s.Person), service: sandbox.PartOf[appconfig.Service](s.Sandbox)}
	shop.service.SetPace(pace)
	shop.service.Name(shop.spec.Application, shop.spec.Environment, shop.spec.Profile, shop.spec.Strategy)
	if err := shop.create(ctx); err != nil {
		return nil, fmt.Errorf("making the flag of the show: %w", err)
	}
	for range agents {
		a, err := shop.service.Agent(shop.spec.Application, shop.spec.Environment, shop.spec.Profile, poll*time.Second)
		if err != nil {
			return nil, err
		}
		shop.agents = append(shop.agents, a)
	}
	return shop, nil
}

// create makes an application with an environment, a profile of feature flags and a strategy, and deploys a flag that everybody has as v1.
func (s *shop) create(ctx context.Context) error {
	if _, err := s.client.CreateApplication(ctx, &api.CreateApplicationInput{Name: aws.String("shop")}); err != nil {
		return err
	}
	if _, err := s.client.CreateEnvironment(ctx, &api.CreateEnvironmentInput{ApplicationId: &s.spec.Application, Name: aws.String("prod")}); err != nil {
		return err
	}
	_, err := s.client.CreateConfigurationProfile(ctx, &api.CreateConfigurationProfileInput{
		ApplicationId: &s.spec.Application, Name: aws.String("flags"), LocationUri: aws.String("hosted"), Type: aws.String("AWS.AppConfig.FeatureFlags"),
	})
	if err != nil {
		return err
	}
	_, err = s.client.CreateDeploymentStrategy(ctx, &api.CreateDeploymentStrategyInput{
		Name: aws.String("at once"), GrowthFactor: aws.Float32(100), DeploymentDurationInMinutes: aws.Int32(0), ReplicateTo: types.ReplicateToNone,
	})
	if err != nil {
		return err
	}
	return s.deploy(ctx, []variant{{Name: "v1", Enabled: true, Values: values{}}})
}

// variant is one of the flag's, as its document has it.
type variant struct {
	Name    string `json:"name"`
	Enabled bool   `json:"enabled"`
	Rule    string `json:"rule,omitempty"`
	Values  values `json:"attributeValues"`
}

// values are a variant's attributes: how much of what it turns on fails.
type values struct {
	Failing float64 `json:"failing"` // percent of the requests
}

// document is what a version says.
type document struct {
	Version string                     `json:"version"`
	Flags   map[string]json.RawMessage `json:"flags"`
	Values  map[string]struct {
		Variants []variant `json:"_variants"`
	} `json:"values"`
}

// deploy brings out a version with these variants, and waits until all agents may have it.
func (s *shop) deploy(ctx context.Context, variants []variant) error {
	d := document{Version: "1", Flags: map[string]json.RawMessage{s.spec.Flag: json.RawMessage(`{"name":"` + s.spec.Flag + `","attributes":{"failing":{}}}`)}}
	d.Values = map[string]struct {
		Variants []variant `json:"_variants"`
	}{s.spec.Flag: {variants}}
	content, err := json.Marshal(d)
	if err != nil {
		return err
	}
	made, err := s.client.CreateHostedConfigurationVersion(ctx, &api.CreateHostedConfigurationVersionInput{
		ApplicationId: &s.spec.Application, ConfigurationProfileId: &s.spec.Profile, Content: content, ContentType: aws.String("application/json"),
	})
	if err != nil {
		return err
	}
	_, err = s.client.StartDeployment(ctx, &api.StartDeploymentInput{
		ApplicationId: &s.spec.Application, EnvironmentId: &s.spec.Environment, ConfigurationProfileId: &s.spec.Profile,
		ConfigurationVersion: aws.String(strconv.Itoa(int(made.VersionNumber))), DeploymentStrategyId: &s.spec.Strategy,
	})
	if err != nil {
		return err
	}
	select {
	case <-time.After(2 * pace.Settle):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// deployed are the flag's variants as the newest version has them: nobody else works on the show's profile.
func (s *shop) deployed(ctx context.Context) ([]variant, error) {
	all, err := s.client.ListDeployments(ctx, &api.ListDeploymentsInput{ApplicationId: &s.spec.Application, EnvironmentId: &s.spec.Environment, MaxResults: aws.Int32(1)})
	if err != nil {
		return nil, err
	}
	number, err := strconv.ParseInt(aws.ToString(all.Items[0].ConfigurationVersion), 10, 32)
	if err != nil {
		return nil, err
	}
	out, err := s.client.GetHostedConfigurationVersion(ctx, &api.GetHostedConfigurationVersionInput{
		ApplicationId: &s.spec.Application, ConfigurationProfileId: &s.spec.Profile, VersionNumber: aws.Int32(int32(number)),
	})
	if err != nil {
		return nil, err
	}
	var d document
	err = json.Unmarshal(out.Content, &d)
	return d.Values[s.spec.Flag].Variants, err
}

// Bring implements exhibit.Performer: the change is a variant more, above all others, with a share of nobody.
func (s *shop) Bring(ctx context.Context, c exhibit.Change) (exhibit.Revision, error) {
	variants, err := s.deployed(ctx)
	if err != nil {
		return exhibit.Revision{}, err
	}
	made := variant{Name: fmt.Sprintf("v%d", len(variants)+1), Enabled: true, Rule: "(split pct::0 by::$" + s.spec.By + ")", Values: values{c.Failing}}
	if err := s.deploy(ctx, append([]variant{made}, variants...)); err != nil {
		return exhibit.Revision{}, fmt.Errorf("deploying %q: %w", c.Message, err)
	}
	return exhibit.Revision{
		Version: made.Name, Command: "aws appconfig start-deployment --configuration-profile-id " + s.spec.Profile + " ...", Said: fmt.Sprintf("variant %s: %s", made.Name, c.Message),
	}, nil
}

// Ask implements exhibit.Performer: any user may come to any instance of the application, each of which has an agent.
func (s *shop) Ask(ctx context.Context) (exhibit.Answer, error) {
	if err := ctx.Err(); err != nil {
		return exhibit.Answer{}, err
	}
	got, there := s.agents[rand.IntN(agents)].Flag(s.spec.Flag, map[string]string{s.spec.By: strconv.Itoa(rand.IntN(users))})
	if !there {
		return exhibit.Answer{Failed: true}, nil
	}
	failing, _ := got.Attributes["failing"].(float64)
	return exhibit.Answer{Revision: got.Variant, Failed: got.Enabled && rand.Float64()*100 < failing}, nil
}

// Hints implements exhibit.Performer.
func (s *shop) Hints() []string {
	in := " --application-id " + s.spec.Application
	return []string{
		"aws appconfig list-deployments" + in + " --environment-id " + s.spec.Environment,
		"aws appconfig get-hosted-configuration-version" + in + " --configuration-profile-id " + s.spec.Profile + " --version-number 3 /dev/stdout",
	}
}

// Close implements exhibit.Performer.
func (*shop) Close() {}
