package lambda_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-lambda-go/lambdacontext"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/test/sandbox/lambda"
)

type outOfStock struct{}

func (*outOfStock) Error() string { return "out of stock" }

func TestErrorsAndPanicsAreNamedAsTheGoRuntimeNamesThem(t *testing.T) {
	for _, c := range []struct {
		handler   func() error
		errorType string
		message   string
	}{
		{func() error { return errors.New("plain") }, "errorString", "plain"},
		{func() error { return fmt.Errorf("selling: %w", &outOfStock{}) }, "wrapError", "selling: out of stock"},
		{func() error { return &outOfStock{} }, "outOfStock", "out of stock"},
		{func() error { return messages.InvokeResponse_Error{Type: "Retry", Message: "later"} }, "Retry", "later"},
		{func() error { panic("no way") }, "string", "no way"},
		{func() error { panic(&outOfStock{}) }, "outOfStock", "out of stock"},
		{func() error { return map[string]error{}["x"].(*outOfStock) }, "TypeAssertionError", "interface conversion: error is nil, not *lambda_test.outOfStock"},
	} {
		s := service(t, lambda.Options{InProcess: handlers(func(context.Context, []byte) ([]byte, error) { return nil, c.handler() })})
		create(t, s)
		got, err := s.Call(t.Context(), "checkout", nil)
		if err != nil || got.FunctionError != "Unhandled" || got.ErrorType != c.errorType || got.ErrorMessage != c.message {
			t.Errorf("got %+v, %v; want %s: %s", got, err, c.errorType, c.message)
		}
	}
}

func TestPanicShowsWhereItHappened(t *testing.T) {
	s := service(t, lambda.Options{InProcess: handlers(func(context.Context, []byte) ([]byte, error) { panic("here") })})
	create(t, s)
	got, err := s.Call(t.Context(), "checkout", nil)
	if err != nil || !regexp.MustCompile(`"stackTrace":\[\{"path":"[^"]*invoke_test.go"`).Match(got.Payload) {
		t.Errorf("Call = %s, %v", got.Payload, err)
	}
}

func TestHandlerLearnsItsInvocation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := service(t, lambda.Options{InProcess: handlers(func(ctx context.Context, _ []byte) ([]byte, error) {
			lc, _ := lambdacontext.FromContext(ctx)
			deadline, _ := ctx.Deadline()
			return fmt.Appendf(nil, "%s %v %d", lc.InvokedFunctionArn, time.Until(deadline), len(lc.AwsRequestID)), nil
		})})
		create(t, s)
		versions(t, s, 1)
		newest(t, s, "button")
		for _, name := range []string{"checkout", "checkout:live", "checkout:button", "checkout:$LATEST"} {
			got, err := s.Call(t.Context(), name, nil)
			if want := "arn:aws:lambda:us-east-1:123456789012:function:" + name + " 3s 36"; err != nil || string(got.Payload) != want {
				t.Errorf("Call = %s, %v; want %s", got.Payload, err, want)
			}
		}
	})
}

// A handler that heeds its context returns at the very moment at which Lambda would have killed it.
func TestAnswerAtTheDeadlineIsTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := service(t, lambda.Options{InProcess: handlers(func(_ context.Context, in []byte) ([]byte, error) {
			var slow time.Duration
			err := json.Unmarshal(in, &slow)
			time.Sleep(slow)
			return []byte(`"done"`), err
		})})
		create(t, s)
		for _, slow := range []time.Duration{3*time.Second - 1, 3 * time.Second, 10 * time.Second} {
			got, err := s.Call(t.Context(), "checkout", fmt.Append(nil, int64(slow)))
			late := slow >= 3*time.Second
			if err != nil || (got.ErrorType == "Sandbox.Timedout") != late {
				t.Errorf("after %v: %+v, %v", slow, got, err)
			}
			if late && !strings.HasSuffix(got.ErrorMessage, " Error: Task timed out after 3.00 seconds") {
				t.Errorf("message = %s", got.ErrorMessage)
			}
		}
		time.Sleep(time.Minute) // for the handlers that outlived their invocations
	})
}

func TestCallerThatGivesUpLeavesTheExecutionRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		finished := false
		s := service(t, lambda.Options{InProcess: handlers(func(ctx context.Context, _ []byte) ([]byte, error) {
			time.Sleep(2 * time.Second)
			finished = ctx.Err() == nil
			return nil, nil
		})})
		create(t, s)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.Call(ctx, "checkout", nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Call = %v", err)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if !finished {
			t.Error("the execution ended with its caller")
		}
	})
}

