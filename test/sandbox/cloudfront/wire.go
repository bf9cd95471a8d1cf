package cloudfront

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/cloudfront"

	"sluice/test/sandbox/wire"
)

// Wire registers the service's operations. Paths, and what travels in headers, are those of the API reference.
func (s *Service) Wire() wire.Service {
	return wire.Service{
		Name: "cloudfront", XMLNamespace: "http://cloudfront.amazonaws.com/doc/2020-05-31/", Impl: s, Scope: s.scope, Routes: routes(),
		XML: &wire.XML{Items: items, Status: map[string]int{
			"PreconditionFailed": http.StatusPreconditionFailed, "NoSuchDistribution": http.StatusNotFound, "NoSuchContinuousDeploymentPolicy": http.StatusNotFound,
			"NoSuchFunctionExists": http.StatusNotFound, "EntityNotFound": http.StatusNotFound, "FunctionAlreadyExists": http.StatusConflict, "EntityAlreadyExists": http.StatusConflict,
			"NoSuchOrigin": http.StatusNotFound, "DistributionAlreadyExists": http.StatusConflict, "StagingDistributionInUse": http.StatusConflict,
		}},
	}
}

func routes() []wire.Route {
	const distribution, policy = "/2020-05-31/distribution", "/2020-05-31/continuous-deployment-policy"
	etag, match := map[string]string{"ETag": "ETag"}, map[string]string{"If-Match": "IfMatch"}
	made := map[string]string{"ETag": "ETag", "Location": "Location"}
	const function, store = "/2020-05-31/function", "/2020-05-31/key-value-store"
	return []wire.Route{
		{Method: "POST", Path: function, Operation: "CreateFunction", Status: http.StatusCreated, PayloadOut: "FunctionSummary", HeaderOut: made},
		{Method: "POST", Path: function + "/{Name}/publish", Operation: "PublishFunction", Header: match, PayloadOut: "FunctionSummary"},
		{Method: "GET", Path: function + "/{Name}/describe", Operation: "DescribeFunction", Query: map[string]string{"Stage": "Stage"}, PayloadOut: "FunctionSummary", HeaderOut: etag},
		{Method: "POST", Path: store, Operation: "CreateKeyValueStore", Status: http.StatusCreated, PayloadOut: "KeyValueStore", HeaderOut: made},
		{Method: "POST", Path: distribution, Operation: "CreateDistribution", Payload: "DistributionConfig", Status: http.StatusCreated, PayloadOut: "Distribution", HeaderOut: made},
		{
			Method: "POST", Path: distribution + "/{PrimaryDistributionId}/copy", Operation: "CopyDistribution", Status: http.StatusCreated, PayloadOut: "Distribution", HeaderOut: made,
			Header: map[string]string{"If-Match": "IfMatch", "Staging": "Staging"},
		},
		{Method: "GET", Path: distribution, Operation: "ListDistributions", Query: map[string]string{"Marker": "Marker", "MaxItems": "MaxItems"}, PayloadOut: "DistributionList"},
		{Method: "GET", Path: distribution + "/{Id}", Operation: "GetDistribution", PayloadOut: "Distribution", HeaderOut: etag},
		{Method: "GET", Path: distribution + "/{Id}/config", Operation: "GetDistributionConfig", PayloadOut: "DistributionConfig", HeaderOut: etag},
		{Method: "PUT", Path: distribution + "/{Id}/config", Operation: "UpdateDistribution", Payload: "DistributionConfig", Header: match, PayloadOut: "Distribution", HeaderOut: etag},
		{
			Method: "PUT", Path: distribution + "/{Id}/promote-staging-config", Operation: "UpdateDistributionWithStagingConfig", Header: match,
			Query: map[string]string{"StagingDistributionId": "StagingDistributionId"}, PayloadOut: "Distribution", HeaderOut: etag,
		},
		{Method: "POST", Path: policy, Operation: "CreateContinuousDeploymentPolicy", Payload: "ContinuousDeploymentPolicyConfig", Status: http.StatusCreated, PayloadOut: "ContinuousDeploymentPolicy", HeaderOut: made},
		{Method: "GET", Path: policy + "/{Id}", Operation: "GetContinuousDeploymentPolicy", PayloadOut: "ContinuousDeploymentPolicy", HeaderOut: etag},
		{Method: "GET", Path: policy + "/{Id}/config", Operation: "GetContinuousDeploymentPolicyConfig", PayloadOut: "ContinuousDeploymentPolicyConfig", HeaderOut: etag},
		{Method: "PUT", Path: policy + "/{Id}", Operation: "UpdateContinuousDeploymentPolicy", Payload: "ContinuousDeploymentPolicyConfig", Header: match, PayloadOut: "ContinuousDeploymentPolicy", HeaderOut: etag},
	}
}

// items names what the lists of strings hold.
var items = map[string]string{
	"Aliases.Items": "CNAME", "TrustedSigners.Items": "AwsAccountNumber", "TrustedKeyGroups.Items": "KeyGroup", "KGKeyPairIds.KeyPairIds": "KeyPairId",
	"KeyPairIds.Items": "KeyPairId", "Signer.KeyPairIds": "KeyPairId", "ActiveTrustedKeyGroups.Items": "KeyGroup", "Headers.Items": "Name", "CookieNames.Items": "Name",
	"QueryStringCacheKeys.Items": "Name", "StatusCodes.Items": "StatusCode", "GeoRestriction.Items": "Location", "TenantConfig.ParameterDefinitions": "member",
	"StagingDistributionDnsNames.Items": "DnsName",
}

// scope says what a call does in IAM's words (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudfront.html). A
// promotion needs GetDistribution and UpdateDistribution, as its page says; of which of both distributions is undocumented, so of both.
func (s *Service) scope(operation string, in any) []wire.Grant {
	distribution := func(action string, ids ...*string) (all []wire.Grant) {
		for _, id := range ids {
			all = append(all, wire.Grant{Action: "cloudfront:" + action, Resource: s.o.Home.Global("cloudfront", "distribution/"+aws.ToString(id))})
		}
		return all
	}
	policy := func(id *string) []wire.Grant {
		return []wire.Grant{{Action: "cloudfront:" + operation, Resource: s.o.Home.Global("cloudfront", "continuous-deployment-policy/"+aws.ToString(id))}}
	}
	function := func(name *string) []wire.Grant {
		return []wire.Grant{{Action: "cloudfront:" + operation, Resource: s.functionARN(aws.ToString(name))}}
	}
	switch in := in.(type) {
	case *api.CreateFunctionInput:
		return function(in.Name)
	case *api.PublishFunctionInput:
		return function(in.Name)
	case *api.DescribeFunctionInput:
		return function(in.Name)
	case *api.GetDistributionInput:
		return distribution(operation, in.Id)
	case *api.GetDistributionConfigInput:
		return distribution(operation, in.Id)
	case *api.UpdateDistributionInput:
		return distribution(operation, in.Id)
	case *api.CopyDistributionInput:
		return distribution(operation, in.PrimaryDistributionId)
	case *api.UpdateDistributionWithStagingConfigInput:
		return append(distribution("UpdateDistribution", in.Id, in.StagingDistributionId), distribution("GetDistribution", in.Id, in.StagingDistributionId)...)
	case *api.GetContinuousDeploymentPolicyInput:
		return policy(in.Id)
	case *api.GetContinuousDeploymentPolicyConfigInput:
		return policy(in.Id)
	case *api.UpdateContinuousDeploymentPolicyInput:
		return policy(in.Id)
	}
	return []wire.Grant{{Action: "cloudfront:" + operation, Resource: "*"}}
}
