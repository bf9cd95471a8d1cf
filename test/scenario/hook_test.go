package scenario

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
)

// What the hooks of the stories run; a place is to be added.
const (
	hooked    = "Hook Judge "
	byDrill   = `"automation":"drill","parameters":{"Region":["eu-central-1"]},"within":"30m"`
	byBuild   = `"codeBuild":"acceptance","within":"20m"`
	byLambda  = `"lambda":"checkout-smoke","payload":{"depth":"full"},"within":"90s"`
	hookWaits = "Hook Judge Hook Judge " // for the event of its end
)

// ran is how a hook of a release stands.
func (w *World) ran(id, name string) rollout.Ran {
	w.T.Helper()
	r := w.asItIs(id)
	if ran := r.Ran(name); ran != nil {
		return *ran
	}
	w.T.Fatalf("hook %s was not started: %+v\n%s", name, r.Hooks, Story(r))
	return rollout.Ran{}
}

// wantRan checks how a hook ended.
func (w *World) wantRan(id, name string, verdict rollout.GateVerdict, why string) {
	w.T.Helper()
	if ran := w.ran(id, name); ran.Verdict != verdict || !strings.Contains(ran.Why, why) {
		w.T.Errorf("hook %s is %s: %s\nwant %s: %s\n%s", name, ran.Verdict, ran.Why, verdict, why, Story(w.asItIs(id)))
	}
}

// Each place has its moment: nothing of the step that follows has happened, and what comes before it is done.
func TestHookRunsAtItsPlace(t *testing.T) {
	for name, test := range map[string]struct{ place, path, serves string }{
		"before the first traffic":  {`"before":"first"`, began + hooked + step + step + step + step + ends, "1"},
		"before a step":             {`"beforeStep":3`, began + step + step + hooked + step + step + ends, "1 75 %, 2 25 %"},
		"after a step":              {`"afterStep":2`, began + step + step + hooked + step + step + ends, "1 75 %, 2 25 %"},
		"before the last step":      {`"before":"last"`, began + step + step + step + hooked + step + ends, "1 50 %, 2 50 %"},
		"before the promotion":      {`"before":"promotion"`, began + step + step + step + step + hooked + ends, "2"},
		"after the last step, also": {`"afterStep":4`, began + step + step + step + step + hooked + ends, "2"},
	} {
		t.Run(name, func(t *testing.T) {
			RunWith(t, Options{Edit: WithHooks}, func(w *World) {
				w.Given(Hooking(Canary, `{"name":"warm",`+test.place+`,`+byLambda+`}`))
				served := ""
				w.TesterThat("checkout-smoke", func() { served = w.Serves() })
				id := w.Requested("2")
				r := w.Ended(id)
				w.Then(r, rollout.Succeeded, test.path, "2")
				w.wantRan(id, "warm", rollout.GatePass, "It passed in")
				n, e := w.Tested("checkout-smoke")
				if n != 1 || e.Hook != "warm" || e.Release != id || e.Revision != "2" || e.End != "" || string(e.Payload) != `{"depth":"full"}` {
					t.Errorf("it ran %d times, with %+v", n, e)
				}
				if served != test.serves {
					t.Errorf("while it ran %s was served, want %s", served, test.serves)
				}
				if n, most := w.Transitions(r), rollout.Transitions(4)+3; n > most {
					t.Errorf("%d transitions, want at most %d", n, most)
				}
			})
		})
	}
}

