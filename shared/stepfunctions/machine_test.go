package stepfunctions_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"sluice/shared/rollout"
	"sluice/shared/stepfunctions"
	"sluice/test/sandbox"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
)

// aMinute is a state machine whose executions take a minute.
const aMinute = `{"StartAt":"Bake","States":{"Bake":{"Type":"Wait","Seconds":60,"End":true}}}`

// account is an AWS with one state machine.
type account struct {
	*stepfunctions.Machine
	box *sandbox.Sandbox
	arn string
}

// in tells a story in virtual time.
func in(t *testing.T, story func(t *testing.T, a account), middleware ...wire.Middleware) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		box := sandboxtest.Boot(t, middleware...)
		out, err := box.StepFunctions.CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{
			Name: aws.String("release"), Definition: aws.String(aMinute), RoleArn: aws.String("arn:aws:iam::123456789012:role/release"),
		})
		if err != nil {
			t.Fatal(err)
		}
		arn := aws.ToString(out.StateMachineArn)
		story(t, account{stepfunctions.New(box.Config(""), arn), box, arn})
	})
}

// executions lists the names of all that ever started.
func (a account) executions(t *testing.T) []string {
	t.Helper()
	out, err := a.box.StepFunctions.ListExecutions(t.Context(), &sfn.ListExecutionsInput{StateMachineArn: &a.arn})
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, len(out.Executions))
	for i, e := range out.Executions {
		names[i] = aws.ToString(e.Name)
	}
	return names
}

func TestTheSameStartTwiceIsSuccessAndOneExecution(t *testing.T) {
	for name, between := range map[string]time.Duration{"while it runs": time.Second, "after its end": time.Hour} {
		t.Run(name, func(t *testing.T) {
			in(t, func(t *testing.T, a account) {
				first, err := a.Start(t.Context(), "checkout-1", rollout.Cursor{Release: "checkout-1", Seconds: 1})
				if err != nil || first != a.Execution("checkout-1") {
					t.Fatalf("started %q, %v; want %q", first, err, a.Execution("checkout-1"))
				}
				time.Sleep(between)
				second, err := a.Start(t.Context(), "checkout-1", rollout.Cursor{Release: "checkout-1", Seconds: 2})
				if err != nil || second != first {
					t.Errorf("the second start is %q, %v; want %q and no error", second, err, first)
				}
				if got := a.executions(t); len(got) != 1 {
					t.Errorf("executions %v, want one", got)
				}
			})
		})
	}
}

func TestStartWhoseAnswerWasLostIsOneExecution(t *testing.T) {
	in(t, func(t *testing.T, a account) {
		if _, err := a.Start(t.Context(), "checkout-1", rollout.Cursor{Release: "checkout-1"}); err != nil {
			t.Errorf("the start failed although it was carried out: %v", err)
		}
		if got := a.executions(t); len(got) != 1 {
			t.Errorf("executions %v, want one", got)
		}
	}, sandboxtest.LoseAnswer("states:StartExecution"))
}

func TestStartOutlastsOneThrottleButHidesNoError(t *testing.T) {
	throttled := wire.Throttled("Rate exceeded")
	in(t, func(t *testing.T, a account) {
		if _, err := a.Start(t.Context(), "checkout-1", rollout.Cursor{}); err != nil {
			t.Errorf("one throttle broke the start: %v", err)
		}
	}, sandboxtest.Fail("states:StartExecution", 1, throttled))
	in(t, func(t *testing.T, a account) {
		_, err := a.Start(t.Context(), "checkout-1", rollout.Cursor{})
		if sandboxtest.Code(err) != throttled.Code {
			t.Errorf("the answer is %v, want the throttle that lasts", err)
		}
	}, sandboxtest.Fail("states:StartExecution", sandboxtest.Always, throttled))
}

