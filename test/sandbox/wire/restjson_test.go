package wire_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"

	"sluice/test/sandbox/wire"
)

type fakeLambda struct {
	update  op[lambda.UpdateAliasInput, lambda.UpdateAliasOutput]
	invoke  op[lambda.InvokeInput, lambda.InvokeOutput]
	remove  op[lambda.DeleteAliasInput, lambda.DeleteAliasOutput]
	mapping op[lambda.GetEventSourceMappingInput, lambda.GetEventSourceMappingOutput]
	list    op[lambda.ListFunctionsInput, lambda.ListFunctionsOutput]
	untag   op[lambda.UntagResourceInput, lambda.UntagResourceOutput]
}

func (f *fakeLambda) UpdateAlias(ctx context.Context, in *lambda.UpdateAliasInput) (*lambda.UpdateAliasOutput, error) {
	return f.update.call(ctx, in)
}

func (f *fakeLambda) Invoke(ctx context.Context, in *lambda.InvokeInput) (*lambda.InvokeOutput, error) {
	return f.invoke.call(ctx, in)
}

func (f *fakeLambda) DeleteAlias(ctx context.Context, in *lambda.DeleteAliasInput) (*lambda.DeleteAliasOutput, error) {
	return f.remove.call(ctx, in)
}

func (f *fakeLambda) GetEventSourceMapping(ctx context.Context, in *lambda.GetEventSourceMappingInput) (*lambda.GetEventSourceMappingOutput, error) {
	return f.mapping.call(ctx, in)
}

func (f *fakeLambda) ListFunctions(ctx context.Context, in *lambda.ListFunctionsInput) (*lambda.ListFunctionsOutput, error) {
	return f.list.call(ctx, in)
}

func (f *fakeLambda) UntagResource(ctx context.Context, in *lambda.UntagResourceInput) (*lambda.UntagResourceOutput, error) {
	return f.untag.call(ctx, in)
}

func lambdaService(f *fakeLambda) wire.Service {
	return wire.Service{Name: "lambda", UpperCamel: true, Impl: f, Routes: []wire.Route{
		{Method: "PUT", Path: "/2015-03-31/functions/{FunctionName}/aliases/{Name}", Operation: "UpdateAlias"},
		{Method: "DELETE", Path: "/2015-03-31/functions/{FunctionName}/aliases/{Name}", Operation: "DeleteAlias", Status: 204},
		{
			Method: "POST", Path: "/2015-03-31/functions/{FunctionName}/invocations", Operation: "Invoke", Payload: "Payload",
			Query: map[string]string{"Qualifier": "Qualifier"}, PayloadOut: "Payload", StatusOut: "StatusCode",
			Header:    map[string]string{"X-Amz-Invocation-Type": "InvocationType", "X-Amz-Log-Type": "LogType"},
			HeaderOut: map[string]string{"X-Amz-Executed-Version": "ExecutedVersion", "X-Amz-Function-Error": "FunctionError", "X-Amz-Log-Result": "LogResult"},
		},
		{Method: "GET", Path: "/2015-03-31/event-source-mappings/{UUID}", Operation: "GetEventSourceMapping"},
		{Method: "GET", Path: "/2015-03-31/functions", Operation: "ListFunctions"},
		{Method: "DELETE", Path: "/2017-03-31/tags/{Resource}", Operation: "UntagResource", Status: 204, Query: map[string]string{"tagKeys": "TagKeys"}},
	}}
}

func lambdaClient(f *fakeLambda) *lambda.Client {
	return lambda.NewFromConfig(configFor(wire.NewServer(home, lambdaService(f))))
}

func TestPathLabelsMayHoldEscapedARNs(t *testing.T) {
	f := &fakeLambda{}
	in := &lambda.UpdateAliasInput{
		FunctionName:  aws.String(home.ARN("lambda", "function:a/b c")), // an escaped slash must not split the label
		Name:          aws.String("live"),
		RevisionId:    aws.String("1"),
		RoutingConfig: &lambdatypes.AliasRoutingConfiguration{AdditionalVersionWeights: map[string]float64{"2": 0.1}},
	}
	f.update.out = &lambda.UpdateAliasOutput{Name: aws.String("live"), RoutingConfig: in.RoutingConfig}
	out, err := lambdaClient(f).UpdateAlias(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	same(t, in, f.update.in)
	same(t, f.update.out, out)
}

func TestInvokeCarriesPayloadHeadersAndStatus(t *testing.T) {
	f := &fakeLambda{}
	in := &lambda.InvokeInput{
		FunctionName: aws.String("checkout"), Qualifier: aws.String("live"), InvocationType: lambdatypes.InvocationTypeRequestResponse,
		LogType: lambdatypes.LogTypeTail, Payload: []byte(`{"not": "parsed"`),
	}
	f.invoke.out = &lambda.InvokeOutput{StatusCode: 200, ExecutedVersion: aws.String("7"), FunctionError: aws.String("Unhandled"), LogResult: aws.String("bG9n"), Payload: []byte("\x00raw")}
	out, err := lambdaClient(f).Invoke(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	same(t, in, f.invoke.in)
	same(t, f.invoke.out, out)

	f.invoke.out = &lambda.InvokeOutput{StatusCode: 202, Payload: []byte{}}
	out, err = lambdaClient(f).Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("checkout"), InvocationType: lambdatypes.InvocationTypeEvent})
	if err != nil || out.StatusCode != http.StatusAccepted {
		t.Fatal(out, err)
	}
}

