// Package apigateway is Amazon API Gateway's REST APIs as far as a stage with a canary goes: deployments, stages, and the traffic of a stage.
//
// The control plane keeps deployments and stages and changes a stage by the patch operations that AWS takes. The data plane, Stage, is a handler
// that divides real requests between the stage's deployment and the canary's, passes them to Lambda, and leaves metrics and access logs.
// Resources, methods and models are not implemented: an API sends every request to one integration (Define). HTTP APIs are another service
// (apigatewayv2), which has no canaries.
//
// Documentation followed: https://docs.aws.amazon.com/apigateway/latest/api/API_Operations.html,
// https://docs.aws.amazon.com/apigateway/latest/developerguide/canary-release.html. What the pages leave open follows calls to AWS that others have
// recorded (https://github.com/localstack/localstack, tests/aws/services/apigateway/test_apigateway_canary.snapshot.json), below "as recorded".
package apigateway

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"sync"
	"time"

	awsapigateway "github.com/aws/aws-sdk-go-v2/service/apigateway"

	"sluice/test/sandbox/lambda"
	"sluice/test/sandbox/wire"
)

// Options are what the service needs of those around it. The traffic of a stage needs all of them, the control plane Home alone.
type Options struct {
	Home   wire.Home
	Chance func() float64 // in [0,1), safe for concurrent use
	Call   func(ctx context.Context, function string, payload []byte) (lambda.Result, error)
	May    func(function, from string) error // whether a request to an API, which has an ARN, too, may invoke a function
	Record func(namespace, name string, dimensions map[string]string, unit string, value float64, at time.Time)
	Write  func(group, stream string, lines ...string) // to CloudWatch Logs
	Doubts Doubts
}

// Doubts are what no page of AWS decides. Clients have to get along with either answer.
type Doubts struct {
	Replaces bool // a promotion leaves no variable of the stage that the canary does not override; as recorded, it keeps them
	Refuses  bool // to remove a canary that is not there is refused
}

// A Service is one account's REST APIs in one Region.
type Service struct {
	o Options

	mu     sync.Mutex
	apis   map[string]*api
	calls  bucket // of all calls
	deploy bucket // of CreateDeployment
}

// api is a REST API.
type api struct {
	id, name    string
	integration string // the URI that the next deployment will have
	deployments map[string]deployment
	stages      map[string]stage
	made        int      // deployments in all, also those that were deleted
	ids         []string // of the next deployments
}

// New makes a service without APIs.
func New(o Options) *Service {
	return &Service{o: o, apis: map[string]*api{}, calls: bucket{size: 40, rate: 10}, deploy: bucket{size: 1, rate: 0.2}}
}

const (
	deployments = "/restapis/{RestApiId}/deployments"
	stages      = "/restapis/{RestApiId}/stages"
)

// Wire registers the service's operations.
func (s *Service) Wire() wire.Service {
	routes := []wire.Route{
		{Method: http.MethodPost, Path: deployments, Operation: "CreateDeployment", Status: http.StatusCreated},
		{Method: http.MethodGet, Path: deployments, Operation: "GetDeployments", Query: map[string]string{"limit": "Limit", "position": "Position"}},
		{Method: http.MethodGet, Path: deployments + "/{DeploymentId}", Operation: "GetDeployment"},
		{Method: http.MethodDelete, Path: deployments + "/{DeploymentId}", Operation: "DeleteDeployment", Status: http.StatusAccepted},
		{Method: http.MethodGet, Path: "/restapis", Operation: "GetRestApis", Query: map[string]string{"limit": "Limit", "position": "Position"}},
		{Method: http.MethodGet, Path: stages, Operation: "GetStages", Query: map[string]string{"deploymentId": "DeploymentId"}},
		{Method: http.MethodPost, Path: stages, Operation: "CreateStage", Status: http.StatusCreated},
		{Method: http.MethodGet, Path: stages + "/{StageName}", Operation: "GetStage"},
		{Method: http.MethodPatch, Path: stages + "/{StageName}", Operation: "UpdateStage"},
	}
	return wire.Service{Name: "apigateway", EpochTimes: true, Routes: routes, Impl: s, Scope: s.scope}
}

// scope: the actions are the verbs of HTTP, and the resources are paths in an ARN without an account
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html).
func (s *Service) scope(_ string, input any) []wire.Grant {
	verb, path := "GET", ""
	var keys map[string][]string
	switch in := input.(type) {
	case *awsapigateway.CreateDeploymentInput:
		verb, path = "POST", "/restapis/"+text(in.RestApiId)+"/deployments"
		if in.StageName != nil {
			keys = map[string][]string{"apigateway:Request/StageName": {*in.StageName}}
		}
	case *awsapigateway.GetRestApisInput:
		path = "/restapis"
	case *awsapigateway.GetStagesInput:
		path = "/restapis/" + text(in.RestApiId) + "/stages"
	case *awsapigateway.GetDeploymentsInput:
		path = "/restapis/" + text(in.RestApiId) + "/deployments"
	case *awsapigateway.GetDeploymentInput:
		path = "/restapis/" + text(in.RestApiId) + "/deployments/" + text(in.DeploymentId)
	case *awsapigateway.DeleteDeploymentInput:
		verb, path = "DELETE", "/restapis/"+text(in.RestApiId)+"/deployments/"+text(in.DeploymentId)
	case *awsapigateway.CreateStageInput:
		verb, path = "POST", "/restapis/"+text(in.RestApiId)+"/stages"
	case *awsapigateway.GetStageInput:
		path = "/restapis/" + text(in.RestApiId) + "/stages/" + text(in.StageName)
	case *awsapigateway.UpdateStageInput:
		verb, path = "PATCH", "/restapis/"+text(in.RestApiId)+"/stages/"+text(in.StageName)
	}
	home := wire.Home{Region: s.o.Home.Region}
	return []wire.Grant{{Action: "apigateway:" + verb, Resource: home.ARN("apigateway", path), Keys: keys}}
}

// Create makes a REST API that sends every request to an integration. AWS chooses the id of an API; here whoever makes it does.
func (s *Service) Create(id, name, integration string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.apis[id] = &api{id: id, name: name, integration: integration, deployments: map[string]deployment{}, stages: map[string]stage{}}
}

// Name says which ids the next deployments of an API get. AWS chooses them.
func (s *Service) Name(api string, deployments ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.apis[api].ids = deployments
}

// next is the id of the next deployment.
func (a *api) next() string {
	if len(a.ids) == 0 {
		return word(6, a.id, a.made)
	}
	return a.ids[0]
}

// Define changes the integration of an API. Nothing serves it before it is deployed.
func (s *Service) Define(api, integration string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.apis[api].integration = integration
}

// Lambda is the URI of an integration with a function, whose ARN may hold stage variables
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integration-using-cli.html).
func (s *Service) Lambda(function string) string {
	home := wire.Home{Region: s.o.Home.Region, Account: "lambda"}
	return home.ARN("apigateway", "path/2015-03-31/functions/"+function+"/invocations")
}

// word makes an id of small letters and digits, the same for the same.
func word(length int, of ...any) string {
	sum := sha256.Sum256([]byte(fmt.Sprintln(of...)))
	return hex.EncodeToString(sum[:])[:length]
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
