// Package apistage is the show of a stage of a REST API in API Gateway: its callers ask it over HTTP on a loopback address, and a canary of the stage
// gets a share of their requests.
package apistage

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/infra/definition"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	gateway "sluice/test/sandbox/apigateway"
	"sluice/test/sandbox/run/exhibit"
)

const (
	program  = "shop"
	function = "checkout"
	home     = "us-east-1:123456789012"
)

// Exhibit is what the show has to know of an API's stage.
var Exhibit = exhibit.Exhibit{
	Parts:    []sandbox.Part{gateway.Part},
	Programs: []exhibit.Program{{Name: program, Package: "./test/sandbox/run/exhibit/apistage/shop"}},
	Change:   "deployment", Arrives: "is made of the API",
	Open: func(ctx context.Context, s exhibit.Stage) (exhibit.Performer, error) { return open(ctx, s) },
}

// shop is an API whose every deployment sends its requests to one version of a function.
type shop struct {
	stage   kind.APIStage
	gateway *gateway.Service
	api     *apigateway.Client
	lambda  *lambda.Client
	server  *http.Server
	address string

	mu       sync.Mutex
	deployed map[string]string // the deployment that is before a version
}

func open(ctx context.Context, s exhibit.Stage) (*shop, error) {
	var target rollout.Target
	if err := json.Unmarshal([]byte(definition.Sample(kind.APIStageID, exhibit.Service)), &target); err != nil {
		return nil, err
	}
	patient := func(o *apigateway.Options) { o.RetryMaxAttempts = 10 } // one deployment in five seconds
	shop := &shop{
		stage: *target.APIStage, gateway: sandbox.PartOf[gateway.Service](s.Sandbox), api: apigateway.NewFromConfig(s.Person, patient), lambda: lambda.NewFromConfig(s.Person),
		deployed: map[string]string{},
	}
	if err := shop.create(ctx, s); err != nil {
		return nil, err
	}
	return shop, shop.listen()
}

// create makes the function with its first version, the API before it, and the stage, whose access log says which deployment answered.
func (s *shop) create(ctx context.Context, at exhibit.Stage) error {
	code, err := pack(at.Programs[program])
	if err != nil {
		return fmt.Errorf("packing the function behind the API: %w", err)
	}
	_, err = s.lambda.CreateFunction(ctx, &lambda.CreateFunctionInput{
		FunctionName: aws.String(function), Runtime: types.RuntimeProvidedal2023, Handler: aws.String("bootstrap"), Timeout: aws.Int32(5),
		Role: aws.String("arn:aws:iam::123456789012:role/" + function), Code: &types.FunctionCode{ZipFile: code},
	})
	if err != nil {
		return err
	}
	s.gateway.Create(s.stage.API, "shop", "")
	first, err := s.Bring(ctx, exhibit.Change{Message: "the first"})
	if err != nil {
		return err
	}
	_, err = s.api.CreateStage(ctx, &apigateway.CreateStageInput{RestApiId: &s.stage.API, StageName: &s.stage.Stage, DeploymentId: &first.Version})
	if err != nil {
		return err
	}
	return s.log(ctx, at.Sandbox)
}

// listen has callers reach the stage on a loopback address.
func (s *shop) listen() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.address = "http://" + listener.Addr().String()
	s.server = &http.Server{Handler: s.gateway.Stage(s.stage.API, s.stage.Stage), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.server.Serve(listener) }()
	return nil
}

// Bring implements exhibit.Performer: it publishes a version of the function, and deploys the API before it. A stage is not named, so nobody meets it.
func (s *shop) Bring(ctx context.Context, c exhibit.Change) (exhibit.Revision, error) {
	version, err := s.publish(ctx, c)
	if err != nil {
		return exhibit.Revision{}, err
	}
	s.gateway.Define(s.stage.API, s.gateway.Lambda("arn:aws:lambda:"+home+":function:"+function+":"+version))
	out, err := s.api.CreateDeployment(ctx, &apigateway.CreateDeploymentInput{RestApiId: &s.stage.API, Description: aws.String(c.Message)})
	if err != nil {
		return exhibit.Revision{}, fmt.Errorf("deploying the API: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deployed[version] = *out.Id
	return exhibit.Revision{Version: *out.Id, Command: fmt.Sprintf("aws apigateway create-deployment --rest-api-id %s --description %q", s.stage.API, c.Message), Said: *out.Id}, nil
}

func (s *shop) publish(ctx context.Context, c exhibit.Change) (version string, err error) {
	environment := map[string]string{"FAILING": strconv.FormatFloat(c.Failing, 'f', -1, 64), "CHANGE": c.Message}
	_, err = s.lambda.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{FunctionName: aws.String(function), Environment: &types.Environment{Variables: environment}})
	if err != nil {
		return "", fmt.Errorf("changing the function: %w", err)
	}
	out, err := s.lambda.PublishVersion(ctx, &lambda.PublishVersionInput{FunctionName: aws.String(function)})
	if err != nil {
		return "", fmt.Errorf("publishing the function: %w", err)
	}
	_, err = s.lambda.AddPermission(ctx, &lambda.AddPermissionInput{
		FunctionName: aws.String(function), Qualifier: out.Version, StatementId: aws.String("api"), Action: aws.String("lambda:InvokeFunction"),
		Principal: aws.String("apigateway.amazonaws.com"), SourceArn: aws.String("arn:aws:execute-api:" + home + ":" + s.stage.API + "/*"),
	})
	return aws.ToString(out.Version), err
}

// Ask implements exhibit.Performer.
func (s *shop) Ask(ctx context.Context) (exhibit.Answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.address+"/cart", nil)
	if err != nil {
		return exhibit.Answer{}, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return exhibit.Answer{}, err
	}
	_ = answer.Body.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	return exhibit.Answer{Revision: s.deployed[answer.Header.Get("X-Version")], Failed: answer.StatusCode >= http.StatusInternalServerError}, nil
}

// Hints implements exhibit.Performer.
func (s *shop) Hints() []string {
	return []string{
		"curl -i " + s.address + "/cart",
		fmt.Sprintf("aws apigateway get-stage --rest-api-id %s --stage-name %s", s.stage.API, s.stage.Stage),
	}
}

// Close implements exhibit.Performer.
func (s *shop) Close() { _ = s.server.Close() }

// pack puts a compiled program into a package of Lambda's.
func pack(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	entry, err := z.CreateHeader(executable())
	if err == nil {
		_, err = entry.Write(text)
	}
	if err == nil {
		err = z.Close()
	}
	return b.Bytes(), err
}

func executable() *zip.FileHeader {
	h := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate}
	h.SetMode(0o755)
	return h
}
