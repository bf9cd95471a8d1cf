package distribution

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// Inspector looks at a configuration before it gets traffic, and at what a release needs around it.
type Inspector struct{ router *Router }

var _ traffic.Inspector = (*Inspector)(nil)

// Inspect implements traffic.Inspector.
func (i *Inspector) Inspect(ctx context.Context, t rollout.Target, revision, _ string) (*rollout.Rejection, error) {
	all, err := i.setting(ctx, t.Distribution)
	if err != nil {
		return gone(err)
	}
	if why := all.check(t.Distribution); why != nil {
		return why, nil
	}
	return all.judge(t.Distribution, revision)
}

// Survey implements traffic.Surveyor.
func (i *Inspector) Survey(ctx context.Context, t rollout.Target, _ string) (*rollout.Rejection, error) {
	all, err := i.setting(ctx, t.Distribution)
	if err != nil {
		return gone(err)
	}
	return all.check(t.Distribution), nil
}

func (i *Inspector) setting(ctx context.Context, d *kind.Distribution) (all setting, err error) {
	if all.sight, err = i.router.sight(ctx, d); err != nil {
		return all, err
	}
	if all.draft, err = i.router.see(ctx, d.Draft); err != nil {
		return all, err
	}
	all.previous, err = i.router.see(ctx, d.Previous)
	return all, err
}

// gone rejects a release that needs what does not exist.
func gone(err error) (*rollout.Rejection, error) {
	if o := traffic.ObstacleOf(err); o != nil {
		return rollout.Because(o.What, o.Remedy), nil
	}
	return nil, err
}

// setting is all that a release of a distribution needs, as it was read.
type setting struct {
	sight
	draft, previous seen
}

// check refuses what CloudFront would refuse in the middle of the release, and what would do harm
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/continuous-deployment-quotas-considerations.html).
func (s setting) check(d *kind.Distribution) *rollout.Rejection {
	update := "aws cloudfront update-distribution --id " + d.Primary + " with "
	switch {
	case strings.Contains(string(s.primary.config.HttpVersion), "3"):
		return rollout.Because(fmt.Sprintf("distribution %s supports HTTP/3, which CloudFront does not allow together with continuous deployment", d.Primary), update+"HttpVersion http2, and the same for the other three")
	case !aws.ToBool(s.primary.config.Enabled):
		return rollout.Because(fmt.Sprintf("distribution %s is turned off: no request would try the configuration", d.Primary), update+"Enabled true")
	case !s.attached():
		return rollout.Because(fmt.Sprintf("policy %s is not attached to distribution %s", d.Policy, d.Primary), update+"ContinuousDeploymentPolicyId "+d.Policy+", and nothing else changed")
	case !aws.ToBool(s.staging.config.Staging):
		return rollout.Because(fmt.Sprintf("distribution %s is no staging distribution", d.Staging), "make one: aws cloudfront copy-distribution --staging --primary-distribution-id "+d.Primary)
	case !s.names():
		return rollout.Because(fmt.Sprintf("policy %s sends requests to another distribution than %s", d.Policy, d.Staging), fmt.Sprintf("aws cloudfront update-continuous-deployment-policy --id %s with StagingDistributionDnsNames %s", d.Policy, s.staging.domain))
	case !aws.ToBool(s.staging.config.Enabled): // a promotion may copy that, too
		return rollout.Because(fmt.Sprintf("staging distribution %s is turned off: no request would try the configuration, and a promotion could turn %s off", d.Staging, d.Primary), "aws cloudfront update-distribution --id "+d.Staging+" with Enabled true")
	case aws.ToString(s.primary.config.WebACLId) != aws.ToString(s.staging.config.WebACLId):
		return rollout.Because(fmt.Sprintf("distributions %s and %s have different web ACLs, and CloudFront associates none while a policy is attached", d.Primary, d.Staging),
			"take the policy off the primary distribution, give both the same web ACL, and attach the policy again")
	}
	return nil
}

// judge refuses a configuration that is not there, or that continuous deployment cannot carry.
func (s setting) judge(d *kind.Distribution, revision string) (*rollout.Rejection, error) {
	if s.draft.digest != revision && s.staging.digest != revision && s.previous.digest != revision {
		return rollout.Because(fmt.Sprintf("draft distribution %s has configuration %s, not %s", d.Draft, s.draft.digest, revision),
			fmt.Sprintf("write the configuration into distribution %s, or release %s", d.Draft, s.draft.digest)), nil
	}
	for _, other := range []seen{s.staging, s.draft} {
		parts, err := differing(s.primary.config, other.config)
		if err != nil {
			return nil, err
		}
		if len(parts) > 0 {
			return rollout.Because(fmt.Sprintf("distributions %s and %s differ in %s, which continuous deployment does not carry", d.Primary, other.id, strings.Join(parts, ", ")),
				"make them the same; a change of these goes to the primary distribution by hand, while the policy is taken off"), nil
		}
	}
	return nil, nil
}
