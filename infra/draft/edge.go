package draft

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/kinds"
)

const listDistributions = "aws cloudfront list-distributions"

var distribution = Kind{
	kind.DistributionID,
	[]Field{
		{Flag: "primary", Ask: "Distribution that viewers use", Offer: distributions, List: listDistributions},
		{Flag: "staging", Ask: "Its staging distribution", Offer: distributions, Usual: stagingOf, List: listDistributions},
		{Flag: "draft", Ask: "Distribution in which you write the next configuration; it serves nobody", Offer: distributions, List: listDistributions},
		{Flag: "previous", Ask: "Distribution that keeps the configuration to go back to; it serves nobody", Offer: distributions, List: listDistributions},
		{Flag: "policy", Ask: "Continuous deployment policy", Usual: policyOf, List: "aws cloudfront list-continuous-deployment-policies"},
	},
	func(_ context.Context, _ Account, so Answers) (rollout.Target, error) {
		return rollout.Target{Distribution: &kind.Distribution{Primary: so["primary"], Staging: so["staging"], Draft: so["draft"], Previous: so["previous"], Policy: so["policy"]}}, nil
	},
}

func listed(ctx context.Context, in Account) (found []types.DistributionSummary, err error) {
	pages := cloudfront.NewListDistributionsPaginator(cloudfront.NewFromConfig(in), &cloudfront.ListDistributionsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing distributions: %w", err)
		}
		if page.DistributionList != nil {
			found = append(found, page.DistributionList.Items...)
		}
	}
	return found, nil
}

func distributions(ctx context.Context, in Account, _ Answers) (found []Choice, err error) {
	all, err := listed(ctx, in)
	for _, d := range all {
		about := aws.ToString(d.DomainName)
		if comment := aws.ToString(d.Comment); comment != "" {
			about += ", " + comment
		}
		found = append(found, Choice{aws.ToString(d.Id), about})
	}
	return found, err
}

func configOf(ctx context.Context, in Account, id string) (*types.DistributionConfig, error) {
	out, err := cloudfront.NewFromConfig(in).GetDistributionConfig(ctx, &cloudfront.GetDistributionConfigInput{Id: &id})
	if err != nil {
		return nil, fmt.Errorf("reading distribution %s: %w", id, err)
	}
	return out.DistributionConfig, nil
}

// policyOf is the policy that is attached to the primary distribution.
func policyOf(ctx context.Context, in Account, so Answers) (string, error) {
	c, err := configOf(ctx, in, so["primary"])
	if err != nil {
		return "", err
	}
	return aws.ToString(c.ContinuousDeploymentPolicyId), nil
}

// stagingOf is the distribution to which that policy sends requests.
func stagingOf(ctx context.Context, in Account, so Answers) (string, error) {
	policy, err := policyOf(ctx, in, so)
	if err != nil || policy == "" {
		return "", err
	}
	out, err := cloudfront.NewFromConfig(in).GetContinuousDeploymentPolicy(ctx, &cloudfront.GetContinuousDeploymentPolicyInput{Id: &policy})
	if err != nil {
		return "", fmt.Errorf("reading policy %s: %w", policy, err)
	}
	all, err := listed(ctx, in)
	for _, d := range all {
		if slices.Contains(out.ContinuousDeploymentPolicy.ContinuousDeploymentPolicyConfig.StagingDistributionDnsNames.Items, aws.ToString(d.DomainName)) {
			return aws.ToString(d.Id), nil
		}
	}
	return "", err
}

var keyValueStore = Kind{
	kind.KeyValueStoreID,
	[]Field{
		{Flag: "distribution", Ask: "Distribution that viewers use", Offer: distributions, List: listDistributions},
		{Flag: "edge-function", Ask: "CloudFront Function that has Sluice's code", Usual: edgeFunctionOf, List: "aws cloudfront list-functions"},
		{Flag: "store", Ask: "ARN of the key value store of that function", Usual: storeOf, List: "aws cloudfront list-key-value-stores"},
		{Flag: "blue", Ask: "Origin of the pool that serves now", Offer: origins},
		{Flag: "green", Ask: "Origin of the other pool", Offer: origins},
	},
	func(ctx context.Context, in Account, so Answers) (rollout.Target, error) {
		k := kind.KeyValueStore{Distribution: so["distribution"], Function: so["edge-function"], Store: so["store"], Pools: map[string]string{"blue": so["blue"], "green": so["green"]}}
		t := rollout.Target{KeyValueStore: &k}
		ports, err := kinds.Of(t.Kind(), in)
		if err != nil {
			return t, err
		}
		now, err := traffic.Over(ports).Read(ctx, t)
		if err == nil && now.Stable != "" && now.Stable != "blue" { // the store names its pool otherwise
			other := "green"
			if now.Stable == other {
				other = "blue"
			}
			k.Pools = map[string]string{now.Stable: so["blue"], other: so["green"]}
		}
		return t, nil // a store that says nothing yet, or cannot be read, verify tells of
	},
}

func origins(ctx context.Context, in Account, so Answers) (found []Choice, err error) {
	c, err := configOf(ctx, in, so["distribution"])
	if err != nil || c.Origins == nil {
		return nil, err
	}
	for _, o := range c.Origins.Items {
		found = append(found, Choice{aws.ToString(o.Id), aws.ToString(o.DomainName)})
	}
	return found, nil
}

// edgeFunctionOf is the function in front of a distribution's requests.
func edgeFunctionOf(ctx context.Context, in Account, so Answers) (string, error) {
	c, err := configOf(ctx, in, so["distribution"])
	if err != nil || c.DefaultCacheBehavior == nil || c.DefaultCacheBehavior.FunctionAssociations == nil {
		return "", err
	}
	for _, f := range c.DefaultCacheBehavior.FunctionAssociations.Items {
		if f.EventType == types.EventTypeViewerRequest {
			return lastPart(aws.ToString(f.FunctionARN)), nil
		}
	}
	return "", nil
}

// storeOf is the store that is associated with the function.
func storeOf(ctx context.Context, in Account, so Answers) (string, error) {
	name := so["edge-function"]
	out, err := cloudfront.NewFromConfig(in).DescribeFunction(ctx, &cloudfront.DescribeFunctionInput{Name: &name, Stage: types.FunctionStageLive})
	if err != nil {
		return "", fmt.Errorf("reading function %s: %w", name, err)
	}
	if c := out.FunctionSummary.FunctionConfig; c.KeyValueStoreAssociations != nil {
		for _, a := range c.KeyValueStoreAssociations.Items {
			return aws.ToString(a.KeyValueStoreARN), nil
		}
	}
	return "", nil
}
