package cloudfront

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
)

// A policy says which requests go from a primary distribution to a staging distribution.
type policy struct {
	id, etag string
	configs  timeline[*types.ContinuousDeploymentPolicyConfig]
}

func (p *policy) config() *types.ContinuousDeploymentPolicyConfig { return p.configs.last().what }

func (p *policy) put(c *types.ContinuousDeploymentPolicyConfig) {
	p.configs = append(p.configs, moment[*types.ContinuousDeploymentPolicyConfig]{time.Now(), c})
}

func (p *policy) describe() *types.ContinuousDeploymentPolicy {
	return &types.ContinuousDeploymentPolicy{Id: aws.String(p.id), LastModifiedTime: aws.Time(p.configs.last().since), ContinuousDeploymentPolicyConfig: copied(p.config())}
}

// CreateContinuousDeploymentPolicy makes a policy that is attached to no distribution yet.
func (s *Service) CreateContinuousDeploymentPolicy(_ context.Context, in *api.CreateContinuousDeploymentPolicyInput) (*api.CreateContinuousDeploymentPolicyOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	config := copied(in.ContinuousDeploymentPolicyConfig)
	if len(s.policies) >= 20 { // Quotas
		return nil, &types.TooManyContinuousDeploymentPolicies{Message: aws.String("You have reached the maximum number of continuous deployment policies for this account.")}
	}
	p := &policy{id: s.id("00000000-0000-4000-9000-%012x"), etag: s.newETag()}
	if err := s.checkPolicy(p, config); err != nil {
		return nil, err
	}
	p.put(config)
	s.policies[p.id] = p
	return &api.CreateContinuousDeploymentPolicyOutput{ContinuousDeploymentPolicy: p.describe(), ETag: aws.String(p.etag)}, nil
}

// GetContinuousDeploymentPolicy reads a policy.
func (s *Service) GetContinuousDeploymentPolicy(_ context.Context, in *api.GetContinuousDeploymentPolicyInput) (*api.GetContinuousDeploymentPolicyOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.findPolicy(in.Id)
	if err != nil {
		return nil, err
	}
	return &api.GetContinuousDeploymentPolicyOutput{ContinuousDeploymentPolicy: p.describe(), ETag: aws.String(p.etag)}, nil
}

// GetContinuousDeploymentPolicyConfig reads how a policy is configured.
func (s *Service) GetContinuousDeploymentPolicyConfig(_ context.Context, in *api.GetContinuousDeploymentPolicyConfigInput) (*api.GetContinuousDeploymentPolicyConfigOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.findPolicy(in.Id)
	if err != nil {
		return nil, err
	}
	return &api.GetContinuousDeploymentPolicyConfigOutput{ContinuousDeploymentPolicyConfig: copied(p.config()), ETag: aws.String(p.etag)}, nil
}

// UpdateContinuousDeploymentPolicy replaces a policy as a whole. The primary distribution that it is attached to is InProgress until all edges know
// it: undocumented, but nothing else tells.
func (s *Service) UpdateContinuousDeploymentPolicy(_ context.Context, in *api.UpdateContinuousDeploymentPolicyInput) (*api.UpdateContinuousDeploymentPolicyOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.findPolicy(in.Id)
	if err != nil {
		return nil, err
	}
	if err := matches(in.IfMatch, p.etag); err != nil {
		return nil, err
	}
	next := copied(in.ContinuousDeploymentPolicyConfig)
	if err := s.checkPolicy(p, next); err != nil {
		return nil, err
	}
	p.put(next)
	p.etag = s.newETag()
	if primary := s.attached(p.id); primary != nil {
		primary.touched = time.Now()
	}
	return &api.UpdateContinuousDeploymentPolicyOutput{ContinuousDeploymentPolicy: p.describe(), ETag: aws.String(p.etag)}, nil
}

func (s *Service) findPolicy(id *string) (*policy, error) {
	p, known := s.policies[aws.ToString(id)]
	if !known {
		return nil, &types.NoSuchContinuousDeploymentPolicy{Message: aws.String("The continuous deployment policy does not exist.")}
	}
	return p, nil
}

// checkPolicy refuses a policy that cannot be.
func (s *Service) checkPolicy(p *policy, c *types.ContinuousDeploymentPolicyConfig) error {
	if c == nil || c.Enabled == nil || c.StagingDistributionDnsNames == nil || len(c.StagingDistributionDnsNames.Items) != 1 || aws.ToInt32(c.StagingDistributionDnsNames.Quantity) != 1 {
		return illegalArgument("a policy needs Enabled and the domain name of one staging distribution")
	}
	name := c.StagingDistributionDnsNames.Items[0]
	if d := s.named(name); d == nil || !d.staging() { // the code is undocumented
		return illegalArgument("%s is no staging distribution", name)
	}
	for _, other := range s.policies { // https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateContinuousDeploymentPolicy.html#API_CreateContinuousDeploymentPolicy_Errors
		if other.id != p.id && other.config().StagingDistributionDnsNames.Items[0] == name {
			return &types.StagingDistributionInUse{Message: aws.String("A continuous deployment policy for this staging distribution already exists.")}
		}
	}
	if c.TrafficConfig == nil {
		return nil
	}
	return checkTraffic(c.TrafficConfig)
}

// most is the largest share of a staging distribution (Quotas).
const most float32 = 0.15

// checkTraffic holds the limits of https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_TrafficConfig.html and the pages that it links to.
func checkTraffic(t *types.TrafficConfig) error {
	switch {
	case t.Type == types.ContinuousDeploymentPolicyTypeSingleHeader && t.SingleHeaderConfig != nil && t.SingleWeightConfig == nil:
		if !strings.HasPrefix(aws.ToString(t.SingleHeaderConfig.Header), "aws-cf-cd-") {
			return illegalArgument("the header %q does not begin with aws-cf-cd-", aws.ToString(t.SingleHeaderConfig.Header))
		}
		return nil
	case t.Type != types.ContinuousDeploymentPolicyTypeSingleWeight || t.SingleWeightConfig == nil || t.SingleHeaderConfig != nil: // that one excludes the other is undocumented
		return illegalArgument("a traffic configuration has a type, and what that type needs")
	}
	w := t.SingleWeightConfig
	if aws.ToFloat32(w.Weight) < 0 || aws.ToFloat32(w.Weight) > most {
		return illegalArgument("the weight %v is not between 0 and 0.15", aws.ToFloat32(w.Weight))
	}
	if k := w.SessionStickinessConfig; k != nil {
		idle, longest := aws.ToInt32(k.IdleTTL), aws.ToInt32(k.MaximumTTL)
		if idle < 300 || longest > 3600 || idle > longest {
			return illegalArgument("sessions of %d and %d seconds: both are between 300 and 3600, and the first is not longer", idle, longest)
		}
	}
	return nil
}
