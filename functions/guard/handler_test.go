package guard_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// red is the event of the guard alarm that goes red now.
func red() events.Envelope[any] {
	return byhand.Alarm(byhand.Red(scenario.Alarm))
}

// Three calls are the budget, in flight and inside the revert window: which targets, raise the fence, move.
func TestTrafficIsBackAfterThreeCalls(t *testing.T) {
	for name, lead := range map[string]func(w *byhand.World, version string) rollout.Release{
		"in flight":                (*byhand.World).Baking,
		"inside the revert window": (*byhand.World).Promoted,
	} {
		t.Run(name, func(t *testing.T) {
			byhand.Run(t, func(w *byhand.World) {
				lead(w, "2")
				w.Does("guard", red())
				var made []string
				for _, c := range w.Calls("guard") {
					if made = append(made, c.Operation); c.Operation == "lambda:UpdateAlias" {
						break
					}
				}
				if want := []string{"dynamodb:Query", "dynamodb:UpdateItem", "lambda:UpdateAlias"}; !slices.Equal(made, want) || w.Serves() != "1" {
					t.Errorf("the alias serves %s after %v, want %v", w.Serves(), made, want)
				}
			})
		})
	}
}

func TestWhoBakesIsWokenToldAndTimed(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Baking("2")
		e := red()
		w.Pass(1500 * time.Millisecond) // the event was on its way
		w.Does("guard", e)
		if got := w.Woken(); !slices.Equal(got, []string{"first"}) {
			t.Errorf("woken %v, want the bake", got)
		}
		f := w.Lease().Fence
		if f == nil || f.Kind != rollout.ByAlarm || f.By != scenario.Alarm || f.Reason != "Guard alarm checkout-errors went red: a story" || f.At.Sub(f.Since) != 1500*time.Millisecond {
			t.Errorf("fence %+v", f)
		}
		if trail := w.Trail(r.ID); !strings.Contains(trail, "Alarm checkout-errors: all traffic is back on version 1, 1.5s after the alarm.") {
			t.Errorf("the trail says\n%s", trail)
		}
		w.Pass(time.Minute)
		if ms := w.Metric("AlarmToStable", "Environment", "sandbox"); ms != 1500 {
			t.Errorf("CloudWatch counts %v ms from alarm to stable, want 1500", ms)
		}
	})
}

// Lambda tries again after a crash between the fence and the move, and EventBridge delivers twice now and then.
func TestSecondTryBringsBackWhatTheFirstDidNot(t *testing.T) {
	refused := byhand.For("guard", sandboxtest.Fail("lambda:UpdateAlias", 1, wire.AccessDenied("not yet")))
	byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{refused}}, scenario.Canary, func(w *byhand.World) {
		w.Baking("2")
		e := red()
		w.Refuses("guard", e, "not yet")
		if w.Lease().Fence == nil || w.Serves() == "1" {
			t.Fatalf("fence %+v, the alias serves %s", w.Lease().Fence, w.Serves())
		}
		w.Does("guard", e)
		before := w.Lock()
		w.Does("guard", e)
		if w.Serves() != "1" || w.Lock() != before {
			t.Errorf("the alias serves %s; want 1, moved once", w.Serves())
		}
	})
}

func TestReleaseThatWasPromotedIsTakenBackByOneExecution(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Promoted("2")
		e := red()
		w.Does("guard", e)
		w.Does("guard", e)
		if r = w.Release(r.ID); !r.Reverted || r.Machines != 2 || len(w.Executions()) != 1 || len(w.Open()) != 1 {
			t.Errorf("reverted %v by machine %d of %d executions, open %v", r.Reverted, r.Machines, len(w.Executions()), w.Open())
		}
	})
}

// One target that cannot be brought back must not keep the others out.
func TestEachTargetIsBroughtBackByItself(t *testing.T) {
	shared := strings.Replace(scenario.Canary, `["checkout-errors"]`, `["shop-errors"]`, 1)
	refused := byhand.For("guard", sandboxtest.Fail("lambda:UpdateAlias", 1, wire.AccessDenied("not yet")))
	byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{refused}, Services: true}, shared, func(w *byhand.World) {
		w.GreenAlarm("shop-errors")
		other := w.Of("payments", shared)
		w.Baking("2")
		other.Baking("3")
		e := byhand.Alarm(byhand.Red("shop-errors"))
		w.Refuses("guard", e, "not yet")
		if w.Serves() != "1 95 %, 2 5 %" || other.Serves() != "1" {
			t.Errorf("checkout serves %s and payments %s, want the second one back", w.Serves(), other.Serves())
		}
		w.Does("guard", e)
		if w.Serves() != "1" || other.Serves() != "1" {
			t.Errorf("after the second try checkout serves %s and payments %s", w.Serves(), other.Serves())
		}
	})
}

