package wire_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/smithy-go"

	"sluice/test/sandbox/wire"
)

// spy tells a function the content encoding of each request on its way to a handler.
func spy(h http.Handler, see func(contentEncoding string)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		see(r.Header.Get("Content-Encoding"))
		h.ServeHTTP(w, r)
	})
}

func TestUnknownOperationsAreNamed(t *testing.T) {
	server := wire.NewServer(home, lambdaService(&fakeLambda{}), watchService(&fakeWatch{}), snsService(&fakeSNS{}),
		wire.Service{Name: "dynamodb", Target: "DynamoDB_20120810", UpperCamel: true, Impl: &fakeDynamo{}})
	signed := "AWS4-HMAC-SHA256 Credential=AKID/20261123/us-east-1/ecs/aws4_request, SignedHeaders=host, Signature=0"
	for _, c := range []struct {
		name, method, path, body string
		header                   map[string]string
		want                     string
	}{
		{"json", "POST", "/", "{}", map[string]string{"X-Amz-Target": "DynamoDB_20120810.Scan"}, "sandbox: dynamodb:Scan is not implemented; this sandbox's dynamodb does PutItem"},
		{"cbor", "POST", "/service/GraniteServiceVersion20100801/operation/PutDashboard", "", map[string]string{"Smithy-Protocol": "rpc-v2-cbor"}, "sandbox: cloudwatch:PutDashboard is not implemented"},
		{"query", "POST", "/", "Action=Subscribe&Version=2010-03-31", formHeader, "sandbox: sns:Subscribe is not implemented"},
		{"rest", "GET", "/2015-03-31/functions/f", "", map[string]string{"Authorization": strings.Replace(signed, "/ecs/", "/lambda/", 1)}, "sandbox: lambda: GET /2015-03-31/functions/f is not implemented"},
		{"service, json", "POST", "/", "{}", map[string]string{"X-Amz-Target": "AmazonEC2ContainerServiceV20141113.ListClusters"}, "AmazonEC2ContainerServiceV20141113:ListClusters is not implemented; the services of this sandbox are cloudwatch, dynamodb, lambda, sns"},
		{"service, query", "POST", "/", "Action=DescribeStacks&Version=2010-05-15", formHeader, "version 2010-05-15:DescribeStacks is not implemented"},
		{"service, rest", "GET", "/clusters", "", map[string]string{"Authorization": signed}, "sandbox: ecs:GET /clusters is not implemented"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, body, _ := asked(t, server, c.method, c.path, c.body, c.header)
			body = strings.ReplaceAll(body, "&#39;", "'")
			if status != http.StatusNotImplemented || !strings.Contains(body, "NotImplementedException") || !strings.Contains(body, c.want) {
				t.Errorf("got %d %q", status, body)
			}
		})
	}
}

func TestLargeBodiesAreRefused(t *testing.T) {
	in := &lambda.InvokeInput{FunctionName: aws.String("f"), Payload: make([]byte, 8<<20)}
	if _, err := lambdaClient(&fakeLambda{}).Invoke(t.Context(), in); err != nil {
		t.Errorf("8 MiB: %v", err)
	}
	in.Payload = make([]byte, 8<<20+1)
	_, err := lambdaClient(&fakeLambda{}).Invoke(t.Context(), in)
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != "RequestEntityTooLargeException" {
		t.Errorf("got %v", err)
	}
}

