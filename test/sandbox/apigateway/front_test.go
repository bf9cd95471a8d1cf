package apigateway_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	awsapigateway "github.com/aws/aws-sdk-go-v2/service/apigateway"
	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/test/sandbox"
	"sluice/test/sandbox/apigateway"
	"sluice/test/sandbox/lambda"
	"sluice/test/sandbox/parts"
	"sluice/test/sandbox/sandboxtest"
)

const (
	group  = "/apis/shop"
	format = `{"requestId":"$context.requestId","deployment":"$context.deploymentId","canary":"$context.isCanaryRequest","status":"$context.status","latency":$context.responseLatency,"nothing":"$context.wafLatency"}`
)

// shop is an API before the aliases of a function: the canary's requests go to the alias next, whose version fails.
type shop struct {
	*rig
	box  *sandbox.Sandbox
	last events.APIGatewayProxyRequest // what the function was asked last
}

func open(t *testing.T) *shop {
	s := &shop{}
	s.box = sandboxtest.BootWith(t, sandbox.Options{Parts: parts.All(), Seed: 7, InProcess: s.function})
	s.rig = &rig{Client: awsapigateway.NewFromConfig(s.box.Config("")), t: t, ctx: t.Context(), service: sandbox.PartOf[apigateway.Service](s.box)}
	s.publish()
	s.service.Create(api, "shop", s.service.Lambda("arn:aws:lambda:us-east-1:123456789012:function:shop:${stageVariables.alias}"))
	s.first = s.deploy(&awsapigateway.CreateDeploymentInput{StageName: aws.String("dev"), Variables: map[string]string{"alias": "live"}})
	s.second = s.deploy(&awsapigateway.CreateDeploymentInput{})
	_, err := s.box.Logs.CreateLogGroup(s.ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String(group)})
	s.must(err)
	s.patched("replace /accessLogSettings/destinationArn arn:aws:logs:us-east-1:123456789012:log-group:"+group, "replace /accessLogSettings/format "+format)
	s.filter("Requests", "{ $.deployment = * }", "1")
	s.filter("Errors", `{ $.status = "5*" }`, "1")
	s.filter("Latency", "{ $.latency >= 0 }", "$.latency")
	return s
}

func (s *shop) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// function is version 1, which answers, or version 2, which fails.
func (s *shop) function(_, version string) func(context.Context, []byte) ([]byte, error) {
	return func(_ context.Context, payload []byte) ([]byte, error) {
		if err := json.Unmarshal(payload, &s.last); err != nil {
			return nil, err
		}
		time.Sleep(20 * time.Millisecond)
		if version == "2" {
			return []byte(`{"statusCode":503,"body":"broken"}`), nil
		}
		return []byte(`{"statusCode":200,"headers":{"X-Version":"1"},"body":"hello"}`), nil
	}
}

func (s *shop) publish() {
	name := aws.String("shop")
	code := func(text string) []byte {
		zip, err := lambda.Package(map[string][]byte{"bootstrap": []byte(text)})
		s.must(err)
		return zip
	}
	_, err := s.box.Lambda.CreateFunction(s.ctx, &awslambda.CreateFunctionInput{
		FunctionName: name, Role: aws.String("arn:aws:iam::123456789012:role/shop"), Runtime: lambdatypes.RuntimeProvidedal2023, Handler: aws.String("bootstrap"),
		Code: &lambdatypes.FunctionCode{ZipFile: code("0")},
	})
	s.must(err)
	for _, v := range []struct{ version, alias string }{{"1", "live"}, {"2", "next"}} {
		_, err := s.box.Lambda.UpdateFunctionCode(s.ctx, &awslambda.UpdateFunctionCodeInput{FunctionName: name, ZipFile: code(v.version), Publish: true})
		s.must(err)
		_, err = s.box.Lambda.CreateAlias(s.ctx, &awslambda.CreateAliasInput{FunctionName: name, Name: &v.alias, FunctionVersion: &v.version})
		s.must(err)
		s.permit(v.alias)
	}
}

// permit allows the API to invoke an alias: each needs a statement of its own.
func (s *shop) permit(alias string) {
	_, err := s.box.Lambda.AddPermission(s.ctx, &awslambda.AddPermissionInput{
		FunctionName: aws.String("shop"), Qualifier: &alias, StatementId: aws.String("api"), Action: aws.String("lambda:InvokeFunction"),
		Principal: aws.String("apigateway.amazonaws.com"), SourceArn: aws.String("arn:aws:execute-api:us-east-1:123456789012:*/*/GET/*"),
	})
	s.must(err)
}

func (s *shop) filter(metric, pattern, value string) {
	_, err := s.box.Logs.PutMetricFilter(s.ctx, &cloudwatchlogs.PutMetricFilterInput{
		LogGroupName: aws.String(group), FilterName: &metric, FilterPattern: &pattern,
		MetricTransformations: []logtypes.MetricTransformation{{
			MetricNamespace: aws.String("Shop"), MetricName: &metric, MetricValue: &value, Dimensions: map[string]string{"Deployment": "$.deployment"},
		}},
	})
	s.must(err)
}

