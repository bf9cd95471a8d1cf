package apigateway

import (
	"context"
	"maps"
	"slices"

	awsapigateway "github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"

	"sluice/test/sandbox/wire"
)

// GetRestApis lists the APIs.
func (s *Service) GetRestApis(_ context.Context, in *awsapigateway.GetRestApisInput) (*awsapigateway.GetRestApisOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.admitted(); err != nil {
		return nil, err
	}
	if in.Limit != nil || in.Position != nil {
		return nil, wire.NotImplemented("GetRestApis in pages")
	}
	out := &awsapigateway.GetRestApisOutput{}
	for _, id := range slices.Sorted(maps.Keys(s.apis)) {
		a := s.apis[id]
		out.Items = append(out.Items, types.RestApi{Id: &a.id, Name: &a.name})
	}
	return out, nil
}

// GetStages lists the stages of an API.
func (s *Service) GetStages(_ context.Context, in *awsapigateway.GetStagesInput) (*awsapigateway.GetStagesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.admitted(); err != nil {
		return nil, err
	}
	if in.DeploymentId != nil {
		return nil, wire.NotImplemented("GetStages of one deployment")
	}
	a := s.apis[text(in.RestApiId)]
	if a == nil {
		return nil, &types.NotFoundException{Message: new("Invalid API identifier specified")}
	}
	out := &awsapigateway.GetStagesOutput{}
	for _, name := range slices.Sorted(maps.Keys(a.stages)) {
		st := a.stages[name].output()
		out.Item = append(out.Item, types.Stage{StageName: st.StageName, DeploymentId: st.DeploymentId, Variables: st.Variables, AccessLogSettings: st.AccessLogSettings, CanarySettings: st.CanarySettings})
	}
	return out, nil
}
