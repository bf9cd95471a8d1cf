package cloudfront

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/cloudfront"
)

// UpdateDistributionWithStagingConfig promotes: it copies the staging distribution's configuration to the primary one, which keeps its aliases and
// its policy, and disables the policy (https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateDistributionWithStagingConfig.html).
// The staging distribution keeps its version: undocumented.
func (s *Service) UpdateDistributionWithStagingConfig(_ context.Context, in *api.UpdateDistributionWithStagingConfigInput) (*api.UpdateDistributionWithStagingConfigOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	primary, err := s.find(in.Id)
	if err != nil {
		return nil, err
	}
	staging, err := s.find(in.StagingDistributionId)
	if err != nil {
		return nil, err
	}
	if err := matchBoth(in.IfMatch, primary.etag, staging.etag); err != nil {
		return nil, err
	}
	policy := s.policies[aws.ToString(primary.config().ContinuousDeploymentPolicyId)]
	if policy == nil || policy.config().StagingDistributionDnsNames.Items[0] != staging.domain { // "its corresponding primary distribution"; the code is undocumented
		return nil, illegalUpdate("the distributions do not belong together by a continuous deployment policy")
	}
	now, next := primary.config(), copied(staging.config())
	next.CallerReference, next.Staging = now.CallerReference, now.Staging
	next.Aliases, next.ContinuousDeploymentPolicyId = now.Aliases, now.ContinuousDeploymentPolicyId
	primary.put(next)
	primary.etag = s.newETag()
	if aws.ToBool(policy.config().Enabled) {
		off := copied(policy.config())
		off.Enabled = aws.Bool(false)
		policy.put(off)
		policy.etag = s.newETag()
	}
	return &api.UpdateDistributionWithStagingConfigOutput{Distribution: s.describe(primary), ETag: aws.String(primary.etag)}, nil
}

// matchBoth compares the versions of both distributions, written "<primary ETag>, <staging ETag>".
func matchBoth(given *string, primary, staging string) error {
	first, second, both := strings.Cut(aws.ToString(given), ",")
	first, second = strings.TrimSpace(first), strings.TrimSpace(second)
	if !both {
		first = ""
	}
	if err := matches(&first, primary); err != nil {
		return err
	}
	return matches(&second, staging)
}
