package lambda_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/test/sandbox/lambda"
	"sluice/test/sandbox/wire"
)

const role = "arn:aws:iam::123456789012:role/checkout"

var home = wire.Home{Region: "us-east-1", Account: "123456789012"}

// service is a Lambda that ends with the test.
func service(t *testing.T, o lambda.Options) *lambda.Service {
	t.Helper()
	o.Home = home
	s := lambda.New(t.Context(), o)
	t.Cleanup(s.Close)
	return s
}

// handlers runs every version of every function with one handler.
func handlers(h lambda.Handler) func(string, string) lambda.Handler {
	return func(string, string) lambda.Handler { return h }
}

// create makes the function "checkout" with code that differs by the given text.
func create(t *testing.T, s *lambda.Service, edit ...func(*awslambda.CreateFunctionInput)) {
	t.Helper()
	in := &awslambda.CreateFunctionInput{
		FunctionName: new("checkout"), Role: new(role), Runtime: types.RuntimeProvidedal2023, Handler: new("bootstrap"),
		Code: &types.FunctionCode{ZipFile: code(t, "first")},
	}
	for _, e := range edit {
		e(in)
	}
	if _, err := s.CreateFunction(t.Context(), in); err != nil {
		t.Fatalf("creating function: %v", err)
	}
}

func code(t *testing.T, text string) []byte {
	t.Helper()
	zip, err := lambda.Package(map[string][]byte{"bootstrap": []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	return zip
}

// versions publishes n different versions of "checkout" and the alias "live" on the first.
func versions(t *testing.T, s *lambda.Service, n int) {
	t.Helper()
	for i := range n {
		_, err := s.UpdateFunctionCode(t.Context(), &awslambda.UpdateFunctionCodeInput{
			FunctionName: new("checkout"), ZipFile: code(t, fmt.Sprint("version", i)), Publish: true,
		})
		if err != nil {
			t.Fatalf("publishing version: %v", err)
		}
	}
	_, err := s.CreateAlias(t.Context(), &awslambda.CreateAliasInput{
		FunctionName: new("checkout"), Name: new("live"), FunctionVersion: new("1"),
	})
	if err != nil {
		t.Fatalf("creating alias: %v", err)
	}
}

// newest makes an alias of what is not published.
func newest(t *testing.T, s *lambda.Service, name string) {
	t.Helper()
	if _, err := s.CreateAlias(t.Context(), &awslambda.CreateAliasInput{FunctionName: new("checkout"), Name: &name, FunctionVersion: new("$LATEST")}); err != nil {
		t.Fatalf("creating alias: %v", err)
	}
}

// shift gives version 2 a weight behind "live".
func shift(t *testing.T, s *lambda.Service, weight float64) {
	t.Helper()
	if _, err := s.UpdateAlias(t.Context(), weighted("2", weight)); err != nil {
		t.Fatalf("shifting: %v", err)
	}
}

func weighted(version string, weight float64) *awslambda.UpdateAliasInput {
	return &awslambda.UpdateAliasInput{
		FunctionName: new("checkout"), Name: new("live"), FunctionVersion: new("1"),
		RoutingConfig: &types.AliasRoutingConfiguration{AdditionalVersionWeights: map[string]float64{version: weight}},
	}
}

// isKind reports whether an error is of one of the SDK's types.
func isKind[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func TestCallAnswersWithWhatTheHandlerReturns(t *testing.T) {
	s := service(t, lambda.Options{InProcess: handlers(func(_ context.Context, in []byte) ([]byte, error) {
		return append([]byte("got "), in...), nil
	})})
	create(t, s)
	got, err := s.Call(t.Context(), "checkout", []byte(`{"a":1}`))
	if err != nil || string(got.Payload) != `got {"a":1}` || got.ExecutedVersion != "$LATEST" || got.FunctionError != "" {
		t.Fatalf("Call = %+v, %v", got, err)
	}
}

func TestTimeOutPassesInVirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := service(t, lambda.Options{InProcess: handlers(func(ctx context.Context, _ []byte) ([]byte, error) {
			<-ctx.Done()
			return []byte(`"too late"`), nil
		})})
		create(t, s, func(in *awslambda.CreateFunctionInput) { in.Timeout = new(int32(900)) })
		start := time.Now()
		got, err := s.Call(t.Context(), "checkout", nil)
		if err != nil || got.ErrorType != "Sandbox.Timedout" || time.Since(start) != 15*time.Minute {
			t.Fatalf("Call = %+v, %v after %v", got, err, time.Since(start))
		}
	})
}
