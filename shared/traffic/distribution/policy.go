package distribution

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// weighing is the policy that gives the staging distribution a share.
func weighing(d *kind.Distribution, domain string, w rollout.Weight) *types.ContinuousDeploymentPolicyConfig {
	config := &types.ContinuousDeploymentSingleWeightConfig{Weight: aws.Float32(float32(w.Fraction()))}
	if d.Session > 0 {
		seconds := aws.Int32(int32(d.Session))
		config.SessionStickinessConfig = &types.SessionStickinessConfig{IdleTTL: seconds, MaximumTTL: seconds}
	}
	return policy(w > 0, domain, &types.TrafficConfig{Type: types.ContinuousDeploymentPolicyTypeSingleWeight, SingleWeightConfig: config})
}

// off is the policy that sends nothing to the staging distribution. A weight of nothing would leave sessions there that have begun; turning the policy
// off ends them (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-continuous-deployment.html#understanding-continuous-deployment-sessions).
func off(d *kind.Distribution, domain string) *types.ContinuousDeploymentPolicyConfig {
	return weighing(d, domain, rollout.None)
}

// promising is the policy that announces the promotion of a configuration, and says which share that had. Only requests with a header that nobody
// sends reach the staging distribution meanwhile.
func promising(domain, configuration string, had rollout.Weight) *types.ContinuousDeploymentPolicyConfig {
	return policy(true, domain, &types.TrafficConfig{
		Type:               types.ContinuousDeploymentPolicyTypeSingleHeader,
		SingleHeaderConfig: &types.ContinuousDeploymentSingleHeaderConfig{Header: aws.String(promise), Value: aws.String(fmt.Sprintf("%s/%d", configuration, had))},
	})
}

const promise = "aws-cf-cd-sluice-promotes"

func policy(enabled bool, domain string, t *types.TrafficConfig) *types.ContinuousDeploymentPolicyConfig {
	return &types.ContinuousDeploymentPolicyConfig{
		Enabled: &enabled, TrafficConfig: t, StagingDistributionDnsNames: &types.StagingDistributionDnsNames{Quantity: aws.Int32(1), Items: []string{domain}},
	}
}

// promised is the configuration whose promotion a policy announces, with the share that it had; empty when it announces none.
func promised(p *types.ContinuousDeploymentPolicyConfig) (configuration string, had rollout.Weight) {
	t := p.TrafficConfig
	if !aws.ToBool(p.Enabled) || t == nil || t.SingleHeaderConfig == nil || aws.ToString(t.SingleHeaderConfig.Header) != promise {
		return "", rollout.None
	}
	configuration, weight, _ := strings.Cut(aws.ToString(t.SingleHeaderConfig.Value), "/")
	n, err := strconv.Atoi(weight)
	if err != nil {
		n = 0
	}
	return configuration, rollout.Weight(n)
}

// share is the share of requests that a policy sends to the staging distribution.
func share(p *types.ContinuousDeploymentPolicyConfig) rollout.Weight {
	if t := p.TrafficConfig; aws.ToBool(p.Enabled) && t != nil && t.SingleWeightConfig != nil {
		return rollout.FromFraction(float64(aws.ToFloat32(t.SingleWeightConfig.Weight)))
	}
	return rollout.None
}
