package scenario

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/sandbox/ssm"
)

func TestCalendarThatIsClosedKeepsTheReleaseOutUntilItOpens(t *testing.T) {
	RunWith(t, Options{Edit: WithGates}, func(w *World) {
		w.Given(Gated(`"calendars":["changes"]`))
		opens := time.Date(2000, 1, 1, 2, 30, 0, 0, time.UTC)
		w.Sandbox.SSM.PutCalendar("changes", ssm.Calendar{Events: []ssm.Event{{From: opens.Add(-5 * time.Hour), Until: opens}}})
		id := w.Requested("2")
		w.Pass(time.Minute)
		w.wantGate(id, "calendar changes", rollout.GateWait, "The calendar is closed until Sat 1 Jan 02:30 UTC.")
		r := w.Ended(id)
		if r.End != rollout.Succeeded || !r.Started.UTC().Equal(opens) {
			t.Errorf("%s, begun at %v, want it to begin when the calendar opens:\n%s", r.End, r.Started.UTC(), Story(r))
		}
	})
}

func TestCalendarThatIsNotThereLetsNobodyIn(t *testing.T) {
	RunWith(t, Options{Edit: WithGates}, func(w *World) {
		w.Given(Gated(`"calendars":["changes"]`))
		r := w.Ended(w.Requested("2"))
		if r.End != rollout.Rejected || !strings.Contains(r.Rejection.Reason, "There is no calendar changes.") {
			t.Errorf("%s %+v", r.End, r.Rejection)
		}
	})
}

const (
	smoke      = `"tests":[{"lambda":"checkout-smoke","payload":{"depth":"full"},"within":"90s"}]`
	acceptance = `"tests":[{"codeBuild":"acceptance","within":"20m"}]`
	drill      = `"tests":[{"automation":"drill","parameters":{"Region":["eu-central-1"]},"within":"20m"}]`
	posts      = `"tests":[{` + ByEndpoint + `}]`
)

// answers has the endpoint of the tests answer.
func answers(body string, status int) func(w *World) {
	return func(w *World) {
		w.GivesEndpointKey()
		w.endpoint(&[]posted{}, body, status)
	}
}

func TestReleaseBeginsWhenItsTestsHavePassed(t *testing.T) {
	for name, test := range map[string]struct {
		gates, gate string
		given       func(w *World)
		path        string
		after       time.Duration
	}{
		"a function":  {smoke, "test checkout-smoke", func(w *World) { w.Tester("checkout-smoke", 70*time.Second, `{"verdict":"pass"}`, nil) }, inspects, 70 * time.Second},
		"a build":     {acceptance, "test acceptance", func(w *World) { w.Acceptance(12*time.Minute, "") }, looks + inspects, 12 * time.Minute},
		"an endpoint": {posts, "test https://ci.example.com/sluice", answers(`{"verdict":"pass"}`, 200), inspects, 0},
		"a document":  {drill, "test drill", func(w *World) { w.Drill(12*time.Minute, "") }, looks + inspects, 12 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			RunWith(t, Options{Edit: WithGates}, func(w *World) {
				w.Given(Gated(test.gates))
				test.given(w)
				id := w.Requested("2")
				w.AtStep(id, 0)
				w.wantGate(id, test.gate, rollout.GatePass, "It passed in "+rollout.Duration(test.after).String())
				r := w.Ended(id)
				if r.End != rollout.Succeeded || r.Started.Sub(r.Created) > test.after+time.Minute {
					t.Errorf("%s, begun after %v:\n%s", r.End, r.Started.Sub(r.Created), Story(r))
				}
				w.quiet()
			})
		})
	}
}

// A run that takes longer than the next look: the event of its end wakes the release, not the time-out.
func TestEndOfATestWakesTheRelease(t *testing.T) {
	RunWith(t, Options{Edit: WithGates}, func(w *World) {
		w.Given(Gated(acceptance))
		w.Acceptance(7*time.Minute, "")
		id := w.Requested("2")
		r := w.Ended(id)
		if after := r.Started.Sub(r.Created); after > 7*time.Minute+10*time.Second {
			t.Errorf("it began after %v:\n%s", after, Story(r))
		}
	})
}

func TestTestIsGivenTheReleaseAndRunsOnce(t *testing.T) {
	RunWith(t, Options{Edit: WithGates}, func(w *World) {
		w.Given(Gated(`"flags":[{"parameter":"/checkout/releases","equals":"on"}],` + smoke))
		w.Tester("checkout-smoke", time.Second, `"fine"`, nil)
		id := w.Requested("2")
		w.Pass(10 * time.Minute)
		w.wantGate(id, "test checkout-smoke", rollout.GateWait, "It runs when the other gates are open.")
		if n, _ := w.Tested("checkout-smoke"); n != 0 {
			t.Errorf("it ran %d times before the flag was set", n)
		}
		w.Flag("/checkout/releases", "on")
		w.AtStep(id, 0)
		n, e := w.Tested("checkout-smoke")
		if n != 1 || e.Release != id || e.Service != Service || e.Target != Target || e.Revision != "2" || e.Commit != "c0ffee" || string(e.Payload) != `{"depth":"full"}` {
			t.Errorf("it ran %d times, with %+v %s", n, e, e.Payload)
		}
	})
}

