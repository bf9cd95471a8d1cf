package apigateway

import (
	"context"
	"maps"
	"regexp"
	"time"

	awsapigateway "github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"

	"sluice/test/sandbox/wire"
)

// stage is a stage of an API. It is a value: a change makes another one.
type stage struct {
	name, about, deployment string
	variables               map[string]string
	canary                  *canary
	cached                  bool
	log                     accessLog
	created, updated        time.Time
}

type canary struct {
	deployment string
	percent    float64
	overrides  map[string]string
	cached     bool
}

// accessLog is where a stage leaves a line about each request, and what is in it.
type accessLog struct{ group, format string }

func (st stage) clone() stage {
	st.variables = maps.Clone(st.variables)
	if st.canary != nil {
		c := *st.canary
		c.overrides = maps.Clone(c.overrides)
		st.canary = &c
	}
	return st
}

// CreateStage makes a stage of a deployment.
func (s *Service) CreateStage(_ context.Context, in *awsapigateway.CreateStageInput) (*awsapigateway.CreateStageOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.admitted(); err != nil {
		return nil, err
	}
	if in.DocumentationVersion != nil || in.TracingEnabled || in.Tags != nil || in.CanarySettings != nil {
		return nil, wire.NotImplemented("CreateStage with documentation, tracing, tags or a canary")
	}
	a, d, err := s.deploymentOf(in.RestApiId, in.DeploymentId)
	if err != nil {
		return nil, err
	}
	if _, taken := a.stages[text(in.StageName)]; taken {
		return nil, &types.ConflictException{Message: new("Stage already exists")}
	}
	if err := checkVariables(in.Variables); err != nil {
		return nil, err
	}
	st := stage{name: text(in.StageName), about: text(in.Description), deployment: d.id, variables: maps.Clone(in.Variables), cached: in.CacheClusterEnabled, created: time.Now(), updated: time.Now()}
	a.stages[st.name] = st
	out := awsapigateway.CreateStageOutput(st.output())
	return &out, nil
}

// GetStage reads a stage.
func (s *Service) GetStage(_ context.Context, in *awsapigateway.GetStageInput) (*awsapigateway.GetStageOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.admitted(); err != nil {
		return nil, err
	}
	_, st, err := s.stageOf(in.RestApiId, in.StageName)
	if err != nil {
		return nil, err
	}
	out := st.output()
	return &out, nil
}

func (s *Service) stageOf(of, name *string) (*api, stage, error) {
	a, err := s.find(of)
	if err != nil {
		return nil, stage{}, err
	}
	st, ok := a.stages[text(name)]
	if !ok {
		return nil, st, missing("Invalid stage identifier specified")
	}
	return a, st.clone(), nil
}

// output is the stage as the API answers it.
func (st stage) output() awsapigateway.GetStageOutput {
	out := awsapigateway.GetStageOutput{
		StageName: &st.name, DeploymentId: &st.deployment, Variables: st.variables, CacheClusterEnabled: st.cached, CacheClusterStatus: types.CacheClusterStatusNotAvailable,
		CreatedDate: &st.created, LastUpdatedDate: &st.updated, MethodSettings: map[string]types.MethodSetting{},
	}
	if st.cached {
		out.CacheClusterStatus = types.CacheClusterStatusAvailable
	}
	if st.about != "" {
		out.Description = &st.about
	}
	if st.log.group != "" || st.log.format != "" {
		out.AccessLogSettings = &types.AccessLogSettings{DestinationArn: &st.log.group, Format: &st.log.format}
	}
	if c := st.canary; c != nil {
		out.CanarySettings = &types.CanarySettings{DeploymentId: &c.deployment, PercentTraffic: c.percent, StageVariableOverrides: c.overrides, UseStageCache: c.cached}
	}
	return out
}

// What names and values of stage variables may be (https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html). The words of the
// refusals are undocumented.
var (
	variableName  = regexp.MustCompile(`^[A-Za-z0-9_]+$`)
	variableValue = regexp.MustCompile(`^[A-Za-z0-9\-._~:/?#&=,]+$`)
)

func checkVariables(all map[string]string) error {
	for name, value := range all {
		if !variableName.MatchString(name) {
			return refused("Stage variable name %s is invalid: it may have alphanumeric and underscore characters", name)
		}
		if !variableValue.MatchString(value) {
			return refused("Stage variable value for %s is invalid: it must match [A-Za-z0-9-._~:/?#&=,]+", name)
		}
	}
	return nil
}

func checkCanary(c *canary) error {
	if !(c.percent >= 0 && c.percent <= 100) { // written so that NaN is refused
		return refused("Canary percent traffic must be between 0.0 and 100.0")
	}
	return checkVariables(c.overrides)
}
