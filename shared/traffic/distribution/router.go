package distribution

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

type api interface {
	GetDistribution(context.Context, *cloudfront.GetDistributionInput, ...func(*cloudfront.Options)) (*cloudfront.GetDistributionOutput, error)
	GetContinuousDeploymentPolicy(context.Context, *cloudfront.GetContinuousDeploymentPolicyInput, ...func(*cloudfront.Options)) (*cloudfront.GetContinuousDeploymentPolicyOutput, error)
	UpdateDistribution(context.Context, *cloudfront.UpdateDistributionInput, ...func(*cloudfront.Options)) (*cloudfront.UpdateDistributionOutput, error)
	UpdateContinuousDeploymentPolicy(context.Context, *cloudfront.UpdateContinuousDeploymentPolicyInput, ...func(*cloudfront.Options)) (*cloudfront.UpdateContinuousDeploymentPolicyOutput, error)
	UpdateDistributionWithStagingConfig(context.Context, *cloudfront.UpdateDistributionWithStagingConfigInput, ...func(*cloudfront.Options)) (*cloudfront.UpdateDistributionWithStagingConfigOutput, error)
}

// Router is the traffic.Router of distributions with continuous deployment.
type Router struct{ cloudfront api }

var _ traffic.Router = (*Router)(nil)

// Ports opens everything that the kind can do.
func Ports(cfg aws.Config) traffic.Ports {
	r := New(cfg)
	return traffic.Ports{Router: r, Inspector: &Inspector{r}}
}

// New builds a router on the account of cfg. CloudFront is one for all Regions.
func New(cfg aws.Config) *Router { return &Router{cloudfront: cloudfront.NewFromConfig(cfg)} }

// Read implements traffic.Router. The policy is read first: whatever happens to the distributions afterwards outdates no lock that was read later.
func (r *Router) Read(ctx context.Context, t rollout.Target) (rollout.Split, error) {
	s, err := r.sight(ctx, t.Distribution)
	if err != nil {
		return rollout.Split{}, err
	}
	return s.split(), nil
}

func (r *Router) sight(ctx context.Context, d *kind.Distribution) (s sight, err error) {
	s.id, s.mark = d.Policy, d.Marked
	if s.policy, s.etag, err = r.policy(ctx, d); err != nil {
		return s, err
	}
	if s.primary, err = r.see(ctx, d.Primary); err != nil {
		return s, err
	}
	s.staging, err = r.see(ctx, d.Staging)
	return s, err
}

func (r *Router) policy(ctx context.Context, d *kind.Distribution) (*types.ContinuousDeploymentPolicyConfig, string, error) {
	out, err := r.cloudfront.GetContinuousDeploymentPolicy(ctx, &cloudfront.GetContinuousDeploymentPolicyInput{Id: &d.Policy})
	if err != nil {
		return nil, "", fmt.Errorf("reading policy %s of distribution %s: %w", d.Policy, d.Primary, explained(err, d.Policy))
	}
	return out.ContinuousDeploymentPolicy.ContinuousDeploymentPolicyConfig, aws.ToString(out.ETag), nil
}

func (r *Router) see(ctx context.Context, id string) (seen, error) {
	out, err := r.cloudfront.GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: &id})
	if err != nil {
		return seen{}, fmt.Errorf("reading distribution %s: %w", id, explained(err, id))
	}
	return seenOf(out.Distribution, out.ETag)
}

func seenOf(d *types.Distribution, etag *string) (seen, error) {
	digest, err := Digest(d.DistributionConfig)
	return seen{
		id: aws.ToString(d.Id), digest: digest, etag: aws.ToString(etag), domain: aws.ToString(d.DomainName), arriving: aws.ToString(d.Status) != "Deployed", config: d.DistributionConfig,
	}, err
}

// Write implements traffic.Router. The lock says which calls lead there; whatever is different by now outdates one of their ETags.
func (r *Router) Write(ctx context.Context, t rollout.Target, to rollout.Split, tag string) (rollout.Split, error) {
	l, err := parse(tag)
	if err != nil {
		return to, err
	}
	m := &move{Router: r, d: t.Distribution, lock: l}
	switch plain := to.Plain(); {
	case plain.Candidate != "" && plain.Stable != l.primary.digest: // somebody has promoted: reading again tells
		return plain, fmt.Errorf("giving %s a share of distribution %s, which has %s: %w", plain.Candidate, m.d.Primary, l.primary.digest, traffic.ErrMoved)
	case plain.Candidate != "":
		err = m.share(ctx, plain)
	case plain.Stable == l.primary.digest:
		err = m.withdraw(ctx)
	case to.Candidate != "": // forward
		err = m.promote(ctx, plain.Stable)
	default: // back after a promotion
		if err = m.restore(ctx, plain.Stable); err == nil {
			return r.after(ctx, t, plain)
		}
	}
	to = to.Plain()
	to.Tag, to.Moving = m.lock.String(), arriving(m.d.Primary)
	return to, err
}

// after is what a target serves after a promotion, which makes versions that it does not answer. The traffic is where it is to be, so an error is none:
// then the lock is unknown.
func (r *Router) after(ctx context.Context, t rollout.Target, to rollout.Split) (rollout.Split, error) {
	now, err := r.Read(ctx, t)
	if err != nil {
		to.Moving = arriving(t.Distribution.Primary)
		return to, nil
	}
	return now, nil
}
