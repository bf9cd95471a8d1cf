package look_test

import (
	"slices"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/scenario"
)

// judged is Canary with a comparison of errors.
const judged = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":5,"bake":"10m"},{"weight":50,"bake":"10m"}]}},
	"checks":{"errors":[{"cluster":1}]},"guard":{"alarms":["checkout-errors"]},"revertWindow":"1h"}`

// tick is what the schedule sends.
var tick = byhand.Event("Scheduled Event", struct{}{})

// read counts how often metrics were read.
func read(w *byhand.World) int {
	n := 0
	for _, c := range w.Calls("look") {
		if c.Operation == "cloudwatch:GetMetricData" {
			n++
		}
	}
	return n
}

func TestOnlyReleasesThatBakeAreLookedAt(t *testing.T) {
	for name, test := range map[string]struct {
		lead func(w *byhand.World)
		want bool
	}{
		"one that bakes":             {func(w *byhand.World) { w.Baking("2") }, true},
		"one that is only planned":   {func(w *byhand.World) { w.Planned("2") }, false},
		"one that has begun":         {func(w *byhand.World) { w.Begun("2") }, false},
		"one whose fence is up":      {func(w *byhand.World) { w.Fenced(w.Baking("2")) }, false},
		"one that was taken over":    {func(w *byhand.World) { w.Baking("2"); w.LeaseExpires(); w.Begun("3") }, false},
		"one that has been promoted": {func(w *byhand.World) { w.Promoted("2") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.RunWith(t, scenario.Options{}, judged, func(w *byhand.World) {
				test.lead(w)
				w.Pass(time.Minute)
				before := read(w)
				w.Does("look", tick)
				if got := read(w) > before; got != test.want {
					t.Errorf("its metrics were read: %v, want %v", got, test.want)
				}
			})
		})
	}
}

func TestScheduleRestsWhenNothingIsOpen(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, judged, func(w *byhand.World) {
		w.Promoted("2")
		before := len(w.Calls("look"))
		w.Does("look", tick)
		var made []string
		for _, c := range w.Calls("look")[before:] {
			made = append(made, c.Operation)
		}
		if want := []string{"dynamodb:Query", "events:DisableRule", "dynamodb:Query"}; !slices.Equal(made, want) {
			t.Errorf("it made %v, want %v", made, want)
		}
	})
}

// What fails raises the fence and wakes the machine; look itself moves nothing.
func TestBadReleaseIsFencedAndWoken(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, judged, func(w *byhand.World) {
		w.Breaks("2", 1)
		w.Traffic(600)
		r := w.Baking("2")
		w.Pass(5 * time.Minute)
		before := w.Lock()
		w.Does("look", tick)
		f := w.Lease().Fence
		if f == nil || f.Kind != rollout.ByCheck || f.By != "errors" || !slices.Equal(w.Woken(), []string{"first"}) || w.Lock() != before {
			t.Errorf("fence %+v, woken %v\n%s", f, w.Woken(), w.Trail(r.ID))
		}
	})
}
