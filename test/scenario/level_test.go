package scenario

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/sandbox/wire"
)

// long is Canary with a step that bakes for six hours: nothing else would look at its alarm before.
var long = strings.Replace(Canary, `{"weight":25,"bake":"10m"}`, `{"weight":25,"bake":"6h"}`, 1)

// lost is a way of events on which those to guard are lost.
func lost(ctx context.Context, h sandbox.Hop, next func(context.Context) error) error {
	if strings.HasSuffix(h.Target, ":"+stackName+"-guard") {
		return nil
	}
	return next(ctx)
}

// throttledTable answers no function's call of the table while it is down.
func throttledTable(down *atomic.Bool) wire.Middleware {
	return func(next wire.Handler) wire.Handler {
		return func(ctx context.Context, call *wire.Call) (any, error) {
			if down.Load() && call.Service == "dynamodb" && call.Caller != "" {
				return nil, wire.Throttled("Rate of requests exceeds the allowed throughput.")
			}
			return next(ctx, call)
		}
	}
}

// backWithin checks that a release goes back at the latest some time after now.
func (w *World) backWithin(limit time.Duration) {
	w.T.Helper()
	begun := time.Now()
	for w.Serves() != "1" {
		if time.Since(begun) > limit {
			w.T.Fatalf("%v later the alias still serves %s:\n%s", time.Since(begun), w.Serves(), w.Trail(w.Last()))
		}
		w.Pass(time.Second)
	}
}

// Without the level a user keeps the broken version for the rest of the bake (six hours), or, after the promotion, for good.
func TestAlarmWhoseEventIsLostTakesTheReleaseBackWithinTwoMinutes(t *testing.T) {
	t.Run("in a bake of six hours", func(t *testing.T) {
		RunWith(t, Options{Hop: lost}, func(w *World) {
			w.Given(long)
			id := w.Requested("2")
			w.AtStep(id, 1)
			w.Pass(3 * time.Hour)
			w.StaysRed(Alarm)
			w.backWithin(2 * time.Minute)
			w.Then(w.Ended(id), rollout.RolledBack, began+step+step+back, "1")
		})
	})
	t.Run("inside the revert window", func(t *testing.T) {
		RunWith(t, Options{Hop: lost}, func(w *World) {
			w.Given(Canary)
			id := w.Requested("2")
			w.Ended(id)
			w.Pass(50 * time.Minute)
			w.StaysRed(Alarm)
			w.backWithin(2 * time.Minute)
			w.Pass(time.Minute)
			if r := w.Ended(id); r.End != rollout.RolledBack || !r.Reverted {
				t.Errorf("ended %s, reverted %v", r.End, r.Reverted)
			}
		})
	})
}

// DynamoDB is throttled for four minutes while the alarm goes red: guard's three tries are over before the table answers again.
func TestAlarmDuringAThrottledTableTakesTheReleaseBackWithinTwoMinutesOfItsEnd(t *testing.T) {
	for name, test := range map[string]struct {
		definition string
		lead       func(w *World)
		end        rollout.End
	}{
		"in a bake of six hours":   {long, func(w *World) { w.AtStep(w.Requested("2"), 1); w.Pass(2 * time.Hour) }, rollout.RolledBack},
		"inside the revert window": {Canary, func(w *World) { w.Ended(w.Requested("2")); w.Pass(20 * time.Minute) }, rollout.RolledBack},
	} {
		t.Run(name, func(t *testing.T) {
			var down atomic.Bool
			RunWith(t, Options{Middleware: []wire.Middleware{throttledTable(&down)}}, func(w *World) {
				w.Given(test.definition)
				test.lead(w)
				for _, f := range []string{"guard", "watch", "sweep"} {
					w.GivesUp(f)
				}
				down.Store(true)
				w.StaysRed(Alarm)
				w.Pass(4 * time.Minute)
				if w.Serves() == "1" {
					t.Fatal("it went back while the table was down: the story proves nothing")
				}
				down.Store(false)
				w.backWithin(2 * time.Minute)
				w.Pass(time.Minute)
				if r := w.Ended(w.Last()); r.End != test.end || r.Cause.Kind != rollout.ByAlarm {
					t.Errorf("ended %s because of %+v", r.End, r.Cause)
				}
			})
		})
	}
}