func TestLookTellsWhatBecameOfAnExecution(t *testing.T) {
	in(t, func(t *testing.T, a account) {
		arn, err := a.Start(t.Context(), "checkout-1", rollout.Cursor{})
		if err != nil {
			t.Fatal(err)
		}
		stopped, err := a.Start(t.Context(), "checkout-2", rollout.Cursor{})
		if err == nil {
			_, err = a.box.StepFunctions.StopExecution(t.Context(), &sfn.StopExecutionInput{ExecutionArn: &stopped})
		}
		if err != nil {
			t.Fatal(err)
		}
		a.lives(t, arn, stepfunctions.Running)
		a.lives(t, stopped, stepfunctions.Over)
		a.lives(t, a.Execution("checkout-3"), stepfunctions.NeverStarted)
		time.Sleep(2 * time.Minute)
		a.lives(t, arn, stepfunctions.Over)
	})
}

func (a account) lives(t *testing.T, arn string, want stepfunctions.Life) {
	t.Helper()
	if got, err := a.Life(t.Context(), arn); err != nil || got != want {
		t.Errorf("%s is in state %v (%v), want %v", arn, got, err, want)
	}
}

// An execution that cannot be looked at must not be taken for a dead one: sweep would take a good release back.
func TestLookThatFailsIsAnError(t *testing.T) {
	in(t, func(t *testing.T, a account) {
		if _, err := a.Life(t.Context(), a.Execution("checkout-1")); sandboxtest.Code(err) != "InternalFailure" {
			t.Errorf("the answer is %v, want the service's error", err)
		}
	}, sandboxtest.Fail("states:DescribeExecution", sandboxtest.Always, wire.Internal("out of order")))
}

func TestWakingSomebodyWhoHasGoneOnIsNoError(t *testing.T) {
	for name, gone := range map[string]error{
		"timed out or answered before": &types.TaskTimedOut{},
		"its execution is over":        &types.TaskDoesNotExist{},
		"no token at all":              &types.InvalidToken{},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, func(t *testing.T, a account) {
				if err := a.Wake(t.Context(), &bell{token: "token"}, "checkout-1", time.Now()); err != nil {
					t.Errorf("waking: %v", err)
				}
			}, sandboxtest.Fail("states:SendTaskSuccess", sandboxtest.Always, gone))
		})
	}
}

func TestWakeThatDidNotArriveIsAnError(t *testing.T) {
	in(t, func(t *testing.T, a account) {
		if err := a.Wake(t.Context(), &bell{token: "token"}, "checkout-1", time.Now()); sandboxtest.Code(err) != "ThrottlingException" {
			t.Errorf("waking answers %v, want the throttle: somebody still waits", err)
		}
	}, sandboxtest.Fail("states:SendTaskSuccess", sandboxtest.Always, wire.Throttled("Rate exceeded")))
}

// bell is a release that waits with a token, or has never waited.
type bell struct {
	token string
	rung  []string
	err   error
}

func (b *bell) Ring(_ context.Context, release string, _ time.Time) (string, error) {
	b.rung = append(b.rung, release)
	return b.token, b.err
}

// A release that is on its way to its wait hears of the news there; Step Functions refuses an empty token.
func TestReleaseThatDoesNotWaitYetIsRungForAndNoMore(t *testing.T) {
	for name, b := range map[string]*bell{"it has never waited": {}, "the table cannot be written": {token: "token", err: wire.Internal("out of order")}} {
		var calls sandboxtest.Calls
		in(t, func(t *testing.T, a account) {
			if err := a.Wake(t.Context(), b, "checkout-1", time.Now()); err != b.err {
				t.Errorf("%s: waking answers %v, want %v", name, err, b.err)
			}
			if made := calls.Of("states:SendTaskSuccess"); len(made) != 0 || !slices.Equal(b.rung, []string{"checkout-1"}) {
				t.Errorf("%s: rung for %v, and %d waits ended", name, b.rung, len(made))
			}
		}, calls.Keep)
	}
}
