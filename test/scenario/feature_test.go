package scenario

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"

	"sluice/shared/rollout"
)

const feature = `"features":[{"application":"shop001","environment":"prod001","profile":"flags01","flag":"cart"}]`

// flagged makes a profile of feature flags in AppConfig, of which nothing is deployed.
func (w *World) flagged() {
	w.T.Helper()
	w.AppConfig().Name("shop001", "prod001", "flags01", "atonce1")
	_, err := w.AppConfig().CreateApplication(w.ctx, &api.CreateApplicationInput{Name: aws.String("shop")})
	w.must(err)
	_, err = w.AppConfig().CreateEnvironment(w.ctx, &api.CreateEnvironmentInput{ApplicationId: aws.String("shop001"), Name: aws.String("prod")})
	w.must(err)
	_, err = w.AppConfig().CreateConfigurationProfile(w.ctx, &api.CreateConfigurationProfileInput{
		ApplicationId: aws.String("shop001"), Name: aws.String("flags"), LocationUri: aws.String("hosted"), Type: aws.String("AWS.AppConfig.FeatureFlags"),
	})
	w.must(err)
	_, err = w.AppConfig().CreateDeploymentStrategy(w.ctx, &api.CreateDeploymentStrategyInput{Name: aws.String("at once"), GrowthFactor: aws.Float32(100), DeploymentDurationInMinutes: aws.Int32(0)})
	w.must(err)
}

// flags deploys a version of the flags.
func (w *World) flags(content, version string) {
	w.T.Helper()
	_, err := w.AppConfig().CreateHostedConfigurationVersion(w.ctx, &api.CreateHostedConfigurationVersionInput{
		ApplicationId: aws.String("shop001"), ConfigurationProfileId: aws.String("flags01"), Content: []byte(content), ContentType: aws.String("application/json"),
	})
	w.must(err)
	_, err = w.AppConfig().StartDeployment(w.ctx, &api.StartDeploymentInput{
		ApplicationId: aws.String("shop001"), EnvironmentId: aws.String("prod001"), ConfigurationProfileId: aws.String("flags01"), ConfigurationVersion: &version, DeploymentStrategyId: aws.String("atonce1"),
	})
	w.must(err)
}

func TestFeatureFlagOpensTheGateWhenItIsOn(t *testing.T) {
	RunWith(t, Options{Edit: WithGates}, func(w *World) {
		w.flagged()
		w.Given(Gated(feature))
		id := w.Requested("2")
		w.Pass(time.Minute)
		w.wantGate(id, "feature shop001/prod001/flags01/cart", rollout.GateWait, "There is no flag cart")
		w.flags(`{"version":"1","flags":{"cart":{"name":"cart"}},"values":{"cart":{"enabled":false}}}`, "1")
		w.Pass(5 * time.Minute)
		w.wantGate(id, "feature shop001/prod001/flags01/cart", rollout.GateWait, "Flag cart is off, and must be on")
		w.flags(`{"version":"1","flags":{"cart":{"name":"cart"}},"values":{"cart":{"enabled":true}}}`, "2")
		w.Pass(5 * time.Minute)
		if r := w.asItIs(id); r.Started.IsZero() {
			t.Errorf("it has not begun:\n%s", Story(r))
		}
	})
}
