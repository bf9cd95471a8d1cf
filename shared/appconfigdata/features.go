// Package appconfigdata reads what AWS AppConfig gives callers.
package appconfigdata

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/appconfigdata"
	"github.com/aws/aws-sdk-go-v2/service/appconfigdata/types"

	"sluice/shared/gates"
	"sluice/shared/rollout"
)

type api interface {
	StartConfigurationSession(context.Context, *appconfigdata.StartConfigurationSessionInput, ...func(*appconfigdata.Options)) (*appconfigdata.StartConfigurationSessionOutput, error)
	GetLatestConfiguration(context.Context, *appconfigdata.GetLatestConfigurationInput, ...func(*appconfigdata.Options)) (*appconfigdata.GetLatestConfigurationOutput, error)
}

// Features are the feature flags of an account and Region.
type Features struct{ data api }

// New opens AppConfig's data plane.
func New(cfg aws.Config) *Features { return &Features{appconfigdata.NewFromConfig(cfg)} }

// Is says whether a flag is on (gates.FeatureOn, FeatureOff, FeatureNone). It asks as one more caller, in a session of its own: while a version grows, other
// callers may get another answer. Of a flag with variants it is the default
// (https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-creating-multi-variant-feature-flags-procedures.html).
func (f *Features) Is(ctx context.Context, of rollout.Feature) (string, error) {
	session, err := f.data.StartConfigurationSession(ctx, &appconfigdata.StartConfigurationSessionInput{
		ApplicationIdentifier: &of.Application, EnvironmentIdentifier: &of.Environment, ConfigurationProfileIdentifier: &of.Profile,
	})
	if err != nil {
		return none(of, err)
	}
	out, err := f.data.GetLatestConfiguration(ctx, &appconfigdata.GetLatestConfigurationInput{ConfigurationToken: session.InitialConfigurationToken})
	if err != nil {
		return none(of, err)
	}
	var flags map[string]struct {
		Enabled bool `json:"enabled"`
	}
	if err := json.Unmarshal(out.Configuration, &flags); err != nil { // a configuration that holds no flags
		return gates.FeatureNone, nil
	}
	flag, there := flags[of.Flag]
	switch {
	case !there:
		return gates.FeatureNone, nil
	case flag.Enabled:
		return gates.FeatureOn, nil
	}
	return gates.FeatureOff, nil
}

// none is the answer for what is not there, or was never deployed.
func none(of rollout.Feature, err error) (string, error) {
	var missing *types.ResourceNotFoundException
	if errors.As(err, &missing) {
		return gates.FeatureNone, nil
	}
	return "", fmt.Errorf("reading flag %s: %w", of.Flag, err)
}
