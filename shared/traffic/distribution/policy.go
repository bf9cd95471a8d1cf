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

// announcing is the policy that announces a share, or a promotion, for which something has to be ready first. Only requests with a header that nobody
// sends reach the staging distribution meanwhile.
func announcing(domain string, a announcement) *types.ContinuousDeploymentPolicyConfig {
	return policy(true, domain, &types.TrafficConfig{
		Type:               types.ContinuousDeploymentPolicyTypeSingleHeader,
		SingleHeaderConfig: &types.ContinuousDeploymentSingleHeaderConfig{Header: aws.String(header), Value: aws.String(a.String())},
	})
}

const header = kind.EdgeAnnounces

// marking is the policy that gives the staging distribution marked requests alone.
func marking(domain string, m kind.EdgeMark) *types.ContinuousDeploymentPolicyConfig {
	return policy(true, domain, &types.TrafficConfig{
		Type:               types.ContinuousDeploymentPolicyTypeSingleHeader,
		SingleHeaderConfig: &types.ContinuousDeploymentSingleHeaderConfig{Header: &m.Header, Value: &m.Value},
	})
}

// marks says whether a policy gives the staging distribution the requests that the definition says are marked.
func marks(p *types.ContinuousDeploymentPolicyConfig, m *kind.EdgeMark) bool {
	t := p.TrafficConfig
	return m != nil && aws.ToBool(p.Enabled) && t != nil && t.SingleHeaderConfig != nil && aws.ToString(t.SingleHeaderConfig.Header) == m.Header && aws.ToString(t.SingleHeaderConfig.Value) == m.Value
}

// An announcement is the share that a configuration is about to get. The zero value announces nothing.
type announcement struct {
	configuration string
	weight        rollout.Weight
	marked        bool // marked requests alone
}

// String writes an announcement: "3f9c2a1b44d0/500", or "3f9c2a1b44d0/marked".
func (a announcement) String() string {
	if a.marked {
		return a.configuration + "/marked"
	}
	return fmt.Sprintf("%s/%d", a.configuration, a.weight)
}

// split is what an announcement announces beside stable.
func (a announcement) split(stable string) rollout.Split {
	return rollout.Split{Stable: stable, Candidate: a.configuration, Weight: a.weight, Marked: a.marked}
}

// announcementOf reads what String has written. Anything else announces nothing.
func announcementOf(text string) announcement {
	configuration, weight, _ := strings.Cut(text, "/")
	if weight == "marked" && configuration != "" {
		return announcement{configuration: configuration, marked: true}
	}
	n, err := strconv.Atoi(weight)
	if err != nil || configuration == "" {
		return announcement{}
	}
	return announcement{configuration: configuration, weight: rollout.Weight(n)}
}

// promotes says whether a promotion is announced.
func (a announcement) promotes() bool { return a.weight == rollout.All }

func policy(enabled bool, domain string, t *types.TrafficConfig) *types.ContinuousDeploymentPolicyConfig {
	return &types.ContinuousDeploymentPolicyConfig{
		Enabled: &enabled, TrafficConfig: t, StagingDistributionDnsNames: &types.StagingDistributionDnsNames{Quantity: aws.Int32(1), Items: []string{domain}},
	}
}

// announced is what a policy announces.
func announced(p *types.ContinuousDeploymentPolicyConfig) announcement {
	t := p.TrafficConfig
	if !aws.ToBool(p.Enabled) || t == nil || t.SingleHeaderConfig == nil || aws.ToString(t.SingleHeaderConfig.Header) != header {
		return announcement{}
	}
	return announcementOf(aws.ToString(t.SingleHeaderConfig.Value))
}

// share is the share of requests that a policy sends to the staging distribution.
func share(p *types.ContinuousDeploymentPolicyConfig) rollout.Weight {
	if t := p.TrafficConfig; aws.ToBool(p.Enabled) && t != nil && t.SingleWeightConfig != nil {
		return rollout.FromFraction(float64(aws.ToFloat32(t.SingleWeightConfig.Weight)))
	}
	return rollout.None
}