func TestQueryStringsFillScalarsAndLists(t *testing.T) {
	f := &fakeLambda{}
	list := &lambda.ListFunctionsInput{MaxItems: aws.Int32(7), Marker: aws.String("a b&c")}
	if _, err := lambdaClient(f).ListFunctions(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	same(t, list, f.list.in)
	untag := &lambda.UntagResourceInput{Resource: aws.String(home.ARN("lambda", "function:x")), TagKeys: []string{"one", "two"}}
	if _, err := lambdaClient(f).UntagResource(t.Context(), untag); err != nil {
		t.Fatal(err)
	}
	same(t, untag, f.untag.in)
}

func TestNoContentHasNoBody(t *testing.T) {
	status, body, header := asked(t, wire.NewServer(home, lambdaService(&fakeLambda{})), "DELETE", "/2015-03-31/functions/f/aliases/live", "", nil)
	if status != http.StatusNoContent || body != "" || header.Get("Content-Type") != "" {
		t.Error(status, body, header)
	}
}

func TestRestTimestampsAreEpochSeconds(t *testing.T) {
	f := &fakeLambda{}
	f.mapping.out = &lambda.GetEventSourceMappingOutput{LastModified: aws.Time(time.Date(2026, 11, 23, 0, 0, 0, 5e6, time.UTC)), BatchSize: aws.Int32(10)}
	out, err := lambdaClient(f).GetEventSourceMapping(t.Context(), &lambda.GetEventSourceMappingInput{UUID: aws.String("u")})
	if err != nil {
		t.Fatal(err)
	}
	same(t, f.mapping.out, out)
}

func TestRestErrorsHaveTheModelsStatusAndHeaders(t *testing.T) {
	f := &fakeLambda{}
	server := wire.NewServer(home, lambdaService(f))
	for _, c := range []struct {
		err    error
		status int
	}{
		{&lambdatypes.PreconditionFailedException{Message: aws.String("stale"), Type: aws.String("User")}, 412},
		{&lambdatypes.ResourceNotFoundException{}, 404},
		{&lambdatypes.ResourceConflictException{}, 409},
		{&lambdatypes.ServiceException{}, 500},
		{&lambdatypes.ResourceNotReadyException{}, 502},
		{&smithy.GenericAPIError{Code: "Odd"}, 400},
		{wire.AccessDenied("no"), 403},
		{wire.Validation("no"), 400},
		{errors.New("a bug"), 500},
	} {
		f.update.err = c.err
		status, body, header := asked(t, server, "PUT", "/2015-03-31/functions/f/aliases/live", "{}", nil)
		if status != c.status || header.Get("X-Amzn-Errortype") == "" {
			t.Errorf("%v: %d %s %v", c.err, status, body, header)
		}
	}
	f.update.err = &smithy.GenericAPIError{Code: "Odd", Message: "m"}
	if _, body, _ := asked(t, server, "PUT", "/2015-03-31/functions/f/aliases/live", "{}", nil); body != `{"__type":"Odd","message":"m"}` {
		t.Errorf("got %s", body)
	}
	f.update.err = &lambdatypes.TooManyRequestsException{Message: aws.String("slow down"), RetryAfterSeconds: aws.String("3"), Reason: lambdatypes.ThrottleReasonCallerRateLimitExceeded}
	_, err := lambdaClient(f).UpdateAlias(t.Context(), &lambda.UpdateAliasInput{FunctionName: aws.String("f"), Name: aws.String("live")})
	var slow *lambdatypes.TooManyRequestsException
	if !errors.As(err, &slow) {
		t.Fatalf("got %v", err)
	}
	same(t, f.update.err, slow)
	if _, body, header := asked(t, server, "PUT", "/2015-03-31/functions/f/aliases/live", "{}", nil); header.Get("Retry-After") != "3" || strings.Contains(body, "etryAfter") {
		t.Errorf("got %v %s", header, body)
	}
}

func TestASlashAtTheEndMeansNothingButAnEmptyLabelIsNone(t *testing.T) {
	server := wire.NewServer(home, lambdaService(&fakeLambda{}))
	for _, path := range []string{"/2015-03-31/functions/", "/2015-03-31/functions"} {
		if status, body, _ := asked(t, server, "GET", path, "", nil); status != 200 {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	if status, body, _ := asked(t, server, "PUT", "/2015-03-31/functions//aliases/live", "{}", nil); status != 501 {
		t.Errorf("%d %s", status, body)
	}
}

func TestARouteToNothingIsRefusedAtRegistration(t *testing.T) {
	for name, route := range map[string]wire.Route{
		"operation": {Method: "GET", Path: "/x", Operation: "GetAlias"},
		"label":     {Method: "PUT", Path: "/x/{Nonsense}", Operation: "UpdateAlias"},
		"query":     {Method: "PUT", Path: "/x", Operation: "UpdateAlias", Query: map[string]string{"q": "Nonsense"}},
		"payload":   {Method: "PUT", Path: "/x", Operation: "UpdateAlias", Payload: "Nonsense"},
		"header":    {Method: "PUT", Path: "/x", Operation: "UpdateAlias", HeaderOut: map[string]string{"h": "Nonsense"}},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if err, _ := recover().(error); err == nil || !strings.Contains(err.Error(), "registering lambda") {
					t.Errorf("got %v", err)
				}
			}()
			wire.NewServer(home, wire.Service{Name: "lambda", Impl: &fakeLambda{}, Routes: []wire.Route{route}})
		})
	}
}