// A composite alarm is listed only by those who ask for it: its level counts as a metric alarm's.
func TestCompositeAlarmWhoseEventIsLostTakesTheReleaseBack(t *testing.T) {
	RunWith(t, Options{Hop: lost}, func(w *World) {
		w.Given(with(Canary, `["checkout-errors"]`, `["checkout"]`))
		w.composite("checkout", Alarm)
		w.Pass(2 * time.Minute)
		id := w.Requested("2")
		w.AtStep(id, 0)
		w.keepsRed(Alarm)
		w.backWithin(2 * time.Minute)
		w.Ended(id)
	})
}

// What is read each minute must cost nothing while nobody needs it.
func TestWatchWorksWhileSomethingIsHeldOrArmedAndRestsAfterwards(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary) // the stack came with the schedule at work, and its first turn put it to rest
		w.Pass(time.Minute)
		resting := len(w.Calls("watch"))
		w.Pass(time.Hour)
		if n := len(w.Calls("watch")); w.WatchEnabled() || n != resting {
			t.Errorf("at rest it is enabled %v and made %d calls in an hour", w.WatchEnabled(), n-resting)
		}
		w.Ended(w.Requested("2"))
		w.Pass(59 * time.Minute)
		if !w.WatchEnabled() {
			t.Error("it rests inside the revert window")
		}
		w.Pass(3 * time.Minute)
		if w.WatchEnabled() {
			t.Error("it works although the revert window is over")
		}
	})
}

// An update of the stack that touches the schedule, and a person who disables it, leave nobody unwatched for long.
func TestScheduleThatIsWrittenAnewOrDisabledWorksWhileSomethingBakes(t *testing.T) {
	for name, test := range map[string]struct {
		happens func(w *World)
		within  time.Duration
	}{
		"an update of the stack while it works":             {func(w *World) { w.stackUpdated() }, 2 * time.Minute},
		"an update of the stack after somebody disabled it": {func(w *World) { w.watchRests(); w.stackUpdated() }, 2 * time.Minute},
		"somebody disables it":                              {func(w *World) { w.watchRests() }, 7 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			RunWith(t, Options{Hop: lost}, func(w *World) {
				w.Given(long)
				id := w.Requested("2")
				w.AtStep(id, 1)
				test.happens(w)
				w.StaysRed(Alarm)
				w.backWithin(test.within)
				w.Ended(id)
			})
		})
	}
	t.Run("an update of the stack at rest", func(t *testing.T) {
		Run(t, func(w *World) {
			w.Given(Canary)
			w.stackUpdated()
			w.Pass(2 * time.Minute)
			if w.WatchEnabled() {
				t.Error("nothing is held or armed, and it works")
			}
		})
	})
}

// A release that is let in while the schedule is being put to rest is watched.
func TestReleaseThatBeginsWhileWatchGoesToRestIsWatched(t *testing.T) {
	for _, before := range []string{"events:DisableRule", "dynamodb:Query"} {
		t.Run("right before "+before, func(t *testing.T) {
			var world atomic.Pointer[World]
			interrupt := on("watch", before, func() {
				if w := world.Swap(nil); w != nil {
					w.Requested("2")
					w.Pass(2 * time.Second)
				}
			})
			RunWith(t, Options{Hop: lost, Middleware: interrupt}, func(w *World) {
				w.Make(long)
				world.Store(w)
				w.Pass(20 * time.Minute)
				w.AtStep(w.Last(), 1)
				w.StaysRed(Alarm)
				w.backWithin(2 * time.Minute)
				w.Ended(w.Last())
			})
		})
	}
}
