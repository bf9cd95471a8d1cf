package lambda_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/test/sandbox/lambda"
)

const (
	deadQueue = "arn:aws:sqs:us-east-1:123456789012:dead"
	failures  = "arn:aws:sns:us-east-1:123456789012:failures"
)

// An asyncRun records when a failing function was tried and what was delivered where.
type asyncRun struct {
	mu        sync.Mutex
	begin     time.Time
	tries     []time.Duration
	delivered map[string][]byte
	at        time.Duration

	attributes map[string]string // of the last delivery
}

func newAsyncRun() *asyncRun { return &asyncRun{begin: time.Now(), delivered: map[string][]byte{}} }

// failing fails the first n times.
func (r *asyncRun) failing(n int) lambda.Handler {
	return func(context.Context, []byte) ([]byte, error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.tries = append(r.tries, time.Since(r.begin))
		if len(r.tries) <= n {
			return nil, errors.New("no stock")
		}
		return []byte(`"sold"`), nil
	}
}

func (r *asyncRun) deliver(_ context.Context, d lambda.Delivery) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.delivered[d.TargetARN] = d.Payload
	r.attributes = d.Attributes
	if d.RoleARN != role {
		return errors.New("sent on the permissions of " + d.RoleARN)
	}
	r.at = time.Since(r.begin)
	return nil
}

func withDeadQueue(in *awslambda.CreateFunctionInput) {
	in.DeadLetterConfig = &types.DeadLetterConfig{TargetArn: new(deadQueue)}
}

func send(t *testing.T, s *lambda.Service, payload string) {
	t.Helper()
	if err := s.CallAsync(t.Context(), "checkout", []byte(payload)); err != nil {
		t.Fatalf("CallAsync: %v", err)
	}
}

// anHourLater returns when nothing of the hour is still going on.
func anHourLater() {
	time.Sleep(time.Hour)
	synctest.Wait()
}

func TestFailedEventIsRetriedAfterOneAndTwoMinutesAndThenDeadLettered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run := newAsyncRun()
		s := service(t, lambda.Options{InProcess: handlers(run.failing(9)), Deliver: run.deliver})
		create(t, s, withDeadQueue)
		if _, err := s.PutFunctionEventInvokeConfig(t.Context(), &awslambda.PutFunctionEventInvokeConfigInput{
			FunctionName: new("checkout"), DestinationConfig: &types.DestinationConfig{OnFailure: &types.OnFailure{Destination: new(failures)}},
		}); err != nil {
			t.Fatal(err)
		}
		send(t, s, `{"order":7}`)
		anHourLater()
		if want := []time.Duration{0, time.Minute, 3 * time.Minute}; !slices.Equal(run.tries, want) {
			t.Errorf("tried at %v, want %v", run.tries, want)
		}
		if got := string(run.delivered[deadQueue]); got != `{"order":7}` {
			t.Errorf("dead-letter queue got %q", got)
		}
		if a := run.attributes; a["RequestID"] == "" || a["ErrorCode"] != "200" || a["ErrorMessage"] != "no stock" {
			t.Errorf("dead letter has attributes %v", a)
		}
		var record struct {
			RequestContext struct {
				Condition              string
				ApproximateInvokeCount int
			}
			RequestPayload  json.RawMessage
			ResponseContext struct{ FunctionError, ExecutedVersion string }
			ResponsePayload struct{ ErrorMessage string }
		}
		if err := json.Unmarshal(run.delivered[failures], &record); err != nil {
			t.Fatalf("reading record %q: %v", run.delivered[failures], err)
		}
		if record.RequestContext.Condition != "RetriesExhausted" || record.RequestContext.ApproximateInvokeCount != 3 ||
			string(record.RequestPayload) != `{"order":7}` || record.ResponseContext.FunctionError != "Unhandled" ||
			record.ResponseContext.ExecutedVersion != "$LATEST" || record.ResponsePayload.ErrorMessage != "no stock" {
			t.Errorf("record = %s", run.delivered[failures])
		}
	})
}

func TestEventThatSucceedsInTheEndIsNotGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run := newAsyncRun()
		s := service(t, lambda.Options{InProcess: handlers(run.failing(2)), Deliver: run.deliver})
		create(t, s, withDeadQueue)
		send(t, s, `{}`)
		anHourLater()
		if len(run.tries) != 3 || len(run.delivered) != 0 {
			t.Errorf("tried at %v, delivered %v", run.tries, run.delivered)
		}
	})
}