// What takes minutes is waited for by token: its event ends the wait, and the release keeps its target meanwhile.
func TestHookThatTakesMinutesIsWaitedForByItsEvent(t *testing.T) {
	for name, test := range map[string]struct {
		runs  string
		given func(w *World)
	}{
		"a build":    {byBuild, func(w *World) { w.Acceptance(4*time.Minute, "") }},
		"a document": {byDrill, func(w *World) { w.Drill(4*time.Minute, "") }},
	} {
		t.Run(name, func(t *testing.T) {
			RunWith(t, Options{Edit: WithHooks}, func(w *World) {
				w.Given(Hooking(Canary, `{"name":"migrate","beforeStep":2,`+test.runs+`}`))
				test.given(w)
				id := w.Requested("2")
				r := w.Ended(id)
				w.Then(r, rollout.Succeeded, began+step+hookWaits+step+step+step+ends, "2")
				w.wantRan(id, "migrate", rollout.GatePass, "It passed in 4m")
				if n, most := w.Transitions(r), rollout.Transitions(4)+6; n > most {
					t.Errorf("%d transitions, want at most %d", n, most)
				}
				if late := w.ran(id, "migrate").Ended.Sub(w.ran(id, "migrate").Run.Since); late > 4*time.Minute+5*time.Second {
					t.Errorf("its end was seen after %v", late)
				}
			})
		})
	}
}

func TestHookThatFailsTakesTheReleaseBackOrIsPassedOver(t *testing.T) {
	for name, test := range map[string]struct {
		runs  string
		given func(w *World)
		why   string
	}{
		"a function that fails":      {byLambda, func(w *World) { w.Tester("checkout-smoke", time.Second, "", errors.New("the till is closed")) }, "the till is closed."},
		"a function that takes long": {byLambda, func(w *World) { w.Tester("checkout-smoke", 5*time.Minute, `{}`, nil) }, "It took longer than 1m30s and was stopped."},
		"a function that is missing": {byLambda, func(*World) {}, "there is no function checkout-smoke"},
		"a build that fails":         {byBuild, func(w *World) { w.Acceptance(3*time.Minute, "exit status 1") }, "BUILD: exit status 1."},
		"a build that takes long":    {byBuild, func(w *World) { w.Acceptance(3*time.Hour, "") }, "It took longer than 20m and was stopped."},
		"a project that is missing":  {byBuild, func(*World) {}, "Project cannot be found: acceptance"},
		"a document that fails":      {byDrill, func(w *World) { w.Drill(3*time.Minute, "step restore failed") }, "step restore failed."},
		"a document that takes long": {byDrill, func(w *World) { w.Drill(3*time.Hour, "") }, "It took longer than 30m and was stopped."},
	} {
		t.Run(name, func(t *testing.T) {
			RunWith(t, Options{Edit: WithHooks}, func(w *World) {
				w.Given(Hooking(Canary, `{"name":"migrate","beforeStep":2,`+test.runs+`}`))
				test.given(w)
				id := w.Requested("2")
				r := w.Ended(id)
				if r.End != rollout.RolledBack || w.Serves() != "1" || r.Cause == nil || r.Cause.By != "hook migrate" || !strings.Contains(r.Cause.Reason, "Hook migrate before step 2 failed: ") || !strings.Contains(r.Cause.Reason, test.why) {
					t.Errorf("%s %+v\n%s", r.End, r.Cause, Story(r))
				}
				if told := w.Told(id); !slices.Contains(told, "hook-failed") {
					t.Errorf("people heard %v", told)
				}
				w.quiet()
			})
			RunWith(t, Options{Edit: WithHooks}, func(w *World) {
				w.Given(Hooking(Canary, `{"name":"migrate","beforeStep":2,"whenFailed":"goOn",`+test.runs+`}`))
				test.given(w)
				id := w.Requested("2")
				r := w.Ended(id)
				w.wantRan(id, "migrate", rollout.GateFail, test.why)
				if told := w.Told(id); r.End != rollout.Succeeded || w.Serves() != "2" || !slices.Contains(told, "hook-failed") || !strings.Contains(Story(r), "The definition says to go on.") {
					t.Errorf("%s, people heard %v\n%s", r.End, told, Story(r))
				}
				w.quiet()
			})
		})
	}
}

// A hook before the first traffic that fails leaves nothing to move back, and the release says so.
func TestHookBeforeTheFirstTrafficThatFailsMovesNothing(t *testing.T) {
	RunWith(t, Options{Edit: WithHooks}, func(w *World) {
		w.Given(Hooking(Canary, `{"name":"migrate","before":"first",`+byLambda+`}`))
		w.Tester("checkout-smoke", time.Second, `{"verdict":"fail","why":"the schema is newer"}`, nil)
		w.Then(w.Ended(w.Requested("2")), rollout.RolledBack, began+hooked+back, "1")
	})
}

