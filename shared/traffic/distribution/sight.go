package distribution

import (
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// seen is one distribution as it was read.
type seen struct {
	id, digest, etag, domain string
	arriving                 bool // not all edges know its last change yet
	config                   *types.DistributionConfig
}

// sight is everything that says what a target serves, as it was read.
type sight struct {
	id               string // of the policy
	primary, staging seen
	policy           *types.ContinuousDeploymentPolicyConfig
	etag             string         // of the policy
	mark             *kind.EdgeMark // by what the definition says that requests are marked
}

// attached says whether viewers' requests meet the policy.
func (s sight) attached() bool {
	return aws.ToString(s.primary.config.ContinuousDeploymentPolicyId) == s.id
}

// names says whether the policy sends requests to our staging distribution.
func (s sight) names() bool {
	return s.policy.StagingDistributionDnsNames != nil && slices.Contains(s.policy.StagingDistributionDnsNames.Items, s.staging.domain)
}

func (s sight) lock() lock {
	return lock{
		primary: held{s.primary.digest, s.primary.etag}, staging: held{s.staging.digest, s.staging.etag}, policy: s.etag, domain: s.staging.domain,
		weight: share(s.policy), announced: announced(s.policy),
	}
}

// split says what the target serves. Requests that carry a header are testers', and no share, unless the definition names the header.
func (s sight) split() rollout.Split {
	split := rollout.Split{Stable: s.primary.digest, Tag: s.lock().String()}
	if s.primary.arriving {
		split.Moving = arriving(s.primary.id)
	}
	if !s.attached() {
		return split
	}
	if a := announced(s.policy); a.configuration != "" {
		split.Candidate, split.Weight, split.Marked, split.Announced = a.configuration, a.weight, a.marked, true
		split.Moving = fmt.Sprintf("it is announced: %v", a.split(split.Stable))
	} else if weight, marked := share(s.policy), marks(s.policy, s.mark); weight > 0 || marked {
		split.Candidate, split.Weight, split.Marked = s.staged(), weight, marked
		if s.staging.arriving {
			split.Moving = arriving(s.staging.id)
		}
	}
	if split.Candidate == split.Stable { // both serve the same
		split.Candidate, split.Weight, split.Marked = "", rollout.None, false
	}
	return split
}

func arriving(id string) string {
	return "not all edges know the last change of distribution " + id + " yet"
}

// staged is what serves a share: the staging distribution's configuration, or, if the policy names another distribution, that one's name.
func (s sight) staged() string {
	if !s.names() {
		return s.policy.StagingDistributionDnsNames.Items[0]
	}
	return s.staging.digest
}