func (s *shop) get(path string) (status int, body string) {
	w := httptest.NewRecorder()
	s.service.Stage(api, "dev").ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://shop.localhost"+path, nil))
	text, err := io.ReadAll(w.Result().Body)
	s.must(err)
	return w.Code, string(text)
}

// sum adds up a metric over the last ten minutes.
func (s *shop) sum(namespace, name string, dimensions map[string]string) float64 {
	in := &awscloudwatch.GetMetricStatisticsInput{
		Namespace: &namespace, MetricName: &name, StartTime: aws.Time(time.Now().Add(-10 * time.Minute)), EndTime: aws.Time(time.Now().Add(time.Minute)),
		Period: aws.Int32(3600), Statistics: []cloudwatchtypes.Statistic{cloudwatchtypes.StatisticSum},
	}
	for k, v := range dimensions {
		in.Dimensions = append(in.Dimensions, cloudwatchtypes.Dimension{Name: &k, Value: &v})
	}
	out, err := s.box.CloudWatch.GetMetricStatistics(s.ctx, in)
	s.must(err)
	total := 0.0
	for _, p := range out.Datapoints {
		total += *p.Sum
	}
	return total
}

func (s *shop) lines(group, stream string) []logtypes.OutputLogEvent {
	out, err := s.box.Logs.GetLogEvents(s.ctx, &cloudwatchlogs.GetLogEventsInput{LogGroupName: &group, LogStreamName: &stream})
	s.must(err)
	return out.Events
}

func inShop(t *testing.T, test func(s *shop)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(open(t)) })
}

func TestStageDividesRequestsAndLogsWhoServed(t *testing.T) {
	inShop(t, func(s *shop) {
		s.patched("replace /canarySettings/deploymentId "+s.second, "replace /canarySettings/percentTraffic 25", "replace /canarySettings/stageVariableOverrides/alias next")
		const requests = 2000
		broken := 0
		for range requests {
			if status, _ := s.get("/cart"); status == http.StatusServiceUnavailable {
				broken++
			}
		}
		if broken < 430 || broken > 570 {
			t.Errorf("%d of %d requests went to the canary, want a quarter", broken, requests)
		}
		for deployment, want := range map[string][2]float64{s.first: {float64(requests - broken), 0}, s.second: {float64(broken), float64(broken)}} {
			of := map[string]string{"Deployment": deployment}
			if got := [2]float64{s.sum("Shop", "Requests", of), s.sum("Shop", "Errors", of)}; got != want {
				t.Errorf("the filters count %v requests and errors of %s, want %v", got, deployment, want)
			}
			if took := s.sum("Shop", "Latency", of); took != 20*want[0] {
				t.Errorf("the filters add up %v ms of %s, want 20 for each request", took, deployment)
			}
		}
		stage := map[string]string{"ApiName": "shop", "Stage": "dev"}
		if count, errors := s.sum("AWS/ApiGateway", "Count", stage), s.sum("AWS/ApiGateway", "5XXError", stage); count != requests || errors != float64(broken) {
			t.Errorf("API Gateway counts %v requests and %v errors, which it does not tell apart by deployment", count, errors)
		}
		if canary := s.lines(group+"/Canary", s.second); len(canary) != broken || !strings.Contains(*canary[0].Message, `"canary":"true","status":"503","latency":20,"nothing":"-"`) {
			t.Errorf("the canary's log has %d lines, want %d", len(canary), broken)
		}
	})
}

func TestRequestReachesTheFunctionAndItsAnswerTheClient(t *testing.T) {
	inShop(t, func(s *shop) {
		if status, body := s.get("/cart?item=1&item=2"); status != http.StatusOK || body != "hello" {
			t.Errorf("answered %d %q", status, body)
		}
		if e := s.last; e.Path != "/cart" || e.QueryStringParameters["item"] != "2" || len(e.MultiValueQueryStringParameters["item"]) != 2 || e.StageVariables["alias"] != "live" || e.RequestContext.Stage != "dev" {
			t.Errorf("the function got %+v", e)
		}
		if lines := s.lines(group, s.first); len(lines) != 1 || !strings.Contains(*lines[0].Message, `"canary":"-"`) {
			t.Errorf("without a canary no request is one: %v", lines)
		}
	})
}

func TestAliasWithoutAPermissionIsAnErrorOfTheServer(t *testing.T) {
	inShop(t, func(s *shop) {
		_, err := s.box.Lambda.RemovePermission(s.ctx, &awslambda.RemovePermissionInput{FunctionName: aws.String("shop"), Qualifier: aws.String("next"), StatementId: aws.String("api")})
		s.must(err)
		s.patched("replace /canarySettings/percentTraffic 100", "replace /canarySettings/stageVariableOverrides/alias next")
		if status, body := s.get("/cart"); status != http.StatusInternalServerError || !strings.Contains(body, "Internal server error") {
			t.Errorf("answered %d %q", status, body)
		}
		s.patched("replace /canarySettings/stageVariableOverrides/alias live")
		if status, _ := s.get("/cart"); status != http.StatusOK {
			t.Errorf("the alias that may be invoked answers %d", status)
		}
	})
}
