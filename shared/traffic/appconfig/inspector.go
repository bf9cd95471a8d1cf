package appconfig

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"
	"github.com/aws/aws-sdk-go-v2/service/appconfig/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

type reader interface {
	GetHostedConfigurationVersion(context.Context, *api.GetHostedConfigurationVersionInput, ...func(*api.Options)) (*api.GetHostedConfigurationVersionOutput, error)
	GetEnvironment(context.Context, *api.GetEnvironmentInput, ...func(*api.Options)) (*api.GetEnvironmentOutput, error)
	GetDeploymentStrategy(context.Context, *api.GetDeploymentStrategyInput, ...func(*api.Options)) (*api.GetDeploymentStrategyOutput, error)
}

// Inspector looks at a version and at the strategy by which it is to grow.
type Inspector struct{ client reader }

var (
	_ traffic.Inspector = (*Inspector)(nil)
	_ traffic.Wary      = (*Inspector)(nil)
)

// longest is how long a version may grow: Sluice gives a move up after four hours.
const longest = 3*time.Hour + 30*time.Minute

// Inspect implements traffic.Inspector.
func (i *Inspector) Inspect(ctx context.Context, t rollout.Target, revision, _ string) (*rollout.Rejection, error) {
	c := *t.Configuration
	number, err := strconv.ParseInt(revision, 10, 32)
	if err != nil {
		return rollout.Because(revision+" is not the number of a version", "write one: aws appconfig list-hosted-configuration-versions"), nil
	}
	var missing *types.ResourceNotFoundException
	_, err = i.client.GetHostedConfigurationVersion(ctx, &api.GetHostedConfigurationVersionInput{ApplicationId: &c.Application, ConfigurationProfileId: &c.Profile, VersionNumber: aws.Int32(int32(number))})
	if errors.As(err, &missing) {
		return rollout.Because("there is no version "+revision+" of "+c.String(), "name one that there is: "+listing(c)), nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading version %s of %s: %w", revision, c, err)
	}
	s, err := i.client.GetDeploymentStrategy(ctx, &api.GetDeploymentStrategyInput{DeploymentStrategyId: &c.Strategy})
	if errors.As(err, &missing) {
		return rollout.Because("there is no deployment strategy "+c.Strategy, "name one that there is: aws appconfig list-deployment-strategies"), nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading strategy %s: %w", c.Strategy, err)
	}
	if grows := time.Duration(s.DeploymentDurationInMinutes) * time.Minute; grows > longest {
		return rollout.Because(fmt.Sprintf("by strategy %s a version grows for %v", c.Strategy, grows), fmt.Sprintf("name one that takes %v at most: Sluice gives a move up that takes longer than four hours", longest)), nil
	}
	return nil, nil
}

func listing(c kind.Configuration) string {
	return "aws appconfig list-hosted-configuration-versions --application-id " + c.Application + " --configuration-profile-id " + c.Profile
}

// Caution implements traffic.Wary.
func (i *Inspector) Caution(ctx context.Context, t rollout.Target) (string, error) {
	c := *t.Configuration
	out, err := i.client.GetEnvironment(ctx, &api.GetEnvironmentInput{ApplicationId: &c.Application, EnvironmentId: &c.Environment})
	if err != nil {
		return "", fmt.Errorf("reading the environment of %s: %w", c, err)
	}
	if c.Back == "" && len(out.Monitors) > 0 {
		return "A way back after more than 72 hours is a deployment by " + c.Returns() + ", which AppConfig turns round when an alarm of the environment is red in its ten minutes: " +
			"name a strategy of 0 minutes without a bake under target.configuration.back.", nil
	}
	return "", nil
}
