package scenario

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"sluice/infra/addition"
	"sluice/infra/definition"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	sandboxed "sluice/test/sandbox/apigateway"
	"sluice/test/sandbox/cfn"
)

// APIStage has the target be a stage of a REST API before the service's function. Each deployment of the API sends its requests to the version whose
// number it is called by.
type APIStage struct{}

// ID implements Kind.
func (APIStage) ID() kind.ID { return kind.APIStageID }

// Make implements Kind.
func (a APIStage) Make(w *World) {
	w.T.Helper()
	gateway, stage := w.APIGateway(), w.stage()
	gateway.Create(stage.API, "shop", "")
	gateway.Name(stage.API, "1", "2", "3")
	for _, version := range []string{"1", "2", "3"} {
		w.permitAPI(version)
		gateway.Define(stage.API, gateway.Lambda(w.home.ARN("lambda", "function:"+w.service+":"+version)))
		in := &apigateway.CreateDeploymentInput{RestApiId: &stage.API}
		if version == "1" {
			in.StageName = &stage.Stage
		}
		time.Sleep(5 * time.Second) // API Gateway takes one deployment in that time
		_, err := gateway.CreateDeployment(w.ctx, in)
		w.must(err)
	}
	w.PatchStage(
		types.PatchOperation{Op: types.OpReplace, Path: aws.String("/accessLogSettings/destinationArn"), Value: aws.String(w.home.ARN("logs", "log-group:"+stage.AccessLog))},
		types.PatchOperation{Op: types.OpReplace, Path: aws.String("/accessLogSettings/format"), Value: aws.String(kind.StageLog)})
	w.filters()
}

// permitAPI allows the API to invoke a version.
func (w *World) permitAPI(version string) {
	_, err := w.Lambda.AddPermission(w.ctx, &lambda.AddPermissionInput{
		FunctionName: &w.service, Qualifier: &version, StatementId: aws.String("api"), Action: aws.String("lambda:InvokeFunction"),
		Principal: aws.String("apigateway.amazonaws.com"), SourceArn: aws.String(w.home.ARN("execute-api", w.stage().API+"/*")),
	})
	w.must(err)
}

// filters makes metrics of the access log, as the stack beside the engine does.
func (w *World) filters() {
	resources := map[string]any{}
	for i, properties := range addition.Filters(rollout.Definition{Target: rollout.Target{APIStage: w.stage()}}) {
		resources["Filter"+strconv.Itoa(i)] = map[string]any{"Type": "AWS::Logs::MetricFilter", "Properties": properties}
	}
	text, err := json.Marshal(map[string]any{"Resources": resources})
	w.must(err)
	template, err := cfn.Parse(text)
	w.must(err)
	_, err = w.Sandbox.Deploy(w.ctx, template)
	w.must(err)
}

// Serves implements Kind.
func (APIStage) Serves(w *World) rollout.Split {
	w.T.Helper()
	stage := w.stage()
	out, err := w.APIGateway().GetStage(w.ctx, &apigateway.GetStageInput{RestApiId: &stage.API, StageName: &stage.Stage})
	w.must(err)
	s := rollout.Split{Stable: *out.DeploymentId}
	if c := out.CanarySettings; c != nil {
		s.Candidate, s.Weight = *c.DeploymentId, rollout.Percent(c.PercentTraffic)
	}
	return s
}

// stage is the target that the kind's sample names.
func (w *World) stage() *kind.APIStage {
	var t rollout.Target
	w.must(json.Unmarshal([]byte(definition.Sample(kind.APIStageID, w.service)), &t))
	return t.APIStage
}

// Edited has the API send requests to a version from its next deployment on, which gets an id.
func (w *World) Edited(version, id string) {
	w.T.Helper()
	api := w.stage().API
	w.APIGateway().Define(api, w.APIGateway().Lambda(w.home.ARN("lambda", "function:"+w.service+":"+version)))
	w.APIGateway().Name(api, id)
}

// Deployments are the descriptions of the API's deployments, by id.
func (w *World) Deployments() map[string]string {
	w.T.Helper()
	api, all := w.stage().API, map[string]string{}
	out, err := w.APIGateway().GetDeployments(w.ctx, &apigateway.GetDeploymentsInput{RestApiId: &api, Limit: aws.Int32(500)})
	w.must(err)
	for _, d := range out.Items {
		all[*d.Id] = aws.ToString(d.Description)
	}
	return all
}

// MadeByReleases counts the deployments that Sluice has made, by what they say of themselves; none where the target is no stage.
func (w *World) MadeByReleases() map[string]int {
	w.T.Helper()
	made := map[string]int{}
	if _, is := w.kind.(APIStage); !is {
		return made
	}
	for _, about := range w.Deployments() {
		if about != "" {
			made[about]++
		}
	}
	return made
}

// APIGateway is the service itself.
func (w *World) APIGateway() *sandboxed.Service { return sandbox.PartOf[sandboxed.Service](w.Sandbox) }

// PatchStage changes the stage, as somebody else might.
func (w *World) PatchStage(operations ...types.PatchOperation) {
	w.T.Helper()
	stage := w.stage()
	_, err := w.APIGateway().UpdateStage(w.ctx, &apigateway.UpdateStageInput{RestApiId: &stage.API, StageName: &stage.Stage, PatchOperations: operations})
	w.must(err)
}

// Visitors are steady clients of a stage.
type Visitors struct {
	mu             sync.Mutex
	served, harmed int
	last           time.Time // when somebody was harmed last
}

// Visits sends requests a minute to the stage until the world ends.
func (w *World) Visits(perMinute int) *Visitors {
	stage, v := w.APIGateway().Stage(w.stage().API, w.stage().Stage), &Visitors{}
	w.steadily(perMinute, func() { v.visit(stage) })
	return v
}

func (v *Visitors) visit(stage http.Handler) {
	answer := httptest.NewRecorder()
	stage.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "http://shop.localhost/cart", nil))
	v.mu.Lock()
	defer v.mu.Unlock()
	v.served++
	if answer.Code >= http.StatusInternalServerError {
		v.harmed++
		v.last = time.Now()
	}
}

// Harmed is how many of the requests so far were answered by an error, and when the last one was.
func (v *Visitors) Harmed() (harmed, of int, last time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.harmed, v.served, v.last
}
