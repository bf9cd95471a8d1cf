package kind

import (
	"fmt"
	"slices"
	"strings"
)

// APIStageID is the kind of stages of REST APIs in API Gateway, whose canary gets a share of the requests.
const APIStageID ID = "apiStage"

var apiStage = Facts{
	ID: APIStageID, Title: "API stage", Prefix: "api", Suffix: "-api",
	Revision: Revision{
		Word: "deployment", Example: "eh1sby", Grammar: `[a-z0-9]{1,32}(\+[A-Za-z0-9_]+=[A-Za-z0-9._~:/?#=&,-]+)*`,
		Remedy: "write now for the API as it is now, or deploy it without a stage (aws apigateway create-deployment --rest-api-id <api> --query id --output text) and write the deployment's id; then the value of each stage variable that belongs to it: eh1sby+alias=v42",
	},
	// Tenths of a percent. API Gateway takes a number from 0.0 to 100.0, and its guide has 10.5; how fine it may be is undocumented.
	Smallest: 10,
	// "Total API traffic is separated at random" (https://docs.aws.amazon.com/apigateway/latest/developerguide/canary-release.html).
	Spreads: SpreadRequests,
	Silence: Holds,
}

// APIStage is a stage of a REST API. API Gateway's own metrics do not tell its canary apart, so a definition says by what its revisions are counted:
// by the stage's access log, or by the function behind it. Without either nothing can be compared.
type APIStage struct {
	API       string       `json:"api"`
	Stage     string       `json:"stage"`
	Variables []string     `json:"variables,omitempty"` // stage variables whose values belong to the revision
	AccessLog string       `json:"accessLog,omitempty"` // the log group of the stage's access log, of which Sluice makes metrics
	Lambda    *BehindStage `json:"lambda,omitempty"`    // the function behind the stage, whose alias is chosen by a stage variable
}

// BehindStage is a function behind a stage. Each revision of the stage names an alias of it.
type BehindStage struct {
	Function string `json:"function"`
	Variable string `json:"variable"` // the stage variable that holds the alias
}

// Kind implements Spec.
func (APIStage) Kind() ID { return APIStageID }

// Name implements Spec.
func (s APIStage) Name() string { return s.API + ":" + s.Stage }

// String implements Spec.
func (s APIStage) String() string { return fmt.Sprintf("stage %s of API %s", s.Stage, s.API) }

// Problems implements Spec. Neither word of the name holds a colon, so that no two targets have one name.
func (s APIStage) Problems() []Problem {
	var found []Problem
	check := func(ok bool, field, wrong, remedy string) {
		if !ok {
			found = append(found, Problem{field, wrong, remedy})
		}
	}
	check(named(`^[a-z0-9]{1,40}$`, s.API), "api", fmt.Sprintf("%.60q is not a REST API's id", s.API), "write the id alone, such as a1b2c3d4e5: aws apigateway get-rest-apis")
	check(named(`^[A-Za-z0-9_-]{1,128}$`, s.Stage), "stage", fmt.Sprintf("%.60q is not a stage", s.Stage), "write the name of the stage that your callers use, such as prod")
	for i, v := range s.Variables {
		check(named(`^[A-Za-z0-9_]{1,64}$`, v) && !slices.Contains(s.Variables[:i], v), "variables", fmt.Sprintf("%.60q is not the name of another stage variable", v), "write letters, digits and underscores, and each name once")
	}
	check(len(s.Variables) <= 10, "variables", fmt.Sprintf("%d variables are too many for the name of a revision", len(s.Variables)), "name at most 10, those that differ between revisions")
	check(s.AccessLog == "" || named(`^[A-Za-z0-9_/.#-]{1,512}$`, s.AccessLog), "accessLog", fmt.Sprintf("%.60q is not a log group", s.AccessLog), "write the group's name without its ARN, such as /apis/checkout")
	if l := s.Lambda; l != nil {
		check(named(`^[A-Za-z0-9_-]{1,64}$`, l.Function), "lambda.function", fmt.Sprintf("%.60q is not a function's name", l.Function), "write the name alone, without ARN and version")
		check(slices.Contains(s.Variables, l.Variable), "lambda.variable", fmt.Sprintf("%.60q is none of the variables that belong to a revision", l.Variable), "list it under variables: without a value of its own, each revision would have the same alias")
		check(s.AccessLog == "", "lambda", "the revisions are counted by the access log already", "leave out accessLog or lambda")
	}
	return found
}

// Metrics implements Spec. The filters of Filters make those of the access log, by deployment and of the whole stage. Lambda counts by the alias that
// a request was for (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html), and of the whole function also what did not come
// through the stage.
func (s APIStage) Metrics(revision string) Metrics {
	switch {
	case s.AccessLog != "":
		return s.logged(ReadStageRevision(revision).Deployment)
	case s.Lambda != nil:
		of := map[string]string{"FunctionName": s.Lambda.Function}
		if revision != "" {
			of["Resource"] = s.Lambda.Function + ":" + ReadStageRevision(revision).Variables[s.Lambda.Variable]
		}
		lambda := func(name string) Metric { return Metric{Namespace: "AWS/Lambda", Name: name, Dimensions: of} }
		return Metrics{Requests: lambda("Invocations"), Errors: lambda("Errors"), Duration: lambda("Duration")}
	}
	return Metrics{}
}

// Restore implements Spec: two commands. The first fails when there is no canary, which does no harm: while there is one, API Gateway lets the stage
// itself have no other deployment.
func (s APIStage) Restore(revision string) string {
	r := ReadStageRevision(revision)
	update := fmt.Sprintf("aws apigateway update-stage --rest-api-id %s --stage-name %s --patch-operations", s.API, s.Stage)
	to := []string{"op=replace,path=/deploymentId,value=" + r.Deployment}
	for _, name := range r.Names() {
		to = append(to, fmt.Sprintf("op=replace,path=/variables/%s,value='%s'", name, r.Variables[name]))
	}
	return fmt.Sprintf("%s op=remove,path=/canarySettings; %s %s", update, update, strings.Join(to, " "))
}

// Needs implements Spec. API Gateway's actions are the verbs of HTTP
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html): who may change the canary may change all
// of the stage, and nothing else of the API.
func (s APIStage) Needs(function string, _ Uses) []Need {
	api := "/restapis/" + s.API
	stage := api + "/stages/" + s.Stage
	read := Need{"ReadStage", []string{"apigateway:GET"}, "apigateway", stage}
	switch function {
	case "plan":
		return []Need{
			read,
			{"FindDeployment", []string{"apigateway:GET"}, "apigateway", api + "/deployments/*"},
			{"FindDeployments", []string{"apigateway:GET"}, "apigateway", api + "/deployments"},
			{makeDeployments, []string{"apigateway:POST"}, "apigateway", api + "/deployments"},
		}
	case "admit":
		return []Need{read}
	case "shift", "rollback", "settle", "guard":
		return []Need{{"MoveStage", []string{"apigateway:GET", "apigateway:PATCH"}, "apigateway", stage}}
	}
	return nil
}

const makeDeployments = "MakeDeployments"

var _ Conditioned = APIStage{}

// When implements Conditioned: a deployment that is made names no stage, so that it serves nobody. With a stage it would move that stage's traffic
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html, apigateway:Request/StageName).
func (s APIStage) When(sid string) map[string]map[string]any {
	if sid != makeDeployments {
		return nil
	}
	return map[string]map[string]any{"Null": {"apigateway:Request/StageName": "true"}}
}
