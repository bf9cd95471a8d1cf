package appconfig

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

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
	case in.VersionLabel != nil && (len(*in.VersionLabel) > 64 || !labelled(*in.VersionLabel)): // "must contain at least one non-numeric character" (the page above)
		return nil, bad("%s is not the label of a version.", *in.VersionLabel)
	case len(in.Content) > largest:
		return nil, &types.PayloadTooLargeException{Message: aws.String("The configuration is too large."), Measure: types.BytesMeasureKilobytes, Limit: largest / 1024, Size: float32(len(in.Content)) / 1024}
	case in.LatestVersionNumber != nil && int(*in.LatestVersionNumber) != len(p.versions):
		return nil, &types.ConflictException{Message: aws.String(fmt.Sprintf("The latest version is %d, and not %d.", len(p.versions), *in.LatestVersionNumber))}
	}
	if err := p.check(in.Content); err != nil {
		return nil, err
	}
	v := &version{number: int32(len(p.versions) + 1), content: bytes.Clone(in.Content), contentType: aws.ToString(in.ContentType), description: aws.ToString(in.Description), label: aws.ToString(in.VersionLabel)}
	p.versions = append(p.versions, v)
	return &api.CreateHostedConfigurationVersionOutput{
		ApplicationId: &p.of.id, ConfigurationProfileId: &p.id, VersionNumber: v.number, Content: v.content, ContentType: &v.contentType, Description: in.Description, VersionLabel: in.VersionLabel,
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
		ApplicationId: &p.of.id, ConfigurationProfileId: &p.id, VersionNumber: v.number, Content: v.content, ContentType: &v.contentType, Description: &v.description, VersionLabel: v.labelled(),
	}, nil
}

// labelled says whether a text is no number.
func labelled(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
}

func (v *version) labelled() *string {
	if v.label == "" {
		return nil
	}
	return &v.label
}

// named is the version of a number or, because the configuration is a hosted one, of a label
// (https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_StartDeployment.html). Belief: of two with one label it is the newer.
func (p *profile) named(name string) *version {
	for _, v := range slices.Backward(p.versions) {
		if v.label == name && labelled(name) {
			return v
		}
	}
	number, _ := strconv.Atoi(name)
	return p.version(number)
}

// ListHostedConfigurationVersions lists versions, the newest first, or those of a label: "if you don't specify an asterisk at the end of the value, only an
// exact match is returned" (https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_ListHostedConfigurationVersions.html). Belief: no page names
// an order.
func (s *Service) ListHostedConfigurationVersions(_ context.Context, in *api.ListHostedConfigurationVersionsInput) (*api.ListHostedConfigurationVersionsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.profile(in.ApplicationId, in.ConfigurationProfileId)
	switch {
	case err != nil:
		return nil, err
	case in.NextToken != nil:
		return nil, wire.NotImplemented("appconfig: ListHostedConfigurationVersions from a token on")
	}
	out := &api.ListHostedConfigurationVersionsOutput{}
	for i := len(p.versions); i > 0 && (in.MaxResults == nil || len(out.Items) < int(*in.MaxResults)); i-- {
		v := p.versions[i-1]
		if prefix, open := strings.CutSuffix(aws.ToString(in.VersionLabel), "*"); in.VersionLabel != nil && v.label != prefix && !(open && strings.HasPrefix(v.label, prefix)) {
			continue
		}
		out.Items = append(out.Items, types.HostedConfigurationVersionSummary{
			ApplicationId: &p.of.id, ConfigurationProfileId: &p.id, VersionNumber: v.number, ContentType: &v.contentType, Description: &v.description, VersionLabel: v.labelled(),
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
