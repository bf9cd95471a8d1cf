package appconfig

import (
	"context"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"
	"github.com/aws/aws-sdk-go-v2/service/appconfig/types"

	"sluice/test/sandbox/wire"
)

// whole refuses lists in pages.
func whole(operation string, token *string, most *int32) error {
	if token != nil || most != nil {
		return wire.NotImplemented(operation + " in pages")
	}
	return nil
}

// ListApplications lists the applications.
func (s *Service) ListApplications(_ context.Context, in *api.ListApplicationsInput) (*api.ListApplicationsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &api.ListApplicationsOutput{}
	for _, id := range slices.Sorted(maps.Keys(s.applications)) {
		out.Items = append(out.Items, types.Application{Id: aws.String(id), Name: &s.applications[id].name})
	}
	return out, whole("ListApplications", in.NextToken, in.MaxResults)
}

// ListEnvironments lists the environments of an application.
func (s *Service) ListEnvironments(_ context.Context, in *api.ListEnvironmentsInput) (*api.ListEnvironmentsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.application(in.ApplicationId)
	if err != nil {
		return nil, err
	}
	out := &api.ListEnvironmentsOutput{}
	for _, id := range slices.Sorted(maps.Keys(a.environments)) {
		out.Items = append(out.Items, types.Environment{ApplicationId: &a.id, Id: aws.String(id), Name: &a.environments[id].name})
	}
	return out, whole("ListEnvironments", in.NextToken, in.MaxResults)
}

// ListConfigurationProfiles lists the profiles of an application.
func (s *Service) ListConfigurationProfiles(_ context.Context, in *api.ListConfigurationProfilesInput) (*api.ListConfigurationProfilesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.application(in.ApplicationId)
	if err != nil {
		return nil, err
	}
	out := &api.ListConfigurationProfilesOutput{}
	for _, id := range slices.Sorted(maps.Keys(a.profiles)) {
		out.Items = append(out.Items, types.ConfigurationProfileSummary{ApplicationId: &a.id, Id: aws.String(id), Name: &a.profiles[id].name, Type: &a.profiles[id].kind})
	}
	return out, whole("ListConfigurationProfiles", in.NextToken, in.MaxResults)
}

// ListDeploymentStrategies lists the strategies, those that every account has among them.
func (s *Service) ListDeploymentStrategies(_ context.Context, in *api.ListDeploymentStrategiesInput) (*api.ListDeploymentStrategiesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &api.ListDeploymentStrategiesOutput{}
	for _, id := range slices.Sorted(maps.Keys(s.strategies)) {
		out.Items = append(out.Items, *s.strategies[id])
	}
	return out, whole("ListDeploymentStrategies", in.NextToken, in.MaxResults)
}
