package appconfig

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"
	"github.com/aws/aws-sdk-go-v2/service/appconfig/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

type flagReader interface {
	viewer
	reader
	ListHostedConfigurationVersions(context.Context, *api.ListHostedConfigurationVersionsInput, ...func(*api.Options)) (*api.ListHostedConfigurationVersionsOutput, error)
}

// FlagInspector looks at a flag, and at the strategy by which it is deployed.
type FlagInspector struct{ client flagReader }

var (
	_ traffic.Inspector = (*FlagInspector)(nil)
	_ traffic.Wary      = (*FlagInspector)(nil)
)

// AtOnce is the command that makes a strategy of 0 minutes without a bake.
const AtOnce = `aws appconfig create-deployment-strategy --name "at once" --deployment-duration-in-minutes 0 --final-bake-time-in-minutes 0 --growth-factor 100 --replicate-to NONE`

// Inspect implements traffic.Inspector.
func (i *FlagInspector) Inspect(ctx context.Context, t rollout.Target, variant, _ string) (*rollout.Rejection, error) {
	f := *t.FeatureFlag
	if why, err := i.strategy(ctx, f); why != nil || err != nil {
		return why, err
	}
	s, err := see(ctx, i.client, f)
	if o := traffic.ObstacleOf(err); o != nil {
		return rollout.Because(o.What, o.Remedy), nil
	}
	if err != nil {
		return nil, err
	}
	return s.releases(variant), nil
}

// strategy refuses one that grows or bakes: every step and the way back would take as long.
func (i *FlagInspector) strategy(ctx context.Context, f kind.FeatureFlag) (*rollout.Rejection, error) {
	s, err := i.client.GetDeploymentStrategy(ctx, &api.GetDeploymentStrategyInput{DeploymentStrategyId: &f.Strategy})
	var missing *types.ResourceNotFoundException
	switch {
	case errors.As(err, &missing):
		return rollout.Because("there is no deployment strategy "+f.Strategy, "make one: "+AtOnce), nil
	case err != nil:
		return nil, fmt.Errorf("reading strategy %s: %w", f.Strategy, err)
	case s.DeploymentDurationInMinutes > 0 || s.FinalBakeTimeInMinutes > 0:
		return rollout.Because(fmt.Sprintf("by strategy %s a version grows for %d minutes and bakes for %d, and a way back would, too", f.Strategy, s.DeploymentDurationInMinutes, s.FinalBakeTimeInMinutes), "make one that does neither: "+AtOnce), nil
	}
	return nil, nil
}

// releases says why a variant can never get a share.
func (s sight) releases(variant string) *rollout.Rejection {
	at := s.named(variant)
	if at < 0 {
		return rollout.Because(fmt.Sprintf("flag %s has no variant %s: it has %s", s.flag, variant, strings.Join(s.names(), ", ")), "add it to the flag, with the rule "+s.sharing("", rollout.None)+", and deploy that")
	}
	if rule := s.variants[at].word("rule"); rule != "" {
		if _, shares := s.share(rule); !shares {
			return rollout.Because(fmt.Sprintf("variant %s of flag %s has the rule %s, which a release would write over", variant, s.flag, rule), "give it the rule "+s.sharing("", rollout.None)+", and whom the other rule is to pick a variant of their own above it")
		}
	}
	return nil
}

// Caution implements traffic.Wary.
func (i *FlagInspector) Caution(ctx context.Context, t rollout.Target) (string, error) {
	f := *t.FeatureFlag
	s, err := see(ctx, i.client, f)
	if err != nil {
		return "", err
	}
	env, err := i.client.GetEnvironment(ctx, &api.GetEnvironmentInput{ApplicationId: &f.Application, EnvironmentId: &f.Environment})
	if err != nil {
		return "", fmt.Errorf("reading the environment of %s: %w", f, err)
	}
	latest, err := i.client.ListHostedConfigurationVersions(ctx, &api.ListHostedConfigurationVersionsInput{ApplicationId: &f.Application, ConfigurationProfileId: &f.Profile, MaxResults: aws.Int32(1)})
	if err != nil {
		return "", fmt.Errorf("listing the versions of %s: %w", f.Of(), err)
	}
	var said []string
	if len(env.Monitors) > 0 {
		said = append(said, "AppConfig itself watches alarms of the environment, and turns round a deployment while one is red: the way back, too. Have Sluice's guard watch them instead.")
	}
	if n := latest.Items; len(n) > 0 && fmt.Sprint(n[0].VersionNumber) != s.heads() {
		said = append(said, fmt.Sprintf("Version %d of the profile is stored and version %s is deployed: Sluice makes its versions from the deployed one, and who edits the profile next begins with Sluice's.", n[0].VersionNumber, s.heads()))
	}
	for _, v := range s.variants[:len(s.variants)-1] {
		if _, shares := s.share(v.word("rule")); !shares && v.word("rule") != "" {
			said = append(said, fmt.Sprintf("Users whom the rule of variant %s picks keep it.", v.name()))
		}
	}
	return strings.Join(said, " "), nil
}
