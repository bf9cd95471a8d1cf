package appconfig

import (
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"

	"sluice/test/sandbox/wire"
)

// Wire registers the control plane.
func (s *Service) Wire() wire.Service {
	const (
		app      = "/applications/{ApplicationId}"
		env      = app + "/environments"
		prof     = app + "/configurationprofiles"
		versions = prof + "/{ConfigurationProfileId}/hostedconfigurationversions"
		runs     = env + "/{EnvironmentId}/deployments"
	)
	described := map[string]string{
		"Application-Id": "ApplicationId", "Configuration-Profile-Id": "ConfigurationProfileId", "Version-Number": "VersionNumber", "Content-Type": "ContentType", "Description": "Description",
	}
	return wire.Service{Name: "appconfig", UpperCamel: true, DateTimes: true, Impl: s, Scope: s.scope, Routes: []wire.Route{
		{Method: "POST", Path: "/applications", Operation: "CreateApplication", Status: 201},
		{Method: "GET", Path: "/applications", Operation: "ListApplications", Query: map[string]string{"max_results": "MaxResults", "next_token": "NextToken"}},
		{Method: "GET", Path: env, Operation: "ListEnvironments", Query: map[string]string{"max_results": "MaxResults", "next_token": "NextToken"}},
		{Method: "GET", Path: prof, Operation: "ListConfigurationProfiles", Query: map[string]string{"max_results": "MaxResults", "next_token": "NextToken", "type": "Type"}},
		{Method: "GET", Path: "/deploymentstrategies", Operation: "ListDeploymentStrategies", Query: map[string]string{"max_results": "MaxResults", "next_token": "NextToken"}},
		{Method: "POST", Path: env, Operation: "CreateEnvironment", Status: 201},
		{Method: "GET", Path: env + "/{EnvironmentId}", Operation: "GetEnvironment"},
		{Method: "POST", Path: prof, Operation: "CreateConfigurationProfile", Status: 201},
		{Method: "GET", Path: prof + "/{ConfigurationProfileId}", Operation: "GetConfigurationProfile"},
		{
			Method: "POST", Path: versions, Operation: "CreateHostedConfigurationVersion", Status: 201, Payload: "Content", PayloadOut: "Content", HeaderOut: described,
			Header: map[string]string{"Content-Type": "ContentType", "Description": "Description", "Latest-Version-Number": "LatestVersionNumber", "VersionLabel": "VersionLabel"},
		},
		{Method: "GET", Path: versions, Operation: "ListHostedConfigurationVersions", Query: map[string]string{"max_results": "MaxResults", "next_token": "NextToken", "version_label": "VersionLabel"}},
		{Method: "GET", Path: versions + "/{VersionNumber}", Operation: "GetHostedConfigurationVersion", PayloadOut: "Content", HeaderOut: described},
		{Method: "POST", Path: "/deploymentstrategies", Operation: "CreateDeploymentStrategy", Status: 201},
		{Method: "GET", Path: "/deploymentstrategies/{DeploymentStrategyId}", Operation: "GetDeploymentStrategy"},
		{Method: "POST", Path: runs, Operation: "StartDeployment", Status: 201},
		{Method: "GET", Path: runs, Operation: "ListDeployments", Query: map[string]string{"max_results": "MaxResults", "next_token": "NextToken"}},
		{Method: "GET", Path: runs + "/{DeploymentNumber}", Operation: "GetDeployment"},
		{Method: "DELETE", Path: runs + "/{DeploymentNumber}", Operation: "StopDeployment", Status: 202, Header: map[string]string{"Allow-Revert": "AllowRevert"}},
		{Method: "POST", Path: "/extensions", Operation: "CreateExtension", Status: 201, Header: map[string]string{"Latest-Version-Number": "LatestVersionNumber"}},
		{Method: "POST", Path: "/extensionassociations", Operation: "CreateExtensionAssociation", Status: 201},
	}}
}

// scope says what IAM must allow: an action on what is in an application must be allowed on the application, too, and one on a deployment on its
// environment. A hosted version has the ARN of its profile
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsappconfig.html).
func (s *Service) scope(operation string, input any) []wire.Grant {
	about := []string{"*"}
	environment := func(app, id *string, more ...string) []string {
		a := "application/" + aws.ToString(app)
		return append([]string{a, a + "/environment/" + aws.ToString(id)}, more...)
	}
	deployment := func(app, env *string, number *int32) []string {
		all := environment(app, env)
		return append(all, all[1]+"/deployment/"+strconv.Itoa(int(aws.ToInt32(number))))
	}
	profile := func(app, id *string) []string {
		a := "application/" + aws.ToString(app)
		return []string{a, a + "/configurationprofile/" + aws.ToString(id)}
	}
	switch in := input.(type) {
	case *api.ListEnvironmentsInput:
		about = []string{"application/" + aws.ToString(in.ApplicationId)}
	case *api.ListConfigurationProfilesInput:
		about = []string{"application/" + aws.ToString(in.ApplicationId)}
	case *api.GetEnvironmentInput:
		about = environment(in.ApplicationId, in.EnvironmentId)
	case *api.GetConfigurationProfileInput:
		about = profile(in.ApplicationId, in.ConfigurationProfileId)
	case *api.CreateHostedConfigurationVersionInput:
		about = profile(in.ApplicationId, in.ConfigurationProfileId)
	case *api.ListHostedConfigurationVersionsInput:
		about = profile(in.ApplicationId, in.ConfigurationProfileId)
	case *api.GetHostedConfigurationVersionInput:
		about = profile(in.ApplicationId, in.ConfigurationProfileId)
	case *api.GetDeploymentStrategyInput:
		about = []string{"deploymentstrategy/" + aws.ToString(in.DeploymentStrategyId)}
	case *api.StartDeploymentInput:
		about = environment(in.ApplicationId, in.EnvironmentId, profile(in.ApplicationId, in.ConfigurationProfileId)[1], "deploymentstrategy/"+aws.ToString(in.DeploymentStrategyId))
	case *api.ListDeploymentsInput:
		about = environment(in.ApplicationId, in.EnvironmentId)
	case *api.GetDeploymentInput:
		about = deployment(in.ApplicationId, in.EnvironmentId, in.DeploymentNumber)
	case *api.StopDeploymentInput:
		about = deployment(in.ApplicationId, in.EnvironmentId, in.DeploymentNumber)
	}
	var grants []wire.Grant
	for _, resource := range about {
		if resource != "*" {
			resource = s.arn(resource)
		}
		grants = append(grants, wire.Grant{Action: "appconfig:" + operation, Resource: resource})
	}
	return grants
}
