package appconfig

import (
	"context"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"
	"github.com/aws/aws-sdk-go-v2/service/appconfig/types"

	"sluice/test/sandbox/wire"
)

// The types of profiles: https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_CreateConfigurationProfile.html
const (
	freeform = "AWS.Freeform"
	flags    = "AWS.AppConfig.FeatureFlags"
)

// mostMonitors is how many alarms an environment may name
// (https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_CreateEnvironment.html).
const mostMonitors = 5

// named refuses a name that is too long. Lengths: API_CreateApplication, API_CreateEnvironment (64), API_CreateConfigurationProfile (128).
func named(name *string, most int) error {
	if n := utf8.RuneCountInString(aws.ToString(name)); n < 1 || n > most {
		return bad("Name has a length of %d, and must have one from 1 to %d.", n, most)
	}
	return nil
}

// CreateApplication makes an application without environments.
func (s *Service) CreateApplication(_ context.Context, in *api.CreateApplicationInput) (*api.CreateApplicationOutput, error) {
	if err := named(in.Name, 64); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a := &application{id: s.next(), name: *in.Name, environments: map[string]*environment{}, profiles: map[string]*profile{}}
	s.applications[a.id] = a
	return &api.CreateApplicationOutput{Id: &a.id, Name: &a.name}, nil
}

// CreateEnvironment makes an environment to which nothing was deployed yet.
func (s *Service) CreateEnvironment(_ context.Context, in *api.CreateEnvironmentInput) (*api.CreateEnvironmentOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.application(in.ApplicationId)
	if err != nil {
		return nil, err
	}
	if err := named(in.Name, 64); err != nil {
		return nil, err
	}
	if len(in.Monitors) > mostMonitors {
		return nil, bad("An environment has %d monitors at most.", mostMonitors)
	}
	e := &environment{of: a, id: s.next(), name: *in.Name, monitors: in.Monitors, serves: map[string]*version{}}
	a.environments[e.id] = e
	return &api.CreateEnvironmentOutput{
		ApplicationId: &a.id, Id: &e.id, Name: &e.name, Monitors: e.monitors, State: types.EnvironmentStateReadyForDeployment,
	}, nil
}

// GetEnvironment tells what an environment watches, and whether a deployment is under way in it.
func (s *Service) GetEnvironment(_ context.Context, in *api.GetEnvironmentInput) (*api.GetEnvironmentOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, err := s.environment(in.ApplicationId, in.EnvironmentId)
	if err != nil {
		return nil, err
	}
	state := types.EnvironmentStateReadyForDeployment
	if d := e.underWay(); d != nil && d.state == types.DeploymentStateRollingBack {
		state = types.EnvironmentStateRollingBack
	} else if d != nil {
		state = types.EnvironmentStateDeploying
	}
	return &api.GetEnvironmentOutput{ApplicationId: &e.of.id, Id: &e.id, Name: &e.name, Monitors: e.monitors, State: state}, nil
}

// CreateConfigurationProfile makes a profile whose configurations AppConfig stores itself ("hosted").
func (s *Service) CreateConfigurationProfile(_ context.Context, in *api.CreateConfigurationProfileInput) (*api.CreateConfigurationProfileOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.application(in.ApplicationId)
	if err != nil {
		return nil, err
	}
	if err := named(in.Name, 128); err != nil {
		return nil, err
	}
	kind := aws.ToString(in.Type)
	switch {
	case kind == "":
		kind = freeform
	case kind != freeform && kind != flags:
		return nil, bad("Type %s is neither %s nor %s.", kind, freeform, flags)
	}
	if aws.ToString(in.LocationUri) != "hosted" {
		return nil, wire.NotImplemented("appconfig: a LocationUri other than hosted")
	}
	if err := readable(in.Validators); err != nil {
		return nil, err
	}
	p := &profile{of: a, id: s.next(), name: *in.Name, kind: kind, validators: in.Validators}
	a.profiles[p.id] = p
	return &api.CreateConfigurationProfileOutput{
		ApplicationId: &a.id, Id: &p.id, Name: &p.name, Type: &p.kind, LocationUri: in.LocationUri, Validators: p.validators,
	}, nil
}

// GetConfigurationProfile tells of what type a profile is.
func (s *Service) GetConfigurationProfile(_ context.Context, in *api.GetConfigurationProfileInput) (*api.GetConfigurationProfileOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.profile(in.ApplicationId, in.ConfigurationProfileId)
	if err != nil {
		return nil, err
	}
	return &api.GetConfigurationProfileOutput{
		ApplicationId: &p.of.id, Id: &p.id, Name: &p.name, Type: &p.kind, LocationUri: aws.String("hosted"), Validators: p.validators,
	}, nil
}