// stoppable is a document that runs until somebody stops it.
func (w *World) stoppable() (stopped func() bool) {
	var was bool
	w.Sandbox.SSM.PutAutomation("drill", func(ctx context.Context, _ map[string][]string) string {
		<-ctx.Done()
		was = true
		return ""
	})
	return func() bool { return was }
}

// The way back does not wait for a hook: the guard makes its three calls, and the hook is stopped when the traffic is back.
func TestRedAlarmWhileAHookRunsBringsTrafficBackAndStopsTheHook(t *testing.T) {
	RunWith(t, Options{Edit: WithHooks}, func(w *World) {
		w.Given(Hooking(Canary, `{"name":"migrate","beforeStep":2,`+byDrill+`}`))
		stopped := w.stoppable()
		id := w.Requested("2")
		w.AtStep(id, 0)
		w.Pass(12 * time.Minute)
		if ran := w.ran(id, "migrate"); !ran.Runs() || w.Serves() != "1 95 %, 2 5 %" {
			t.Fatalf("the hook is %s, %s is served", ran.Verdict, w.Serves())
		}
		w.AlarmRed(Alarm)
		w.Pass(2 * time.Second)
		if calls := w.CallsUntil("guard", "lambda:UpdateAlias"); w.Serves() != "1" || len(calls) != 3 {
			t.Errorf("%s is served after %v", w.Serves(), calls)
		}
		r := w.Ended(id)
		w.Then(r, rollout.RolledBack, began+step+hooked+back, "1")
		w.Pass(time.Minute)
		w.wantRan(id, "migrate", rollout.GateFail, "It was stopped, because the release had ended.")
		if !stopped() {
			t.Error("the document still runs")
		}
	})
}

func TestAbortEndsTheWaitForAHook(t *testing.T) {
	RunWith(t, Options{Edit: WithHooks}, func(w *World) {
		w.Given(Hooking(Canary, `{"name":"migrate","before":"first",`+byDrill+`}`))
		stopped := w.stoppable()
		id := w.Requested("2")
		w.Pass(3 * time.Minute)
		w.Aborted(id)
		w.Pass(30 * time.Second)
		if r := w.asItIs(id); r.End != rollout.Aborted || !stopped() || w.Serves() != "1" {
			t.Errorf("%s, the document was stopped: %v\n%s", r.End, stopped(), Story(r))
		}
	})
}

// Whoever promotes a release at once jumps over bakes, and not over what the definition wants to have run.
func TestPromotionAtOnceWaitsForHooks(t *testing.T) {
	RunWith(t, Options{Edit: WithHooks}, func(w *World) {
		w.Given(Hooking(Canary, `{"name":"migrate","beforeStep":3,`+byDrill+`}`))
		w.Drill(7*time.Minute, "")
		id := w.Requested("2")
		w.AtStep(id, 0)
		w.PromotedNow(id)
		w.Pass(time.Minute)
		if got := w.Serves(); got != "1 95 %, 2 5 %" || !w.ran(id, "migrate").Runs() {
			t.Errorf("%s is served before the hook has ended", got)
		}
		r := w.Ended(id)
		if r.End != rollout.Succeeded || !r.Ended.Before(r.Created.Add(15*time.Minute)) {
			t.Errorf("%s after %v\n%s", r.End, r.Ended.Sub(r.Created), Story(r))
		}
	})
}