func TestRetriesAndAgeAreLimitedByTheFunction(t *testing.T) {
	for name, c := range map[string]struct {
		config awslambda.PutFunctionEventInvokeConfigInput
		tries  int
		at     time.Duration
	}{
		"no retries": {awslambda.PutFunctionEventInvokeConfigInput{MaximumRetryAttempts: new(int32(0))}, 1, 0},
		"too old":    {awslambda.PutFunctionEventInvokeConfigInput{MaximumEventAgeInSeconds: new(int32(90))}, 2, 3 * time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			run := newAsyncRun()
			s := service(t, lambda.Options{InProcess: handlers(run.failing(9)), Deliver: run.deliver})
			create(t, s, withDeadQueue)
			c.config.FunctionName = new("checkout")
			if _, err := s.PutFunctionEventInvokeConfig(t.Context(), &c.config); err != nil {
				t.Fatal(err)
			}
			send(t, s, `{}`)
			anHourLater()
			if len(run.tries) != c.tries || run.at != c.at || run.delivered[deadQueue] == nil {
				t.Errorf("%s: tried at %v, gave up after %v", name, run.tries, run.at)
			}
		})
	}
}

// An alias of the newest code has the code's dead-letter queue, and settings of its own.
func TestAliasHasItsOwnRetriesAndTheDeadLetterQueueOfItsVersion(t *testing.T) {
	for name, c := range map[string]struct {
		qualifier string
		tries     int
	}{"its own": {"button", 1}, "those of the function's name": {"$LATEST", 3}} {
		synctest.Test(t, func(t *testing.T) {
			run := newAsyncRun()
			s := service(t, lambda.Options{InProcess: handlers(run.failing(9)), Deliver: run.deliver})
			create(t, s, withDeadQueue)
			newest(t, s, "button")
			_, err := s.PutFunctionEventInvokeConfig(t.Context(), &awslambda.PutFunctionEventInvokeConfigInput{
				FunctionName: new("checkout"), Qualifier: &c.qualifier, MaximumRetryAttempts: new(int32(0)),
			})
			if err == nil {
				err = s.CallAsync(t.Context(), "checkout:button", []byte(`{}`))
			}
			if err != nil {
				t.Fatal(err)
			}
			anHourLater()
			if len(run.tries) != c.tries || run.delivered[deadQueue] == nil {
				t.Errorf("with settings of %s: tried at %v, dead letter %v", name, run.tries, run.delivered[deadQueue])
			}
		})
	}
}

func TestThrottledEventWaitsWithoutLosingItsRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run := newAsyncRun()
		s := service(t, lambda.Options{Concurrency: 101, Deliver: run.deliver, InProcess: handlers(func(ctx context.Context, in []byte) ([]byte, error) {
			if string(in) == `"block"` {
				time.Sleep(10 * time.Second)
				return in, nil
			}
			return run.failing(2)(ctx, in)
		})})
		create(t, s, withDeadQueue, func(in *awslambda.CreateFunctionInput) { in.Timeout = new(int32(60)) })
		if _, err := s.PutFunctionConcurrency(t.Context(), &awslambda.PutFunctionConcurrencyInput{
			FunctionName: new("checkout"), ReservedConcurrentExecutions: new(int32(1)),
		}); err != nil {
			t.Fatal(err)
		}
		send(t, s, `"block"`)
		synctest.Wait()
		send(t, s, `{}`)
		anHourLater()
		// Refused at 0, 1, 3 and 7 s; then three executions, one and two minutes apart.
		want := []time.Duration{15 * time.Second, 75 * time.Second, 195 * time.Second}
		if !slices.Equal(run.tries, want) || len(run.delivered) != 0 {
			t.Errorf("tried at %v, want %v; delivered %v", run.tries, want, run.delivered)
		}
	})
}

func TestFunctionSwitchedOffGivesEventsToTheDeadLetterQueueAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run := newAsyncRun()
		s := service(t, lambda.Options{InProcess: handlers(run.failing(0)), Deliver: run.deliver})
		create(t, s, withDeadQueue)
		if _, err := s.PutFunctionConcurrency(t.Context(), &awslambda.PutFunctionConcurrencyInput{
			FunctionName: new("checkout"), ReservedConcurrentExecutions: new(int32(0)),
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Call(t.Context(), "checkout", nil); !isKind[*types.TooManyRequestsException](err) {
			t.Errorf("Call = %v, want a throttle", err)
		}
		send(t, s, `{}`)
		anHourLater()
		if len(run.tries) != 0 || run.delivered[deadQueue] == nil || run.at != 0 {
			t.Errorf("tried at %v, delivered %v after %v", run.tries, run.delivered, run.at)
		}
	})
}

func TestCloseForgetsWaitingEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run := newAsyncRun()
		s := service(t, lambda.Options{InProcess: handlers(run.failing(9)), Deliver: run.deliver})
		create(t, s, withDeadQueue)
		send(t, s, `{}`)
		synctest.Wait()
		s.Close() // hangs, and with it the bubble, if the event's goroutine stays
		if err := s.CallAsync(t.Context(), "checkout", nil); err == nil {
			t.Error("a closed service accepts events")
		}
	})
}
