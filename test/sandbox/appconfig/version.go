package appconfig

import (
	"bytes"
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"
	"github.com/aws/aws-sdk-go-v2/service/appconfig/types"

	"sluice/test/sandbox/wire"
)

// largest is how large a hosted configuration may be, unless the quota was raised, which goes to 4 MB
// (https://docs.aws.amazon.com/general/latest/gr/appconfig.html).
const largest = 2 << 20

// CreateHostedConfigurationVersion adds a version. With LatestVersionNumber it is a compare-and-set: "the value should match the latest version's number"
// (https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_CreateHostedConfigurationVersion.html).
func (s *Service) CreateHostedConfigurationVersion(_ context.Context, in *api.CreateHostedConfigurationVersionInput) (*api.CreateHostedConfigurationVersionOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.profile(in.ApplicationId, in.ConfigurationProfileId)
	switch {
	case err != nil:
		return nil, err
	case in.VersionLabel != nil:
		return nil, wire.NotImplemented("appconfig: a VersionLabel")
	case len(in.Content) > largest:
		return nil, &types.PayloadTooLargeException{Message: aws.String("The configuration is too large."), Measure: types.BytesMeasureKilobytes, Limit: largest / 1024, Size: float32(len(in.Content)) / 1024}
	case in.LatestVersionNumber != nil && int(*in.LatestVersionNumber) != len(p.versions):
		return nil, &types.ConflictException{Message: aws.String(fmt.Sprintf("The latest version is %d, and not %d.", len(p.versions), *in.LatestVersionNumber))}
	}
	if err := p.check(in.Content); err != nil {
		return nil, err
	}
	v := &version{number: int32(len(p.versions) + 1), content: bytes.Clone(in.Content), contentType: aws.ToString(in.ContentType), description: aws.ToString(in.Description)}
	p.versions = append(p.versions, v)
	return &api.CreateHostedConfigurationVersionOutput{
		ApplicationId: &p.of.id, ConfigurationProfileId: &p.id, VersionNumber: v.number, Content: v.content, ContentType: &v.contentType, Description: in.Description,
	}, nil
}

// GetHostedConfigurationVersion reads a version.
func (s *Service) GetHostedConfigurationVersion(_ context.Context, in *api.GetHostedConfigurationVersionInput) (*api.GetHostedConfigurationVersionOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.profile(in.ApplicationId, in.ConfigurationProfileId)
	if err != nil {
		return nil, err
	}
	v := p.version(int(aws.ToInt32(in.VersionNumber)))
	if v == nil {
		return nil, missing("HostedConfigurationVersion", fmt.Sprint(aws.ToInt32(in.VersionNumber)))
	}
	return &api.GetHostedConfigurationVersionOutput{
		ApplicationId: &p.of.id, ConfigurationProfileId: &p.id, VersionNumber: v.number, Content: v.content, ContentType: &v.contentType, Description: &v.description,
	}, nil
}

// ListHostedConfigurationVersions lists versions, the newest first. Belief: no page names an order.
func (s *Service) ListHostedConfigurationVersions(_ context.Context, in *api.ListHostedConfigurationVersionsInput) (*api.ListHostedConfigurationVersionsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.profile(in.ApplicationId, in.ConfigurationProfileId)
	switch {
	case err != nil:
		return nil, err
	case in.NextToken != nil || in.VersionLabel != nil:
		return nil, wire.NotImplemented("appconfig: ListHostedConfigurationVersions from a token on, or by a label")
	}
	out := &api.ListHostedConfigurationVersionsOutput{}
	for i := len(p.versions); i > 0 && (in.MaxResults == nil || len(out.Items) < int(*in.MaxResults)); i-- {
		v := p.versions[i-1]
		out.Items = append(out.Items, types.HostedConfigurationVersionSummary{
			ApplicationId: &p.of.id, ConfigurationProfileId: &p.id, VersionNumber: v.number, ContentType: &v.contentType, Description: &v.description,
		})
	}
	return out, nil
}

// version is the one of a number, nil if there is none.
func (p *profile) version(number int) *version {
	if number < 1 || number > len(p.versions) {
		return nil
	}
	return p.versions[number-1]
}