// People are asked about what a hook after a step has seen, and what comes before a step runs after they have approved it.
func TestHooksAndQuestionsComeInTheirOrder(t *testing.T) {
	RunWith(t, Options{Edit: WithHooks}, func(w *World) {
		w.Given(Hooking(Asking, `{"name":"warm","before":"last",`+byBuild+`},{"name":"smoke","afterStep":3,`+byLambda+`}`))
		w.Tester("checkout-smoke", time.Second, `{}`, nil)
		w.Acceptance(time.Minute, "")
		id := w.Requested("2")
		w.Asks(id, 3)
		if w.ran(id, "smoke").Runs() || w.asItIs(id).Ran("warm") != nil {
			t.Errorf("hooks %+v", w.asItIs(id).Hooks)
		}
		w.Answered(id, "grace", "approve")
		w.Answered(id, "linus", "approve")
		if r := w.Ended(id); r.End != rollout.Succeeded || w.ran(id, "warm").Verdict != rollout.GatePass {
			t.Errorf("%s\n%s", r.End, Story(r))
		}
	})
}

// A freeze holds a hook that has not begun, as it holds a step: what a hook does may be what is to stop. What runs goes on.
func TestFreezeHoldsAHookThatHasNotBegun(t *testing.T) {
	for name, test := range map[string]struct {
		place, serves string
		step          int
		begins        time.Duration
	}{
		"before a step":        {`"beforeStep":2`, "1 95 %, 2 5 %", 0, 10 * time.Minute},
		"before the promotion": {`"before":"promotion"`, "2", 3, 0},
	} {
		t.Run(name, func(t *testing.T) {
			RunWith(t, Options{Edit: WithHooks}, func(w *World) {
				w.Hires()
				w.Given(Hooking(Canary, `{"name":"migrate",`+test.place+`,`+byDrill+`},{"name":"warm",`+test.place+`,`+byBuild+`}`))
				w.Drill(20*time.Minute, "")
				w.Acceptance(time.Minute, "")
				id := w.Requested("2")
				w.AtStep(id, test.step)
				w.Pass(test.begins)
				w.freezes(freeze(Service))
				w.stays(id, test.serves)
				if r := w.asItIs(id); r.Ran("warm") != nil || r.Frozen == nil || w.ran(id, "migrate").Verdict != rollout.GatePass {
					t.Errorf("hooks %+v, frozen %+v\n%s", r.Hooks, r.Frozen, Story(r))
				}
				w.freezes(unfreeze(Service))
				if r := w.Ended(id); r.End != rollout.Succeeded || w.ran(id, "warm").Verdict != rollout.GatePass {
					t.Errorf("%s\n%s", r.End, Story(r))
				}
			})
		})
	}
}

func TestHookAfterTheEndRunsAndChangesNothing(t *testing.T) {
	for name, test := range map[string]struct {
		hooks  string
		given  func(w *World)
		alarm  bool
		end    rollout.End
		serves string
		want   rollout.GateVerdict
		why    string
	}{
		"after the promotion, a function":  {`"after":"promotion",` + byLambda, func(w *World) { w.Tester("checkout-smoke", time.Second, `{}`, nil) }, false, rollout.Succeeded, "2", rollout.GatePass, "It passed"},
		"after the promotion, and fails":   {`"after":"promotion",` + byDrill, func(w *World) { w.Drill(3*time.Minute, "no tickets") }, false, rollout.Succeeded, "2", rollout.GateFail, "no tickets."},
		"after going back, a build":        {`"after":"rollback",` + byBuild, func(w *World) { w.Acceptance(3*time.Minute, "") }, true, rollout.RolledBack, "1", rollout.GatePass, "It passed"},
		"after going back, takes too long": {`"after":"rollback",` + byDrill, func(w *World) { w.Drill(3*time.Hour, "") }, true, rollout.RolledBack, "1", rollout.GateFail, "It took longer than 30m"},
		"after going back, and fails":      {`"after":"rollback",` + byLambda, func(w *World) { w.Tester("checkout-smoke", time.Second, "", errors.New("nobody home")) }, true, rollout.RolledBack, "1", rollout.GateFail, "nobody home."},
	} {
		t.Run(name, func(t *testing.T) {
			RunWith(t, Options{Edit: WithHooks}, func(w *World) {
				w.Given(Hooking(Canary, `{"name":"tell",`+test.hooks+`}`))
				test.given(w)
				id := w.Requested("2")
				if test.alarm {
					w.AtStep(id, 1)
					w.AlarmRed(Alarm)
				}
				r := w.Ended(id)
				if r.End != test.end || r.Open != "" {
					t.Errorf("%s, open %q\n%s", r.End, r.Open, Story(r))
				}
				w.Pass(40 * time.Minute)
				w.wantRan(id, "tell", test.want, test.why)
				if now := w.asItIs(id); now.End != test.end || !now.Ended.Equal(r.Ended) || now.Open != "" || w.Serves() != test.serves || now.Machines != r.Machines {
					t.Errorf("%s by then, %s is served\n%s", now.End, w.Serves(), Story(now))
				}
				if failed := slices.Contains(w.Told(id), "hook-failed"); failed != (test.want == rollout.GateFail) {
					t.Errorf("people heard %v", w.Told(id))
				}
				if n := heard(w.Told(id), string(test.end)); n != 1 {
					t.Errorf("people heard of the end %d times", n)
				}
				w.quiet()
			})
		})
	}
}

