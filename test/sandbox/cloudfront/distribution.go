package cloudfront

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
)

// A distribution is one configuration after the other under one name.
type distribution struct {
	id, domain, etag string
	configs          timeline[*types.DistributionConfig]
	touched          time.Time // when it, or the policy that is attached to it, was changed last
}

func (d *distribution) config() *types.DistributionConfig { return d.configs.last().what }

func (d *distribution) staging() bool { return aws.ToBool(d.config().Staging) }

// CreateDistribution makes a distribution that is no staging distribution.
func (s *Service) CreateDistribution(_ context.Context, in *api.CreateDistributionInput) (*api.CreateDistributionOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if aws.ToBool(in.DistributionConfig.Staging) || aws.ToString(in.DistributionConfig.ContinuousDeploymentPolicyId) != "" {
		return nil, illegalArgument("make it first: CopyDistribution makes staging distributions, and UpdateDistribution attaches a policy")
	}
	d, err := s.create(copied(in.DistributionConfig))
	if err != nil {
		return nil, err
	}
	return &api.CreateDistributionOutput{Distribution: s.describe(d), ETag: &d.etag, Location: aws.String(s.arn(d))}, nil
}

// CopyDistribution makes a staging distribution from a primary one. It has no aliases: viewers cannot reach it by a name
// (Learn how continuous deployment works).
func (s *Service) CopyDistribution(_ context.Context, in *api.CopyDistributionInput) (*api.CopyDistributionOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	primary, err := s.find(in.PrimaryDistributionId)
	switch {
	case err != nil:
		return nil, err
	case !aws.ToBool(in.Staging): // "The only valid value is True"
		return nil, illegalArgument("Staging must be true")
	case s.stagings() >= 20: // Quotas; the code is undocumented
		return nil, &types.TooManyDistributions{Message: aws.String("an account has at most 20 staging distributions")}
	}
	if err := matches(in.IfMatch, primary.etag); err != nil {
		return nil, err
	}
	config := copied(primary.config())
	config.CallerReference, config.Staging, config.ContinuousDeploymentPolicyId = in.CallerReference, in.Staging, nil
	config.Aliases, config.Enabled = &types.Aliases{Quantity: aws.Int32(0)}, aws.Bool(in.Enabled == nil || *in.Enabled)
	d, err := s.create(config)
	if err != nil {
		return nil, err
	}
	return &api.CopyDistributionOutput{Distribution: s.describe(d), ETag: &d.etag, Location: aws.String(s.arn(d))}, nil
}

func (s *Service) create(c *types.DistributionConfig) (*distribution, error) {
	if err := check(c); err != nil {
		return nil, err
	}
	if err := s.checkFunctions(c); err != nil {
		return nil, err
	}
	for _, d := range s.distributions {
		if aws.ToString(d.config().CallerReference) == aws.ToString(c.CallerReference) {
			return nil, &types.DistributionAlreadyExists{Message: aws.String("the caller reference was used for " + d.id)}
		}
	}
	d := &distribution{id: s.id("ED%012X"), domain: fmt.Sprintf("d%013x.cloudfront.net", s.next()), etag: s.newETag()}
	d.put(c)
	s.distributions[d.id] = d
	return d, nil
}

func (s *Service) stagings() (count int) {
	for _, d := range s.distributions {
		if d.staging() {
			count++
		}
	}
	return count
}

func (d *distribution) put(c *types.DistributionConfig) {
	d.touched = time.Now()
	d.configs = append(d.configs, moment[*types.DistributionConfig]{d.touched, c})
}

// GetDistribution says how a distribution is configured, and whether all edges know it.
func (s *Service) GetDistribution(_ context.Context, in *api.GetDistributionInput) (*api.GetDistributionOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.find(in.Id)
	if err != nil {
		return nil, err
	}
	return &api.GetDistributionOutput{Distribution: s.describe(d), ETag: aws.String(d.etag)}, nil
}

// GetDistributionConfig says how a distribution is configured.
func (s *Service) GetDistributionConfig(_ context.Context, in *api.GetDistributionConfigInput) (*api.GetDistributionConfigOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.find(in.Id)
	if err != nil {
		return nil, err
	}
	return &api.GetDistributionConfigOutput{DistributionConfig: copied(d.config()), ETag: aws.String(d.etag)}, nil
}

func (s *Service) find(id *string) (*distribution, error) {
	d, known := s.distributions[aws.ToString(id)]
	if !known {
		return nil, &types.NoSuchDistribution{Message: aws.String("The specified distribution does not exist.")}
	}
	return d, nil
}

// named finds a distribution by its domain name; nil where there is none.
func (s *Service) named(domain string) *distribution {
	for _, d := range s.distributions {
		if strings.EqualFold(d.domain, domain) {
			return d
		}
	}
	return nil
}

func (s *Service) arn(d *distribution) string {
	return s.o.Home.Global("cloudfront", "distribution/"+d.id)
}

func (s *Service) describe(d *distribution) *types.Distribution {
	status := "InProgress"
	if time.Since(d.touched) >= s.o.Takes {
		status = "Deployed"
	}
	return &types.Distribution{
		Id: aws.String(d.id), ARN: aws.String(s.arn(d)), DomainName: aws.String(d.domain), Status: &status,
		LastModifiedTime: aws.Time(d.touched), InProgressInvalidationBatches: aws.Int32(0), DistributionConfig: copied(d.config()),
	}
}

// matches is the compare-and-set of every change: a missing version is refused otherwise than an outdated one
// (https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateDistribution.html#API_UpdateDistribution_Errors).
func matches(given *string, etag string) error {
	switch aws.ToString(given) {
	case etag:
		return nil
	case "":
		return &types.InvalidIfMatchVersion{Message: aws.String("The If-Match version is missing or not valid for the resource.")}
	}
	return &types.PreconditionFailed{Message: aws.String("The request failed because it didn't meet the preconditions in one or more request-header fields.")}
}

func illegalArgument(format string, args ...any) error {
	return &types.InvalidArgument{Message: aws.String(fmt.Sprintf(format, args...))}
}