func TestReleaseWhoseTestFailsIsRejected(t *testing.T) {
	for name, test := range map[string]struct {
		gates  string
		given  func(w *World)
		reason string
	}{
		"a function that fails": {smoke, func(w *World) { w.Tester("checkout-smoke", time.Second, "", errors.New("the till is closed")) }, "gate test checkout-smoke failed: the till is closed."},
		"a function that says fail": {smoke, func(w *World) {
			w.Tester("checkout-smoke", time.Second, `{"verdict":"fail","why":"3 of 40 carts differ"}`, nil)
		}, "gate test checkout-smoke failed: 3 of 40 carts differ."},
		"a function that is not clear":  {smoke, func(w *World) { w.Tester("checkout-smoke", time.Second, `{"verdict":"perhaps"}`, nil) }, "it answered the verdict perhaps"},
		"a function that takes long":    {smoke, func(w *World) { w.Tester("checkout-smoke", 10*time.Minute, `{"verdict":"pass"}`, nil) }, "It took longer than 1m30s and was stopped."},
		"a function that is not there":  {smoke, func(*World) {}, "there is no function checkout-smoke"},
		"a build that fails":            {acceptance, func(w *World) { w.Acceptance(3*time.Minute, "exit status 1") }, "gate test acceptance failed: BUILD: exit status 1."},
		"a build that takes long":       {acceptance, func(w *World) { w.Acceptance(3*time.Hour, "") }, "gate test acceptance failed: It took longer than 20m and was stopped."},
		"a project that is not there":   {acceptance, func(*World) {}, "Project cannot be found: acceptance"},
		"an endpoint that says fail":    {posts, answers(`{"verdict":"fail","why":"the till is closed"}`, 200), "gate test https://ci.example.com/sluice failed: the till is closed."},
		"an endpoint that is away":      {posts, answers("", 503), "was answered 503, and not 2xx."},
		"an endpoint without its key":   {posts, func(*World) {}, "create it: aws secretsmanager create-secret --name checkout-hooks"},
		"a document that fails":         {drill, func(w *World) { w.Drill(3*time.Minute, "step restore failed") }, "gate test drill failed: step restore failed."},
		"a document that takes long":    {drill, func(w *World) { w.Drill(3*time.Hour, "") }, "gate test drill failed: It took longer than 20m and was stopped."},
		"a document that is not there":  {drill, func(*World) {}, "Document with name drill does not exist"},
		"and nobody may wait for worse": {drill + `,"whenShut":"reject"`, func(w *World) { w.Drill(3*time.Minute, "step restore failed") }, "gate test drill failed: step restore failed."},
	} {
		t.Run(name, func(t *testing.T) {
			RunWith(t, Options{Edit: WithGates}, func(w *World) {
				w.Given(Gated(test.gates))
				test.given(w)
				r := w.Ended(w.Requested("2"))
				if r.End != rollout.Rejected || r.Rejection == nil || !strings.Contains(r.Rejection.Reason, test.reason) || r.Rejection.Remedy == "" || w.Serves() != "1" {
					t.Errorf("%s %+v, want a rejection: %s\n%s", r.End, r.Rejection, test.reason, Story(r))
				}
				if took := r.Ended.Sub(r.Created); took > 20*time.Minute+10*time.Second {
					t.Errorf("it was rejected after %v", took)
				}
				w.quiet()
			})
		})
	}
}

func TestTestOfAReleaseThatIsAbortedIsStopped(t *testing.T) {
	RunWith(t, Options{Edit: WithGates}, func(w *World) {
		w.Given(Gated(`"tests":[{"codeBuild":"acceptance","within":"60m"},{"automation":"drill","within":"60m"}]`))
		w.Acceptance(50*time.Minute, "")
		stopped := false
		w.Sandbox.SSM.PutAutomation("drill", func(ctx context.Context, _ map[string][]string) string {
			<-ctx.Done()
			stopped = true
			return ""
		})
		id := w.Requested("2")
		w.Pass(time.Minute)
		w.Aborted(id)
		w.Pass(10 * time.Second)
		if r := w.asItIs(id); r.End != rollout.Aborted || !stopped || w.statesOf("acceptance") != "STOPPED" {
			t.Errorf("%s, the execution stopped %v, the build is %s:\n%s", r.End, stopped, w.statesOf("acceptance"), Story(r))
		}
	})
}

// A failed test is no rejection where the definition leaves time for somebody's word.
func TestFailedTestMayBeOverridden(t *testing.T) {
	RunWith(t, Options{Edit: WithGates}, func(w *World) {
		w.Given(Gated(acceptance + `,"whenFailed":"wait","override":["grace"]`))
		w.Acceptance(3*time.Minute, "exit status 1")
		id := w.Requested("2")
		w.Pass(10 * time.Minute)
		w.wantGate(id, "test acceptance", rollout.GateFail, "exit status 1")
		w.Overrides(id, "grace", "the test itself is broken", "test acceptance")
		r := w.Ended(id)
		if r.End != rollout.Succeeded || len(r.Overrides) != 1 || w.statesOf("acceptance") != "FAILED" {
			t.Errorf("%s after %d overrides, builds %s:\n%s", r.End, len(r.Overrides), w.statesOf("acceptance"), Story(r))
		}
	})
}