func heard(told []string, what string) (n int) {
	for _, t := range told {
		if t == what {
			n++
		}
	}
	return n
}

// The guard stays armed while a hook after the promotion runs: the promotion goes back as fast as without it, the hook is stopped, and the hook after
// going back runs.
func TestPromotionGoesBackWhileItsHookRuns(t *testing.T) {
	RunWith(t, Options{Edit: WithHooks}, func(w *World) {
		w.Given(Hooking(Canary, `{"name":"drain","after":"promotion",`+byDrill+`},{"name":"tell","after":"rollback",`+byLambda+`}`))
		stopped := w.stoppable()
		w.Tester("checkout-smoke", time.Second, `{}`, nil)
		id := w.Requested("2")
		if r := w.Ended(id); r.End != rollout.Succeeded || !w.ran(id, "drain").Runs() {
			t.Fatalf("%s\n%s", r.End, Story(r))
		}
		w.AlarmRed(Alarm)
		w.Pass(2 * time.Second)
		if w.Serves() != "1" {
			t.Errorf("%s is served", w.Serves())
		}
		w.Pass(2 * time.Minute)
		r := w.asItIs(id)
		if r.End != rollout.RolledBack || !stopped() {
			t.Errorf("%s, the document was stopped: %v\n%s", r.End, stopped(), Story(r))
		}
		w.wantRan(id, "tell", rollout.GatePass, "It passed")
		if _, e := w.Tested("checkout-smoke"); e.End != rollout.RolledBack {
			t.Errorf("the hook was told of %+v", e)
		}
		w.Pass(time.Hour)
		w.quiet()
	})
}

// Whatever becomes of the function that sees to a hook after the promotion, the promotion stands.
func TestPromotionStandsWhenItsHookCannotBeRun(t *testing.T) {
	RunWith(t, Options{Edit: WithHooks, Middleware: fail("hook", "dynamodb:*", always)}, func(w *World) {
		w.Given(Hooking(Canary, `{"name":"tell","after":"promotion",`+byLambda+`}`))
		w.Tester("checkout-smoke", time.Second, `{}`, nil)
		r := w.Ended(w.Requested("2"))
		w.Pass(time.Hour)
		if now := w.asItIs(r.ID); now.End != rollout.Succeeded || w.Serves() != "2" || now.Open != "" {
			t.Errorf("%s, %s is served\n%s", now.End, w.Serves(), Story(now))
		}
	})
}

func TestReleaseWhoseHookCannotBeRunGoesBack(t *testing.T) {
	RunWith(t, Options{Edit: WithHooks, Middleware: fail("hook", "lambda:*", always)}, func(w *World) {
		w.Given(Hooking(Canary, `{"name":"warm","beforeStep":2,`+byLambda+`}`))
		w.Tester("checkout-smoke", time.Second, `{}`, nil)
		r := w.Ended(w.Requested("2"))
		if r.End != rollout.RolledBack || r.Cause.Kind != rollout.ByBreakdown || w.Serves() != "1" {
			t.Errorf("%s %+v, %s is served\n%s", r.End, r.Cause, w.Serves(), Story(r))
		}
	})
}
