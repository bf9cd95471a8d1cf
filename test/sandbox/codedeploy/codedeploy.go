// Package codedeploy is the part of AWS CodeDeploy that says which deployment groups there are and what they move. Nothing is deployed.
//
// Documentation followed: https://docs.aws.amazon.com/codedeploy/latest/APIReference/Welcome.html.
package codedeploy

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/codedeploy"
	"github.com/aws/aws-sdk-go-v2/service/codedeploy/types"

	"sluice/test/sandbox/wire"
)

// A Service is one account's CodeDeploy in one region.
type Service struct {
	home         wire.Home
	mu           sync.Mutex
	applications map[string]*application
}

type application struct {
	platform types.ComputePlatform
	groups   map[string]types.DeploymentGroupInfo
}

// New makes a CodeDeploy without applications.
func New(home wire.Home) *Service {
	return &Service{home: home, applications: map[string]*application{}}
}

// Wire registers the service's operations.
func (s *Service) Wire() wire.Service {
	return wire.Service{Name: "codedeploy", Target: "CodeDeploy_20141006", JSONVersion: "1.1", EpochTimes: true, Impl: s, Scope: s.scope}
}

// scope says what IAM must allow (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodedeploy.html).
func (s *Service) scope(operation string, in any) []wire.Grant {
	one := func(resource string) []wire.Grant {
		return []wire.Grant{{Action: "codedeploy:" + operation, Resource: resource}}
	}
	app := func(name string) string { return s.home.ARN("codedeploy", "application:"+name) }
	group := func(application, name string) string {
		return s.home.ARN("codedeploy", "deploymentgroup:"+application+"/"+name)
	}
	switch in := in.(type) {
	case *api.CreateApplicationInput:
		return one(app(aws.ToString(in.ApplicationName)))
	case *api.CreateDeploymentGroupInput:
		return one(group(aws.ToString(in.ApplicationName), aws.ToString(in.DeploymentGroupName)))
	case *api.ListDeploymentGroupsInput:
		return one(app(aws.ToString(in.ApplicationName)))
	case *api.BatchGetApplicationsInput:
		var all []wire.Grant
		for _, name := range in.ApplicationNames {
			all = append(all, one(app(name))...)
		}
		return all
	case *api.BatchGetDeploymentGroupsInput:
		var all []wire.Grant
		for _, name := range in.DeploymentGroupNames {
			all = append(all, one(group(aws.ToString(in.ApplicationName), name))...)
		}
		return all
	}
	return one("*")
}

// CreateApplication makes an application. Without a platform it is one for servers.
func (s *Service) CreateApplication(_ context.Context, in *api.CreateApplicationInput) (*api.CreateApplicationOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := aws.ToString(in.ApplicationName)
	if _, taken := s.applications[name]; taken {
		return nil, &types.ApplicationAlreadyExistsException{Message: aws.String("Application already exists with name " + name)}
	}
	platform := in.ComputePlatform
	if platform == "" {
		platform = types.ComputePlatformServer
	}
	s.applications[name] = &application{platform, map[string]types.DeploymentGroupInfo{}}
	return &api.CreateApplicationOutput{}, nil
}

// CreateDeploymentGroup makes a group. One for ECS needs a pair of target groups and the route of users' requests
// (https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-groups-create-ecs.html).
func (s *Service) CreateDeploymentGroup(_ context.Context, in *api.CreateDeploymentGroupInput) (*api.CreateDeploymentGroupOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	app, err := s.application(in.ApplicationName)
	if err != nil {
		return nil, err
	}
	if app.platform == types.ComputePlatformEcs && !routed(in.LoadBalancerInfo) {
		return nil, &types.InvalidLoadBalancerInfoException{Message: aws.String("The specification for load balancing in the deployment group is invalid: one pair of two target groups with one production listener is needed")}
	}
	app.groups[aws.ToString(in.DeploymentGroupName)] = types.DeploymentGroupInfo{
		ApplicationName: in.ApplicationName, DeploymentGroupName: in.DeploymentGroupName, ComputePlatform: app.platform, LoadBalancerInfo: in.LoadBalancerInfo, EcsServices: in.EcsServices,
	}
	return &api.CreateDeploymentGroupOutput{}, nil
}

