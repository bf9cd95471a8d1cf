package scenario

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/shared/rollout"
	"sluice/test/sandbox/lambda"
)

// How a new version may stand: its network is made, it was idle for weeks, its subnet has no addresses left.
var (
	preparing = lambda.Condition{State: types.StatePending, Code: types.StateReasonCodeCreating, Reason: "The function is being created.", For: 4 * time.Minute}
	idle      = lambda.Condition{State: types.StateInactive, Code: types.StateReasonCodeIdle, Reason: "The function is idle.", For: 2 * time.Minute}
	failed    = lambda.Condition{State: types.StateFailed, Code: types.StateReasonCodeSubnetOutOfIPAddresses, Reason: "The subnet has no addresses left."}
)

// Becomes puts a version of the service into a state.
func (w *World) Becomes(version string, c lambda.Condition) {
	w.T.Helper()
	w.must(w.Sandbox.Lambda.Becomes(w.service, version, c))
}

const blueGreen = `{"blueGreen":{"test":{},"bake":"5m"}}`

// A version with a VPC, SnapStart or an image takes minutes: whoever releases it at once must not get a failed release for it.
func TestVersionThatIsNotReadyYetIsWaitedFor(t *testing.T) {
	for name, c := range map[string]lambda.Condition{"pending": preparing, "inactive": idle} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				w.Given(Canary)
				w.Becomes("2", c)
				asked := time.Now()
				r := w.Ended(w.Requested("2"))
				w.Then(r, rollout.Succeeded, began+step+step+step+step+ends, "2")
				if waited := r.Started.Sub(asked); waited < c.For || waited > c.For+time.Minute {
					t.Errorf("it waited %v for %v", waited, c.For)
				}
			})
		})
	}
}

func TestVersionThatLambdaCannotPrepareIsRejectedWithLambdasReason(t *testing.T) {
	later := preparing
	later.Then, later.Code, later.Reason = failed.State, failed.Code, failed.Reason
	for name, c := range map[string]lambda.Condition{"at once": failed, "after a while": later} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				w.Given(Canary)
				w.Becomes("2", c)
				r := w.Ended(w.Requested("2"))
				w.Then(r, rollout.Rejected, began+ends, "1")
				if why := r.Rejection; why == nil || !strings.Contains(why.Reason, "SubnetOutOfIPAddresses: The subnet has no addresses left.") {
					t.Errorf("it was rejected because of %+v", why)
				}
			})
		})
	}
}

// The wait has an end, and people hear what was waited for, in words.
func TestVersionThatNeverBecomesReadyIsRejected(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		forever := preparing
		forever.For = 24 * time.Hour
		w.Becomes("2", forever)
		asked := time.Now()
		r := w.Ended(w.Requested("2"))
		if took := r.Ended.Sub(asked); r.End != rollout.Rejected || took > 35*time.Minute || took < 25*time.Minute {
			t.Errorf("it ended %s after %v", r.End, took)
		}
		if why := r.Rejection; why == nil || !strings.HasPrefix(why.Reason, "version 2 of function checkout is not ready yet: it is Pending (Creating: The function is being created.)") {
			t.Errorf("it was rejected because of %+v", why)
		}
	})
}

func TestAbortEndsTheWaitForAVersion(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		w.Becomes("2", preparing)
		id := w.Requested("2")
		w.Pass(time.Minute)
		w.Aborted(id)
		w.Then(w.Ended(id), rollout.Aborted, began+ends, "1")
	})
}

// What was ready when it was planned may not be when it is its turn.
func TestStepWaitsForAVersionThatIsNotReadyAnyMore(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		id := w.Requested("2")
		w.AtStep(id, 0)
		w.Pass(8 * time.Minute)
		w.Becomes("2", preparing)
		w.AtStep(id, 1)
		r, _ := w.Recorded(id)
		if left := time.Until(r.BakeUntil); left < 8*time.Minute {
			t.Errorf("%v are left of a bake of ten minutes that has just begun", left)
		}
		w.Then(w.Ended(id), rollout.Succeeded, began+step+step+step+step+ends, "2")
	})
}

func TestTestWaitsForAVersionThatIsNotReadyAnyMore(t *testing.T) {
	RunWith(t, Options{Edit: WithTests}, func(w *World) {
		w.Given(with(Canary, `{"canary":{"steps":[{"weight":5,"bake":"10m"},{"weight":25,"bake":"10m"},{"weight":50,"bake":"10m"}]}}`, blueGreen))
		first := w.Requested("3")
		w.AtStep(first, 0)
		id := w.Requested("2") // it is planned, and waits in the queue
		w.Pass(time.Minute)
		w.Becomes("2", idle)
		w.Ended(first)
		if r := w.Ended(id); r.End != rollout.Succeeded || w.Serves() != "2" {
			t.Errorf("it ended %s because of %+v:\n%s", r.End, r.Cause, Story(r))
		}
	})
}

// slow is the service with a version 4 that answers after so long, and may.
func (w *World) slow(takes time.Duration) {
	w.T.Helper()
	_, err := w.Lambda.UpdateFunctionConfiguration(w.ctx, &awslambda.UpdateFunctionConfigurationInput{FunctionName: &w.service, Timeout: aws.Int32(900)})
	w.must(err)
	w.publish(4)
	w.Slows("4", takes, takes, 0)
}

// invocations counts how often a function has invoked another.
func (w *World) invocations(function string) int {
	n := 0
	for _, c := range w.Calls(function) {
		if c.Operation == "lambda:Invoke" {
			n++
		}
	}
	return n
}

// A thorough test takes longer than other calls may: it must neither fail for that, nor run twelve times.
func TestLongTestOfAStepIsWaitedForAndRunsOnce(t *testing.T) {
	RunWith(t, Options{Edit: WithTests}, func(w *World) {
		w.Given(with(Canary, `{"canary":{"steps":[{"weight":5,"bake":"10m"},{"weight":25,"bake":"10m"},{"weight":50,"bake":"10m"}]}}`, blueGreen))
		w.slow(100 * time.Second)
		w.Then(w.Ended(w.Requested("4")), rollout.Succeeded, began+step+step+ends, "4")
		if n := w.invocations("shift"); n != 1 {
			t.Errorf("the version was invoked %d times", n)
		}
	})
}

func TestTestThatTakesTooLongSaysSoAndRunsOnce(t *testing.T) {
	RunWith(t, Options{Edit: WithTests}, func(w *World) {
		w.Given(with(Canary, `{"canary":{"steps":[{"weight":5,"bake":"10m"},{"weight":25,"bake":"10m"},{"weight":50,"bake":"10m"}]}}`, blueGreen))
		w.slow(10 * time.Minute)
		r := w.Ended(w.Requested("4"))
		w.Then(r, rollout.RolledBack, began+step+back, "1")
		if n := w.invocations("shift"); n != 1 || r.Cause.Reason != "The test invocation of version 4 failed: it did not answer within 2m40s, which is as long as it is waited for" {
			t.Errorf("after %d invocations it went back because of %+v", n, r.Cause)
		}
	})
}
