package progress_test

import (
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

const (
	build = "arn:aws:codebuild:us-east-1:123456789012:build/checkout:1b2c"
	drill = "73c8eef8-f4ee-4a05-820c-e354fEXAMPLE"
)

// ended is the event of something that has come to its end.
func ended(source string, detail any) any {
	e := byhand.Event("", detail)
	e.Source = source
	return e
}

func builtBy(arn string) any {
	return ended("aws.codebuild", events.Build{Build: arn, Status: "SUCCEEDED"})
}

func drilled(id string) any {
	return ended("aws.ssm", events.Automation{Execution: id, Status: "Success"})
}

// with is a world with the rights that the tests of a definition's gates need.
func with(t *testing.T, fault wire.Middleware, test func(w *byhand.World)) {
	t.Helper()
	o := scenario.Options{Edit: scenario.WithGates}
	if fault != nil {
		o.Middleware = []wire.Middleware{byhand.For("progress", fault)}
	}
	byhand.RunWith(t, o, scenario.Canary, test)
}

// waits has a release wait for the build.
func waits(w *byhand.World, token string) {
	w.T.Helper()
	runsFor(w, build, "checkout-built")
	if _, err := w.Store.Await(w.T.Context(), "checkout-built", token, time.Now()); err != nil {
		w.T.Fatal(err)
	}
}

func runsFor(w *byhand.World, job, release string) {
	w.T.Helper()
	if err := w.Store.RunsFor(w.T.Context(), job, release, time.Now()); err != nil {
		w.T.Fatal(err)
	}
}

// The state that waits was tried again: to wake its first try would wake nobody.
func TestEndOfABuildWakesTheWaitThatIsOn(t *testing.T) {
	with(t, nil, func(w *byhand.World) {
		waits(w, "first")
		waits(w, "second")
		w.Does("progress", builtBy(build))
		if got := w.Woken(); !slices.Equal(got, []string{"second"}) {
			t.Errorf("woken %v, want the second", got)
		}
	})
}

// The project builds for others, too, and its event may tell of a build whose token is not stored yet.
func TestEndOfWhatNobodyWaitsForWakesNobodyAndWritesNothing(t *testing.T) {
	for name, event := range map[string]any{"a build": builtBy(build + "d"), "a document": drilled(drill)} {
		t.Run(name, func(t *testing.T) {
			with(t, nil, func(w *byhand.World) {
				waits(w, "mine")
				w.Does("progress", event)
				for _, c := range w.Calls("progress") {
					if c.Operation != "dynamodb:GetItem" {
						t.Errorf("it called %s", c.Operation)
					}
				}
			})
		})
	}
}

// The test ends while the release is on its way to the wait: nobody would tell it again, and the next look is minutes away.
func TestEndOfATestBeforeTheWaitEndsTheWaitAtOnce(t *testing.T) {
	for name, test := range map[string]struct {
		handle string
		event  any
	}{
		"a build":    {build, builtBy(build)},
		"a document": {drill, drilled(drill)},
	} {
		t.Run(name, func(t *testing.T) {
			with(t, nil, func(w *byhand.World) {
				r := tested(w, test.handle)
				w.Does("progress", test.event)
				if got := w.Woken(); len(got) != 0 {
					t.Errorf("woken %v before it waits", got)
				}
				w.Does("wait", byhand.Task(r, 0, "mine"))
				w.Does("progress", test.event) // once more
				if got := w.Woken(); len(got) != 2 || got[0] != "mine" || got[1] != "mine" {
					t.Errorf("woken %v, want the wait at once, and by an event that comes during it", got)
				}
			})
		})
	}
}

// tested is a release that waits in no queue, for a test.
func tested(w *byhand.World, handle string) rollout.Release {
	w.T.Helper()
	r := w.Planned("2")
	runsFor(w, handle, r.ID)
	return r
}

// A wait that is over is nobody's fault; one that could not be ended is tried again, or the release stands there for minutes.
func TestOnlyWakingThatMayStillHelpIsTriedAgain(t *testing.T) {
	for name, test := range map[string]struct {
		answer error
		again  bool
	}{
		"the wait timed out":               {&types.TaskTimedOut{Message: aws.String("Task Timed Out")}, false},
		"the machine is gone":              {&types.TaskDoesNotExist{Message: aws.String("Task does not exist")}, false},
		"the token is of another machine":  {&types.InvalidToken{Message: aws.String("Invalid Token")}, false},
		"Step Functions throttles":         {wire.Throttled("Rate exceeded"), true},
		"Step Functions may not be called": {wire.AccessDenied("no"), true},
	} {
		t.Run(name, func(t *testing.T) {
			with(t, sandboxtest.Fail("states:SendTaskSuccess", sandboxtest.Always, test.answer), func(w *byhand.World) {
				waits(w, "mine")
				if _, err := w.Call("progress", builtBy(build)); (err != nil) != test.again {
					t.Errorf("it answers %v", err)
				}
			})
		})
	}
}

// A table that cannot be read does not say that nobody waits.
func TestEndIsTriedAgainWhereverItDied(t *testing.T) {
	byhand.Crashing(t, "progress", scenario.Options{Edit: scenario.WithGates}, scenario.Canary, func(w *byhand.World) {
		w.Does("wait", byhand.Task(tested(w, drill), 0, "before its gates"))
		waits(w, "for its build")
		w.Again("progress", builtBy(build))
		w.Again("progress", drilled(drill))
		if got := slices.Compact(w.Woken()); !slices.Equal(got, []string{"for its build", "before its gates"}) {
			w.T.Errorf("woken %v", got)
		}
	})
}

// What nobody can read lies in the dead-letter queue, where somebody sees it: it might be what a release waits for.
func TestEndThatCannotBeReadIsAnErrorBeforeAnyCall(t *testing.T) {
	for name, event := range map[string]any{
		"without its name": builtBy(""), "no object": ended("aws.codebuild", "done"), "a document's, by a number": ended("aws.ssm", map[string]int{"ExecutionId": 7}),
	} {
		t.Run(name, func(t *testing.T) {
			with(t, nil, func(w *byhand.World) {
				w.Refuses("progress", event, "detail")
				if n := len(w.Calls("progress")); n != 0 {
					t.Errorf("it made %d calls", n)
				}
			})
		})
	}
}