func routed(info *types.LoadBalancerInfo) bool {
	if info == nil || len(info.TargetGroupPairInfoList) != 1 {
		return false
	}
	pair := info.TargetGroupPairInfoList[0]
	return len(pair.TargetGroups) == 2 && pair.ProdTrafficRoute != nil && len(pair.ProdTrafficRoute.ListenerArns) == 1
}

func (s *Service) application(name *string) (*application, error) {
	app, known := s.applications[aws.ToString(name)]
	if !known {
		return nil, &types.ApplicationDoesNotExistException{Message: aws.String("No application found for name: " + aws.ToString(name))}
	}
	return app, nil
}

// page is how many names a list has: how many CodeDeploy answers is not documented.
const page = 100

// ListApplications lists the names of applications.
func (s *Service) ListApplications(_ context.Context, in *api.ListApplicationsInput) (*api.ListApplicationsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	names, next := part(slices.Sorted(maps.Keys(s.applications)), in.NextToken)
	return &api.ListApplicationsOutput{Applications: names, NextToken: next}, nil
}

// ListDeploymentGroups lists the names of an application's groups.
func (s *Service) ListDeploymentGroups(_ context.Context, in *api.ListDeploymentGroupsInput) (*api.ListDeploymentGroupsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	app, err := s.application(in.ApplicationName)
	if err != nil {
		return nil, err
	}
	names, next := part(slices.Sorted(maps.Keys(app.groups)), in.NextToken)
	return &api.ListDeploymentGroupsOutput{ApplicationName: in.ApplicationName, DeploymentGroups: names, NextToken: next}, nil
}

// part is a page of names. The token is the first name of the next one.
func part(names []string, token *string) (some []string, next *string) {
	if token != nil {
		from, _ := slices.BinarySearch(names, *token)
		names = names[from:]
	}
	if len(names) > page {
		return names[:page], &names[page]
	}
	return names, nil
}

// mostAtOnce is how many things a batch may ask for (https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetApplications.html).
const mostAtOnce = 100

// BatchGetApplications describes applications.
func (s *Service) BatchGetApplications(_ context.Context, in *api.BatchGetApplicationsInput) (*api.BatchGetApplicationsOutput, error) {
	if len(in.ApplicationNames) > mostAtOnce {
		return nil, &types.BatchLimitExceededException{Message: aws.String(fmt.Sprintf("The maximum number of names or IDs allowed for this request (%d) was exceeded", mostAtOnce))}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &api.BatchGetApplicationsOutput{}
	for _, name := range in.ApplicationNames {
		app, err := s.application(&name)
		if err != nil {
			return nil, err
		}
		out.ApplicationsInfo = append(out.ApplicationsInfo, types.ApplicationInfo{ApplicationName: &name, ComputePlatform: app.platform})
	}
	return out, nil
}

// BatchGetDeploymentGroups describes groups of one application.
func (s *Service) BatchGetDeploymentGroups(_ context.Context, in *api.BatchGetDeploymentGroupsInput) (*api.BatchGetDeploymentGroupsOutput, error) {
	if len(in.DeploymentGroupNames) > mostAtOnce {
		return nil, &types.BatchLimitExceededException{Message: aws.String(fmt.Sprintf("The maximum number of names or IDs allowed for this request (%d) was exceeded", mostAtOnce))}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	app, err := s.application(in.ApplicationName)
	if err != nil {
		return nil, err
	}
	out := &api.BatchGetDeploymentGroupsOutput{}
	for _, name := range in.DeploymentGroupNames {
		if g, known := app.groups[name]; known {
			out.DeploymentGroupsInfo = append(out.DeploymentGroupsInfo, g)
		}
	}
	return out, nil
}