func TestMiddlewaresSeeTheCallFromTheOutsideIn(t *testing.T) {
	f := &fakeLambda{}
	service := lambdaService(f)
	service.Scope = func(op string, input any) []wire.Grant {
		return []wire.Grant{{Action: "lambda:" + op, Resource: home.ARN("lambda", "function:"+*input.(*lambda.UpdateAliasInput).FunctionName)}}
	}
	server := wire.NewServer(home, service)
	server.Keys = func(id string) (wire.Key, bool) {
		return map[string]wire.Key{"AKIDROLE": {Secret: "s", PrincipalARN: "arn:aws:iam::123456789012:role/shift"}, "AKIDPERSON": {Secret: "s"}}[id], true
	}
	var order []string
	var calls []wire.Call
	for _, name := range []string{"outer", "inner"} {
		server.Use(func(next wire.Handler) wire.Handler {
			return func(ctx context.Context, call *wire.Call) (any, error) {
				order = append(order, name)
				calls = append(calls, *call)
				if got := wire.Caller(ctx); got != call.Caller {
					t.Errorf("context has caller %q, call %q", got, call.Caller)
				}
				return next(ctx, call)
			}
		})
	}
	cfg := configFor(server)
	for _, key := range []string{"AKIDROLE", "AKIDPERSON"} {
		cfg.Credentials = credentials.NewStaticCredentialsProvider(key, "s", "")
		if _, err := lambda.NewFromConfig(cfg).UpdateAlias(t.Context(), &lambda.UpdateAliasInput{FunctionName: aws.String("checkout"), Name: aws.String("live")}); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(order, []string{"outer", "inner", "outer", "inner"}) {
		t.Errorf("order: %v", order)
	}
	if calls[0].Caller != "arn:aws:iam::123456789012:role/shift" || calls[2].Caller != "" {
		t.Errorf("callers: %q, %q", calls[0].Caller, calls[2].Caller)
	}
	same(t, []wire.Grant{{Action: "lambda:UpdateAlias", Resource: "arn:aws:lambda:us-east-1:123456789012:function:checkout"}}, calls[0].Grants)
	if calls[0].Service != "lambda" || calls[0].Operation != "UpdateAlias" {
		t.Errorf("call: %+v", calls[0])
	}
}

func TestAMiddlewareMayAnswerFailOrHangUp(t *testing.T) {
	server := dynamoServer(&fakeDynamo{})
	var answer any
	var failure error
	server.Use(func(wire.Handler) wire.Handler {
		return func(context.Context, *wire.Call) (any, error) { return answer, failure }
	})
	put := func() (*dynamodb.PutItemOutput, error) {
		return dynamodb.NewFromConfig(configFor(server)).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("t"), Item: everyAttribute()})
	}
	want := &dynamodb.PutItemOutput{Attributes: everyAttribute()}
	answer = want
	out, err := put()
	if err != nil {
		t.Fatal(err)
	}
	same(t, want, out)

	failure = wire.Throttled("too fast")
	if _, err = put(); err == nil || !strings.Contains(err.Error(), "ThrottlingException: too fast") {
		t.Errorf("got %v", err)
	}
	failure = wire.ErrHangUp
	if _, err = put(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
	answer, failure = &dynamodb.GetItemOutput{}, nil
	if _, err = put(); err == nil || !strings.Contains(err.Error(), "got *dynamodb.GetItemOutput instead of its output") {
		t.Errorf("got %v", err)
	}
}

func TestClientsRetryInVirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := dynamoServer(&fakeDynamo{})
		attempts := 0
		server.Use(func(next wire.Handler) wire.Handler {
			return func(ctx context.Context, call *wire.Call) (any, error) {
				if attempts++; attempts < 3 {
					return nil, &dynamotypes.ProvisionedThroughputExceededException{Message: aws.String("slow")}
				}
				return next(ctx, call)
			}
		})
		cfg := configFor(server)
		cfg.RetryMaxAttempts = 3
		start := time.Now()
		if _, err := dynamodb.NewFromConfig(cfg).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("t"), Item: everyAttribute()}); err != nil {
			t.Fatal(err)
		}
		if attempts != 3 || time.Since(start) == 0 {
			t.Errorf("%d attempts in %v", attempts, time.Since(start))
		}
	})
}

func TestACallEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := dynamoServer(&fakeDynamo{})
		server.Use(func(wire.Handler) wire.Handler {
			return func(ctx context.Context, _ *wire.Call) (any, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			}
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		_, err := dynamodb.NewFromConfig(configFor(server)).PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("t"), Item: everyAttribute()})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

// noOperations has methods, but none of an operation's shape.
type noOperations struct{}

func (noOperations) PutItem(context.Context, *dynamodb.GetItemInput) (*dynamodb.PutItemOutput, error) {
	return nil, nil
}

func (noOperations) GetItem(context.Context, *dynamodb.GetItemInput) (*dynamodb.PutItemOutput, error) {
	return nil, nil
}

func (noOperations) Query(*dynamodb.QueryInput) (*dynamodb.QueryOutput, error) { return nil, nil }

func TestAServiceWithoutOperationsIsRefused(t *testing.T) {
	for name, impl := range map[string]any{"none of an operation's shape": noOperations{}, "no implementation": nil} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if err, _ := recover().(error); err == nil || !strings.Contains(err.Error(), "registering dynamodb") {
					t.Errorf("got %v", err)
				}
			}()
			wire.NewServer(home, wire.Service{Name: "dynamodb", Impl: impl})
		})
	}
}

func TestAnOutputThatCannotBeWrittenIsAnInternalFailure(t *testing.T) {
	f := &fakeDynamo{}
	f.put.out = &dynamodb.PutItemOutput{Attributes: map[string]dynamotypes.AttributeValue{"a": nil}}
	_, err := dynamodb.NewFromConfig(configFor(dynamoServer(f))).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("t"), Item: everyAttribute()})
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != "InternalFailure" {
		t.Errorf("got %v", err)
	}
}

func BenchmarkCall(b *testing.B) {
	f := &fakeDynamo{}
	client := dynamodb.NewFromConfig(configFor(dynamoServer(f)))
	in := &dynamodb.PutItemInput{TableName: aws.String("t"), Item: everyAttribute()}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.PutItem(b.Context(), in); err != nil {
			b.Fatal(err)
		}
	}
}