func echo(_ context.Context, in []byte) ([]byte, error) { return in, nil }

func TestInvocationTypesAnswerWithTheirStatus(t *testing.T) {
	s := service(t, lambda.Options{InProcess: handlers(echo)})
	create(t, s)
	versions(t, s, 1)
	for kind, want := range map[types.InvocationType]int32{"": 200, "RequestResponse": 200, "Event": 202, "DryRun": 204} {
		out, err := s.Invoke(t.Context(), &awslambda.InvokeInput{FunctionName: new("checkout"), Qualifier: new("live"), InvocationType: kind})
		if err != nil || out.StatusCode != want {
			t.Errorf("%s: %+v, %v; want status %d", kind, out, err, want)
		}
		if want == 200 && (*out.ExecutedVersion != "1" || string(out.Payload) != "{}") {
			t.Errorf("%s: %+v", kind, out)
		}
	}
	for _, kind := range []types.InvocationType{"", "Event", "DryRun"} {
		for _, name := range []string{"checkout:9", "checkout:gone"} {
			_, err := s.Invoke(t.Context(), &awslambda.InvokeInput{FunctionName: &name, InvocationType: kind})
			if want := "Function not found: arn:aws:lambda:us-east-1:123456789012:function:" + name; !isKind[*types.ResourceNotFoundException](err) || !strings.Contains(err.Error(), want) {
				t.Errorf("%q of %s, which does not exist: %v, want %s", kind, name, err, want)
			}
		}
	}
}

func TestPayloadsAreLimitedAndMustBeJSON(t *testing.T) {
	s := service(t, lambda.Options{InProcess: handlers(func(context.Context, []byte) ([]byte, error) { return make([]byte, 7<<20), nil })})
	create(t, s)
	large := func(n int) []byte { return append(append([]byte{'"'}, bytes.Repeat([]byte("a"), n)...), '"') }
	for name, c := range map[string]struct {
		kind    types.InvocationType
		payload []byte
		refused func(error) bool
	}{
		"1 MB event":        {"Event", large(1 << 20), isKind[*types.RequestTooLargeException]},
		"6 MB call":         {"", large(6<<20 + 100), isKind[*types.RequestTooLargeException]},
		"call without JSON": {"", []byte("{"), isKind[*types.InvalidRequestContentException]},
	} {
		if _, err := s.Invoke(t.Context(), &awslambda.InvokeInput{FunctionName: new("checkout"), InvocationType: c.kind, Payload: c.payload}); !c.refused(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	got, err := s.Call(t.Context(), "checkout", large(1<<20))
	if err != nil || got.ErrorType != "Function.ResponseSizeTooLarge" {
		t.Errorf("a response of 7 MB: %s, %v", got.ErrorType, err)
	}
}

func TestTailOfTheLogComesBackOnDemand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := service(t, lambda.Options{InProcess: handlers(func(context.Context, []byte) ([]byte, error) {
			time.Sleep(1500 * time.Microsecond)
			return nil, nil
		})})
		create(t, s)
		out, err := s.Invoke(t.Context(), &awslambda.InvokeInput{FunctionName: new("checkout"), LogType: types.LogTypeTail})
		if err != nil {
			t.Fatal(err)
		}
		log, err := base64.StdEncoding.DecodeString(*out.LogResult)
		want := regexp.MustCompile(`^START RequestId: (\S+) Version: \$LATEST\nEND RequestId: \S+\n` +
			`REPORT RequestId: \S+\tDuration: 1\.50 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\t\n$`)
		if err != nil || !want.Match(log) {
			t.Errorf("log = %q, %v", log, err)
		}
	})
}

func TestVersionThatNothingCanRunSaysSo(t *testing.T) {
	s := service(t, lambda.Options{})
	create(t, s)
	got, err := s.Call(t.Context(), "checkout", nil)
	if err != nil || got.ErrorType != "Runtime.InvalidEntrypoint" {
		t.Errorf("Call = %+v, %v", got, err)
	}
}

func TestReservationsAreKeptWithinTheAccount(t *testing.T) {
	s := service(t, lambda.Options{Concurrency: 200})
	create(t, s)
	for n, fits := range map[int32]bool{100: true, 101: false} {
		_, err := s.PutFunctionConcurrency(t.Context(), &awslambda.PutFunctionConcurrencyInput{FunctionName: new("checkout"), ReservedConcurrentExecutions: &n})
		if (err == nil) != fits {
			t.Errorf("reserving %d of 200: %v", n, err)
		}
	}
}
