package tick_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/sandbox"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// grown is a release that only a ceiling and an alarm watch.
const grown = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"allAtOnce":{"bake":"10m"}},"checks":{"ceilings":[{"percent":4,"errors":5,"requests":100}]},"people":{"grace":{"event":"grace"}},"guard":{"alarms":["checkout-errors"]},"revertWindow":"1h"}`

// at is what AppConfig says at a tick.
func at(version, state string) string {
	return `{"InvocationId":"abc1234","Parameters":{},"Type":"AtDeploymentTick","Application":{"Id":"shop001","Name":"shop"},"Environment":{"Id":"prod001","Name":"prod"},` +
		`"ConfigurationProfile":{"Id":"cart001","Name":"cart"},"DeploymentNumber":2,"ConfigurationVersion":"` + version + `","DeploymentState":"` + state + `","PercentageComplete":"40.0"}`
}

// asked gives the function a tick, as AppConfig does.
func asked(w *scenario.World, payload string) (events.Directive, string) {
	w.T.Helper()
	out, err := w.Sandbox.Lambda.Call(context.Background(), "sluice-sandbox-tick", []byte(payload))
	if err != nil {
		w.T.Fatal(err)
	}
	var d events.Directive
	if out.FunctionError == "" {
		if err := json.Unmarshal(out.Payload, &d); err != nil {
			w.T.Fatal(err)
		}
	}
	return d, out.ErrorMessage
}

// AppConfig itself does not ask here; the test does, ten minutes after a release of version 2 began.
func TestTickAnswersForTheReleaseThatTheDeploymentBelongsTo(t *testing.T) {
	for name, test := range map[string]struct {
		version string
		before  func(w *scenario.World, release string)
		back    string // why it is to go back; empty: it may go on
	}{
		"nothing is wrong":                   {"2", nil, ""},
		"a deployment of another version":    {"5", func(w *scenario.World, _ string) { w.AlarmRed("checkout-errors") }, ""},
		"stable is brought back":             {"1", func(w *scenario.World, _ string) { w.AlarmRed("checkout-errors") }, ""},
		"a person has stopped it":            {"2", stopped, "grace stopped it"},
		"many requests have failed":          {"2", func(w *scenario.World, _ string) { w.Pass(5 * time.Minute) }, "ceiling"},
		"the guard's alarm is red by itself": {"2", func(w *scenario.World, _ string) { w.AlarmRed("checkout-errors") }, "checkout-errors"},
	} {
		t.Run(name, func(t *testing.T) {
			scenario.RunWith(t, scenario.Options{Kind: scenario.Configured{Unasked: true}, Hop: late}, func(w *scenario.World) {
				w.Given(grown)
				if test.back == "ceiling" {
					w.Breaks("2", 1)
				}
				w.Pollers(20, 600)
				w.Pass(5 * time.Minute)
				id := w.Requested("2")
				w.Pass(10*time.Minute + 20*time.Second) // between two looks at the alarms
				if test.before != nil {
					test.before(w, id)
				}
				d, failed := asked(w, at(test.version, "DEPLOYING"))
				want := "CONTINUE"
				if test.back != "" {
					want = "ROLL_BACK"
				}
				if d.Directive != want || failed != "" || !strings.Contains(d.Description, test.back) {
					t.Errorf("it answers %+v %s, want %s because of %q", d, failed, want, test.back)
				}
				if test.back == "ceiling" {
					r := w.Ended(id)
					if r.End != rollout.RolledBack || r.Cause.Kind != rollout.ByCheck || !strings.Contains(scenario.Story(r), "tick      Fail: ") {
						t.Errorf("it ended %s by %+v:\n%s", r.End, r.Cause, scenario.Story(r))
					}
				}
			})
		})
	}
}

// late keeps the guard from hearing of an alarm before the tick is judged.
func late(ctx context.Context, h sandbox.Hop, next func(context.Context) error) error {
	if h.From == "events" && strings.Contains(h.Target, "guard") {
		time.Sleep(time.Second)
	}
	return next(ctx)
}

// stopped raises the fence of a release as a person who stops it does.
func stopped(w *scenario.World, release string) {
	l := w.Lease()
	_, err := w.Store.Raise(context.Background(), l.Target, release, l.Epoch, rollout.Fence{Kind: rollout.ByPerson, By: "grace", Reason: "grace stopped it", At: time.Now()})
	if err != nil {
		w.T.Fatal(err)
	}
}

func TestTickOfNoReleaseGoesOn(t *testing.T) {
	scenario.RunWith(t, scenario.Options{Kind: scenario.Configured{Unasked: true}}, func(w *scenario.World) {
		w.Given(grown)
		if d, failed := asked(w, at("2", "DEPLOYING")); d.Directive != "CONTINUE" || failed != "" {
			t.Errorf("it answers %+v %s", d, failed)
		}
	})
}

// An error is a no: AppConfig goes back.
func TestTickThatCannotReadFails(t *testing.T) {
	for _, operation := range []string{"dynamodb:GetItem", "cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"} {
		t.Run(operation, func(t *testing.T) {
			var away atomic.Bool
			fault := func(next wire.Handler) wire.Handler {
				failing := byhand.For("tick", sandboxtest.Fail(operation, sandboxtest.Always, wire.AccessDenied("away")))(next)
				return func(ctx context.Context, call *wire.Call) (any, error) {
					if away.Load() {
						return failing(ctx, call)
					}
					return next(ctx, call)
				}
			}
			scenario.RunWith(t, scenario.Options{Kind: scenario.Configured{Unasked: true}, Middleware: []wire.Middleware{fault}}, func(w *scenario.World) {
				w.Given(grown)
				w.Requested("2")
				w.Pass(10 * time.Minute)
				away.Store(true)
				if d, failed := asked(w, at("2", "DEPLOYING")); failed == "" {
					t.Errorf("it answers %+v", d)
				}
			})
		})
	}
}

// Without an event of AppConfig's, the tick tells that all callers have the version.
func TestTickInTheBakeWakesTheRelease(t *testing.T) {
	scenario.RunWith(t, scenario.Options{Kind: scenario.Configured{Unasked: true}}, func(w *scenario.World) {
		w.Given(grown)
		id := w.Requested("2")
		w.Pass(30*time.Minute + time.Second)
		if d, failed := asked(w, at("2", "BAKING")); d.Directive != "CONTINUE" || failed != "" {
			t.Errorf("it answers %+v %s", d, failed)
		}
		w.Pass(5 * time.Second)
		if r, _ := w.Recorded(id); r.BakeUntil.IsZero() {
			t.Errorf("its bake has not begun:\n%s", scenario.Story(r))
		}
	})
}
