package cloudfront

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
)

// UpdateDistribution replaces the whole configuration of a distribution. It makes a new version, also if nothing has changed
// (hashicorp/terraform-provider-aws#33578).
func (s *Service) UpdateDistribution(_ context.Context, in *api.UpdateDistributionInput) (*api.UpdateDistributionOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.find(in.Id)
	if err != nil {
		return nil, err
	}
	if err := matches(in.IfMatch, d.etag); err != nil {
		return nil, err
	}
	next := copied(in.DistributionConfig)
	if err := check(next); err != nil {
		return nil, err
	}
	if err := s.checkFunctions(next); err != nil {
		return nil, err
	}
	if err := s.mayBecome(d, next); err != nil {
		return nil, err
	}
	d.put(next)
	d.etag = s.newETag()
	return &api.UpdateDistributionOutput{Distribution: s.describe(d), ETag: aws.String(d.etag)}, nil
}

// mayBecome refuses a change that a distribution cannot make, or not while a continuous deployment policy is attached.
func (s *Service) mayBecome(d *distribution, next *types.DistributionConfig) error {
	now := d.config()
	if aws.ToString(now.CallerReference) != aws.ToString(next.CallerReference) { // hashicorp/terraform-provider-aws#33338
		return illegalUpdate("You cannot update Origin or CallerReference.")
	}
	if aws.ToBool(now.Staging) != aws.ToBool(next.Staging) { // undocumented
		return illegalUpdate("a distribution stays a staging distribution, or none")
	}
	had, has := aws.ToString(now.ContinuousDeploymentPolicyId), aws.ToString(next.ContinuousDeploymentPolicyId)
	if had != has {
		return s.mayAttach(d, next, had, has)
	}
	if has == "" && !s.used(d) {
		return nil
	}
	if d.staging() && !aws.ToBool(next.Enabled) { // hashicorp/terraform-provider-aws#33575
		return &types.StagingDistributionInUse{Message: aws.String("The specified staging distribution is currently used by a continuous deployment policy.")}
	}
	if parts := differing(now, next, func(part string) bool { return carried[part] || part == "Enabled" }); len(parts) > 0 { // aws-samples/amazon-cloudfront-continuous-deployment#8
		return illegalUpdate("One or more fields updated are not supported for continuous deployment. (" + strings.Join(parts, ", ") + ")")
	}
	return nil
}

// mayAttach judges an update that attaches a policy to a distribution, or takes it off. Nothing else may change in the same update
// (aws/aws-cli#10446, hashicorp/terraform-provider-aws#33578).
func (s *Service) mayAttach(d *distribution, next *types.DistributionConfig, had, has string) error {
	if parts := differing(d.config(), next, func(part string) bool { return part == "ContinuousDeploymentPolicyId" }); had != "" && len(parts) > 0 {
		return illegalUpdate("One or more fields updated are not supported for continuous deployment. (ContinuousDeploymentPolicyId with " + strings.Join(parts, ", ") + ")")
	}
	switch {
	case has == "":
		return nil
	case s.policies[has] == nil:
		return &types.NoSuchContinuousDeploymentPolicy{Message: aws.String("The continuous deployment policy does not exist.")}
	case d.staging(): // undocumented
		return illegalArgument("a policy is attached to a primary distribution")
	case overHTTP3(next): // the code is undocumented
		return illegalArgument("Continuous deployment is not supported for a distribution that supports HTTP/3")
	case s.attached(has) != nil && s.attached(has) != d: // undocumented
		return illegalArgument("the policy is attached to %s already", s.attached(has).id)
	}
	return nil
}

// attached is the primary distribution that a policy is attached to; nil where there is none.
func (s *Service) attached(policy string) *distribution {
	for _, d := range s.distributions {
		if policy != "" && aws.ToString(d.config().ContinuousDeploymentPolicyId) == policy {
			return d
		}
	}
	return nil
}

// used says whether a policy that is attached somewhere sends requests to a staging distribution.
func (s *Service) used(d *distribution) bool {
	for id, p := range s.policies {
		if p.config().StagingDistributionDnsNames.Items[0] == d.domain && s.attached(id) != nil {
			return true
		}
	}
	return false
}