// A shared alarm takes many releases back, and Lambda takes few moves a second: whoever is last waits for all before. Each move is throttled
// once here.
func TestMostTrafficComesBackFirst(t *testing.T) {
	shared := strings.Replace(scenario.Canary, `["checkout-errors"]`, `["shop-errors"]`, 1)
	var moved []string
	tried := map[string]bool{}
	throttled := byhand.For("guard", func(next wire.Handler) wire.Handler {
		return func(ctx context.Context, call *wire.Call) (any, error) {
			in, ok := call.Input.(*lambda.UpdateAliasInput)
			if !ok {
				return next(ctx, call)
			}
			name := aws.ToString(in.FunctionName)
			if !tried[name] {
				tried[name] = true
				return nil, wire.Throttled("Rate exceeded")
			}
			moved = append(moved, name)
			return next(ctx, call)
		}
	})
	byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{throttled}, Services: true}, shared, func(w *byhand.World) {
		w.GreenAlarm("shop-errors")
		half, all := w.Of("payments", shared), w.Of("search", shared)
		w.Baking("2")
		r := half.Baking("2")
		half.Does("shift", byhand.Task(r, 2, "later"))
		all.Promoted("2")
		w.Does("guard", byhand.Alarm(byhand.Red("shop-errors")))
		if want := []string{"search", "payments", "checkout"}; !slices.Equal(moved, want) || len(tried) != 3 {
			t.Errorf("traffic came back in the order %v, want %v", moved, want)
		}
	})
}

func TestAlarmThatGuardsNothingMovesNothing(t *testing.T) {
	for name, test := range map[string]struct {
		alarm  func(e *events.Envelope[any], a *events.Alarm)
		calls  int
		ignore string
	}{
		"one that nobody named": {func(_ *events.Envelope[any], a *events.Alarm) { a.AlarmName = "billing" }, 2, ""},
		"one of the same name in another Region": {func(e *events.Envelope[any], _ *events.Alarm) {
			e.Resources = []string{"arn:aws:cloudwatch:eu-central-1:123456789012:alarm:" + scenario.Alarm}
		}, 1, ""},
		"one of the same name in another account": {func(e *events.Envelope[any], _ *events.Alarm) {
			e.Resources = []string{"arn:aws:cloudwatch:us-east-1:210987654321:alarm:" + scenario.Alarm}
		}, 1, ""},
		"a replayed one":       {func(e *events.Envelope[any], _ *events.Alarm) { e.ReplayName = "look-at-yesterday" }, 0, ""},
		"one that turns green": {func(_ *events.Envelope[any], a *events.Alarm) { a.State.Value = "OK" }, 0, ""},
		"one from before the release": {func(_ *events.Envelope[any], a *events.Alarm) {
			a.State.Timestamp = events.AlarmTime(time.Now().Add(-time.Hour))
		}, 4, "is not about this release"},
		"one from a moment before the release": {func(_ *events.Envelope[any], a *events.Alarm) {
			a.State.Timestamp = events.AlarmTime(time.Now().Add(-time.Millisecond))
		}, 4, "is not about this release"},
		"one of an older definition": {func(_ *events.Envelope[any], a *events.Alarm) { a.AlarmName = "checkout-old" }, 4, "is not about this release"},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.Run(t, func(w *byhand.World) {
				r := w.Baking("2")
				if err := w.Store.Watch(w.T.Context(), scenario.Target, scenario.Here.Alarms([]string{"checkout-old"})); err != nil {
					t.Fatal(err)
				}
				before := w.Lock()
				a := byhand.Red(scenario.Alarm)
				e := byhand.Event(events.AlarmStateChange, nil)
				test.alarm(&e, &a)
				if e.Detail = a; e.Resources == nil {
					e.Resources = []string{scenario.Here.Alarm(a.AlarmName)}
				}
				w.Does("guard", e)
				if w.Lock() != before || w.Lease().Fence != nil || len(w.Woken()) != 0 {
					t.Errorf("the alias serves %s, fence %+v, woken %v", w.Serves(), w.Lease().Fence, w.Woken())
				}
				if made := len(w.Calls("guard")); made != test.calls {
					t.Errorf("it took %d calls, want %d: %+v", made, test.calls, w.Calls("guard"))
				}
				if trail := w.Trail(r.ID); !strings.Contains(trail, test.ignore) || strings.Contains(trail, "guard") != (test.ignore != "") {
					t.Errorf("the trail says\n%s", trail)
				}
			})
		})
	}
}
