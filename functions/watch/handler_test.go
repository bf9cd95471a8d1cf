package watch_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// judged is Canary with a comparison of errors, and no alarm.
const judged = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":5,"bake":"10m"},{"weight":50,"bake":"10m"}]}},
	"checks":{"errors":[{"cluster":1}]},"guard":{"alarms":[]},"revertWindow":"1h"}`

// tick is what the schedule sends.
var tick = byhand.Event("Scheduled Event", struct{}{})

// ticks gives watch its turn, and lets those work whom it hands something to. The answer is what it called.
func ticks(w *byhand.World) []string {
	before := len(w.Calls("watch"))
	w.Does("watch", tick)
	w.Pass(3 * time.Second) // past the moment in which alarms are evaluated
	var made []string
	for _, c := range w.Calls("watch")[before:] {
		made = append(made, c.Operation)
	}
	return made
}

// guards says whether somebody was asked to bring traffic back.
func guards(w *byhand.World) bool { return len(w.Calls("guard")) > 0 }

// A user whose alarm's event is lost keeps a broken version for the rest of the bake, or for ever after the promotion.
func TestRedAlarmWhoseEventIsLostIsHandedToGuard(t *testing.T) {
	for name, lead := range map[string]func(w *byhand.World) rollout.Release{
		"before the first traffic":  func(w *byhand.World) rollout.Release { return w.Begun("2") },
		"while it bakes":            func(w *byhand.World) rollout.Release { return w.Baking("2") },
		"inside the revert window":  func(w *byhand.World) rollout.Release { return w.Promoted("2") },
		"at the window's last turn": func(w *byhand.World) rollout.Release { r := w.Promoted("2"); w.Pass(59 * time.Minute); return r },
	} {
		t.Run(name, func(t *testing.T) {
			byhand.Run(t, func(w *byhand.World) {
				r := lead(w)
				ticks(w)
				if guards(w) {
					t.Fatal("a green alarm was handed on")
				}
				w.AlarmRed(scenario.Alarm)
				ticks(w)
				f := w.Lease().Fence
				if w.Serves() != "1" || f == nil || f.By != scenario.Alarm || !strings.Contains(f.Reason, "went red: a story") {
					t.Errorf("the alias serves %s, fence %+v\n%s", w.Serves(), f, w.Trail(r.ID))
				}
				before := len(w.Calls("guard"))
				ticks(w)
				if len(w.Calls("guard")) != before {
					t.Error("it was handed on again, with the fence up")
				}
			})
		})
	}
}

func TestRedAlarmThatIsNobodysBusinessIsNotHandedOn(t *testing.T) {
	for name, lead := range map[string]func(w *byhand.World){
		"red since before the release": func(w *byhand.World) {
			w.AlarmRed(scenario.Alarm)
			w.Pass(2 * time.Second)
			r := w.Planned("2")
			w.Leads("admit", byhand.Start(r)) // lets it in to nothing: the lease is held until settle
		},
		"after the revert window": func(w *byhand.World) {
			w.Promoted("2")
			w.Pass(61 * time.Minute)
			w.AlarmRed(scenario.Alarm)
		},
		"of a release that goes back already": func(w *byhand.World) {
			w.Fenced(w.Baking("2"))
			w.AlarmRed(scenario.Alarm)
		},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.Run(t, func(w *byhand.World) {
				lead(w)
				ticks(w)
				if guards(w) {
					t.Errorf("guard was asked; fence %+v", w.Lease().Fence)
				}
			})
		})
	}
}

// Guard's policies are the event's: a muted alarm holds as the definition says, is told once, and takes the release back when its mute ends.
func TestMutedAlarmHoldsUntilItsMuteEnds(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Baking("2")
		w.Muted(scenario.Alarm, time.Now().Add(5*time.Minute))
		w.AlarmRed(scenario.Alarm)
		for range 3 {
			ticks(w)
		}
		if trail := w.Trail(r.ID); w.Serves() != "1 95 %, 2 5 %" || strings.Count(trail, "is red but muted") != 1 {
			t.Errorf("the alias serves %s; the trail says\n%s", w.Serves(), trail)
		}
		w.Pass(5 * time.Minute)
		w.AlarmRed(scenario.Alarm) // its own evaluation turned it green
		ticks(w)
		if w.Serves() != "1" {
			t.Errorf("the mute has ended, and the alias serves %s\n%s", w.Serves(), w.Trail(r.ID))
		}
	})
}

// In a common outage the events of many alarms are lost together. The most traffic is handed to guard first.
func TestRedAlarmOfTheMostTrafficIsHandedOnFirst(t *testing.T) {
	var asked []string
	heard := byhand.For("watch", func(next wire.Handler) wire.Handler {
		return func(ctx context.Context, call *wire.Call) (any, error) {
			if in, ok := call.Input.(*lambda.InvokeInput); ok {
				var e events.Envelope[events.Alarm]
				if err := json.Unmarshal(in.Payload, &e); err == nil {
					asked = append(asked, e.Detail.AlarmName)
				}
			}
			return next(ctx, call)
		}
	})
	byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{heard}, Services: true}, scenario.Canary, func(w *byhand.World) {
		half, all := w.Of("payments", scenario.Canary), w.Of("search", scenario.Canary)
		w.Baking("2")
		r := half.Baking("2")
		half.Does("shift", byhand.Task(r, 2, "later"))
		all.Promoted("2")
		for _, service := range []string{"checkout", "payments", "search"} {
			w.AlarmRed(service + "-errors")
		}
		ticks(w)
		if want := []string{"search-errors", "payments-errors", "checkout-errors"}; !slices.Equal(asked, want) {
			t.Errorf("guard was asked about %v, want %v", asked, want)
		}
		if w.Serves() != "1" || half.Serves() != "1" || all.Serves() != "1" {
			t.Errorf("they serve %s, %s and %s", w.Serves(), half.Serves(), all.Serves())
		}
	})
}

func TestAlarmWithoutDataIsToldOnce(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Baking("2")
		w.AlarmUnknown(scenario.Alarm)
		for range 3 {
			ticks(w)
		}
		if trail := w.Trail(r.ID); strings.Count(trail, "has no data") != 1 || w.Lease().Fence != nil {
			t.Errorf("fence %+v; the trail says\n%s", w.Lease().Fence, trail)
		}
	})
}

func TestOnlyReleasesThatBakeAndCountAreHandedToLook(t *testing.T) {
	for name, test := range map[string]struct {
		lead func(w *byhand.World)
		want bool
	}{
		"one that bakes":             {func(w *byhand.World) { w.Baking("2") }, true},
		"one that has begun":         {func(w *byhand.World) { w.Begun("2") }, false},
		"one whose fence is up":      {func(w *byhand.World) { w.Fenced(w.Baking("2")) }, false},
		"one that has been promoted": {func(w *byhand.World) { w.Promoted("2") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.RunWith(t, scenario.Options{}, judged, func(w *byhand.World) {
				test.lead(w)
				w.Pass(time.Minute)
				ticks(w)
				if got := len(w.Calls("look")) > 0; got != test.want {
					t.Errorf("it was looked at: %v, want %v", got, test.want)
				}
			})
		})
	}
}

// At rest it costs nothing: once nothing is held or armed, the list is empty and the schedule disabled.
func TestScheduleRestsWhenNothingIsHeldOrArmed(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		w.Promoted("2")
		w.Pass(59 * time.Minute)
		if made := ticks(w); slices.Contains(made, "events:DisableRule") {
			t.Errorf("it rests inside the revert window: %v", made)
		}
		w.Pass(time.Minute)
		want := []string{"dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:DeleteItem", "events:DisableRule", "dynamodb:Query"}
		if made := ticks(w); !slices.Equal(made, want) || w.WatchEnabled() {
			t.Errorf("it made %v, want %v; enabled %v", made, want, w.WatchEnabled())
		}
		if want := []string{"dynamodb:Query", "events:DisableRule", "dynamodb:Query"}; !slices.Equal(ticks(w), want) {
			t.Errorf("with an empty list it does not make %v", want)
		}
	})
}
