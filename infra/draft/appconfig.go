package draft

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/appconfig"
	"github.com/aws/aws-sdk-go-v2/service/appconfig/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// profiled are the fields of what an environment of an application gets.
var profiled = []Field{
	{Flag: "application", Ask: "AppConfig application", Offer: applications, List: "aws appconfig list-applications"},
	{Flag: "appconfig-environment", Ask: "Environment of the application", Offer: environments, List: "aws appconfig list-environments --application-id APPLICATION"},
	{Flag: "profile", Ask: "Configuration profile", Offer: profiles, List: "aws appconfig list-configuration-profiles --application-id APPLICATION"},
}

const listStrategies = "aws appconfig list-deployment-strategies"

var configuration = Kind{
	kind.ConfigurationID,
	append(slices.Clone(profiled),
		Field{Flag: "strategy", Ask: "Deployment strategy by which a version grows", Offer: strategies, List: listStrategies},
		Field{Flag: "back", Ask: "Strategy of a way back, of 0 minutes without a bake; nothing: AppConfig's own revert", Optional: true, List: listStrategies}),
	func(_ context.Context, _ Account, so Answers) (rollout.Target, error) {
		return rollout.Target{Configuration: &kind.Configuration{
			Application: so["application"], Environment: so["appconfig-environment"], Profile: so["profile"], Strategy: so["strategy"], Back: so["back"],
		}}, nil
	},
}

var featureFlag = Kind{
	kind.FeatureFlagID,
	append(slices.Clone(profiled),
		Field{Flag: "flag", Ask: "Key of the flag"},
		Field{Flag: "by", Ask: "Key of the context that tells users apart", Usual: always("userId")},
		Field{Flag: "strategy", Ask: "Deployment strategy of 0 minutes without a bake", Offer: atOnce, List: listStrategies}),
	func(_ context.Context, _ Account, so Answers) (rollout.Target, error) {
		return rollout.Target{FeatureFlag: &kind.FeatureFlag{
			Application: so["application"], Environment: so["appconfig-environment"], Profile: so["profile"], Flag: so["flag"], By: so["by"], Strategy: so["strategy"],
		}}, nil
	},
}

func applications(ctx context.Context, in Account, _ Answers) (found []Choice, err error) {
	pages := appconfig.NewListApplicationsPaginator(appconfig.NewFromConfig(in), &appconfig.ListApplicationsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing applications: %w", err)
		}
		for _, a := range page.Items {
			found = append(found, Choice{aws.ToString(a.Id), aws.ToString(a.Name)})
		}
	}
	return found, nil
}

func environments(ctx context.Context, in Account, so Answers) (found []Choice, err error) {
	pages := appconfig.NewListEnvironmentsPaginator(appconfig.NewFromConfig(in), &appconfig.ListEnvironmentsInput{ApplicationId: aws.String(so["application"])})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing environments of application %s: %w", so["application"], err)
		}
		for _, e := range page.Items {
			found = append(found, Choice{aws.ToString(e.Id), aws.ToString(e.Name)})
		}
	}
	return found, nil
}

func profiles(ctx context.Context, in Account, so Answers) (found []Choice, err error) {
	pages := appconfig.NewListConfigurationProfilesPaginator(appconfig.NewFromConfig(in), &appconfig.ListConfigurationProfilesInput{ApplicationId: aws.String(so["application"])})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing profiles of application %s: %w", so["application"], err)
		}
		for _, p := range page.Items {
			found = append(found, Choice{aws.ToString(p.Id), aws.ToString(p.Name)})
		}
	}
	return found, nil
}

func strategies(ctx context.Context, in Account, _ Answers) (found []Choice, err error) {
	all, err := strategiesOf(ctx, in)
	for _, s := range all {
		found = append(found, Choice{aws.ToString(s.Id), fmt.Sprintf("%s: %d min, bakes %d min", aws.ToString(s.Name), s.DeploymentDurationInMinutes, s.FinalBakeTimeInMinutes)})
	}
	return found, err
}

// atOnce are the strategies by which a flag may be changed: with another one, each step and the way back would take as long.
func atOnce(ctx context.Context, in Account, _ Answers) (found []Choice, err error) {
	all, err := strategiesOf(ctx, in)
	for _, s := range all {
		if s.DeploymentDurationInMinutes == 0 && s.FinalBakeTimeInMinutes == 0 {
			found = append(found, Choice{aws.ToString(s.Id), aws.ToString(s.Name)})
		}
	}
	return found, err
}

func strategiesOf(ctx context.Context, in Account) (found []types.DeploymentStrategy, err error) {
	pages := appconfig.NewListDeploymentStrategiesPaginator(appconfig.NewFromConfig(in), &appconfig.ListDeploymentStrategiesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing deployment strategies: %w", err)
		}
		found = append(found, page.Items...)
	}
	return found, nil
}
