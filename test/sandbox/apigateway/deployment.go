package apigateway

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsapigateway "github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"

	"sluice/test/sandbox/wire"
)

// deployment is what an API was when it was deployed. It never changes.
type deployment struct {
	id, about, integration string
	created                time.Time
}

// CreateDeployment keeps the API as it is now. With a stage it also has the stage serve that: the canary of a stage that has one, or that gets one by
// the call; without canarySettings a stage with a canary is refused.
func (s *Service) CreateDeployment(_ context.Context, in *awsapigateway.CreateDeploymentInput) (*awsapigateway.CreateDeploymentOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.admitted(&s.deploy); err != nil {
		return nil, err
	}
	a, err := s.find(in.RestApiId)
	if err != nil {
		return nil, err
	}
	if in.CacheClusterEnabled != nil || in.CacheClusterSize != "" || in.TracingEnabled != nil {
		return nil, wire.NotImplemented("CreateDeployment with a cache cluster or tracing")
	}
	d := deployment{id: a.next(), about: text(in.Description), integration: a.integration, created: time.Now()}
	changed, err := a.deployed(d, in)
	if err != nil {
		return nil, err
	}
	a.made++
	a.ids = a.ids[min(1, len(a.ids)):]
	a.deployments[d.id] = d
	if changed != nil {
		a.stages[changed.name] = *changed
	}
	return &awsapigateway.CreateDeploymentOutput{Id: &d.id, CreatedDate: &d.created, Description: in.Description}, nil
}

// deployed is the stage as a deployment to it leaves it; nil when the deployment is for no stage. The refusals are as recorded, and the last one as
// reported in https://github.com/serverless/serverless/issues/11518.
func (a *api) deployed(d deployment, in *awsapigateway.CreateDeploymentInput) (*stage, error) {
	const wrong = "Invalid deployment content specified."
	name, settings := text(in.StageName), in.CanarySettings
	before, exists := a.stages[name]
	switch {
	case settings != nil && name == "":
		return nil, refused(wrong + "Non null and non empty stageName must be provided for canary deployment. Provided value is null")
	case settings != nil && !exists:
		return nil, refused(wrong+"Stage %s must already be created before making a canary release deployment", name)
	case name == "":
		return nil, nil
	case settings == nil && before.canary != nil:
		return nil, refused(wrong+"Non canary deployment not supported on stage %s because Canary is enabled. Provide CanarySettings in deploymentInput.", name)
	}
	st := before.clone()
	if !exists {
		st = stage{name: name, about: text(in.StageDescription), created: d.created}
	}
	st.updated = d.created
	if settings != nil {
		st.canary = &canary{deployment: d.id, percent: settings.PercentTraffic, overrides: settings.StageVariableOverrides, cached: settings.UseStageCache}
		return &st, checkCanary(st.canary)
	}
	st.deployment = d.id
	if in.Variables != nil {
		st.variables = in.Variables
	}
	return &st, checkVariables(st.variables)
}

// GetDeployment tells that a deployment exists.
func (s *Service) GetDeployment(_ context.Context, in *awsapigateway.GetDeploymentInput) (*awsapigateway.GetDeploymentOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.admitted(); err != nil {
		return nil, err
	}
	_, d, err := s.deploymentOf(in.RestApiId, in.DeploymentId)
	if err != nil {
		return nil, err
	}
	return &awsapigateway.GetDeploymentOutput{Id: &d.id, CreatedDate: &d.created, Description: aws.String(d.about)}, nil
}

// GetDeployments lists the deployments of an API, some at a time
// (https://docs.aws.amazon.com/apigateway/latest/api/API_GetDeployments.html). In which order is undocumented.
func (s *Service) GetDeployments(_ context.Context, in *awsapigateway.GetDeploymentsInput) (*awsapigateway.GetDeploymentsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.admitted(); err != nil {
		return nil, err
	}
	a, err := s.find(in.RestApiId)
	if err != nil {
		return nil, err
	}
	limit := int(aws.ToInt32(in.Limit))
	if limit == 0 {
		limit = 25
	}
	out := &awsapigateway.GetDeploymentsOutput{}
	for _, id := range slices.Sorted(maps.Keys(a.deployments)) {
		if id <= text(in.Position) {
			continue
		}
		if len(out.Items) == limit {
			out.Position = out.Items[limit-1].Id
			break
		}
		d := a.deployments[id]
		out.Items = append(out.Items, types.Deployment{Id: &d.id, CreatedDate: &d.created, Description: aws.String(d.about)})
	}
	return out, nil
}

// DeleteDeployment takes away a deployment that no stage serves. How AWS words the refusal of others is reported in
// https://github.com/hashicorp/terraform/issues/10674.
func (s *Service) DeleteDeployment(_ context.Context, in *awsapigateway.DeleteDeploymentInput) (*awsapigateway.DeleteDeploymentOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.admitted(); err != nil {
		return nil, err
	}
	a, d, err := s.deploymentOf(in.RestApiId, in.DeploymentId)
	if err != nil {
		return nil, err
	}
	for _, st := range a.stages {
		if st.deployment == d.id || st.canary != nil && st.canary.deployment == d.id {
			return nil, refused("Active stages pointing to this deployment must be moved or deleted")
		}
	}
	delete(a.deployments, d.id)
	return &awsapigateway.DeleteDeploymentOutput{}, nil
}

func (s *Service) find(id *string) (*api, error) {
	if a, ok := s.apis[text(id)]; ok {
		return a, nil
	}
	return nil, missing("Invalid API identifier specified %s:%s", s.o.Home.Account, text(id))
}

func (s *Service) deploymentOf(of, id *string) (*api, deployment, error) {
	a, err := s.find(of)
	if err != nil {
		return nil, deployment{}, err
	}
	d, ok := a.deployments[text(id)]
	if !ok {
		return nil, d, missing("Invalid Deployment identifier specified")
	}
	return a, d, nil
}

func refused(format string, args ...any) error {
	return &types.BadRequestException{Message: aws.String(fmt.Sprintf(format, args...))}
}

func missing(format string, args ...any) error {
	return &types.NotFoundException{Message: aws.String(fmt.Sprintf(format, args...))}
}
