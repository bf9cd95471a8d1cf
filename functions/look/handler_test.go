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

// asked is what watch sends about a release.
func asked(r rollout.Release) rollout.Looks { return rollout.Looks{Releases: []string{r.ID}} }

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
		lead func(w *byhand.World) rollout.Release
		want bool
	}{
		"one that bakes":             {func(w *byhand.World) rollout.Release { return w.Baking("2") }, true},
		"one that is only planned":   {func(w *byhand.World) rollout.Release { return w.Planned("2") }, false},
		"one that has begun":         {func(w *byhand.World) rollout.Release { return w.Begun("2") }, false},
		"one whose fence is up":      {func(w *byhand.World) rollout.Release { r := w.Baking("2"); w.Fenced(r); return r }, false},
		"one that was taken over":    {func(w *byhand.World) rollout.Release { r := w.Baking("2"); w.LeaseExpires(); w.Begun("3"); return r }, false},
		"one that has been promoted": {func(w *byhand.World) rollout.Release { return w.Promoted("2") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.RunWith(t, scenario.Options{}, judged, func(w *byhand.World) {
				r := test.lead(w)
				w.Pass(time.Minute)
				before := read(w)
				w.Does("look", asked(r))
				if got := read(w) > before; got != test.want {
					t.Errorf("its metrics were read: %v, want %v", got, test.want)
				}
			})
		})
	}
}

// One that cannot be read does not keep the others of its batch from being looked at.
func TestReleaseThatCannotBeReadStandsInNobodysWay(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, judged, func(w *byhand.World) {
		r := w.Baking("2")
		w.Pass(time.Minute)
		w.Refuses("look", rollout.Looks{Releases: []string{"checkout-000000000000", r.ID}}, "not found")
		if read(w) == 0 {
			t.Error("the other was not looked at")
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
		w.Does("look", asked(r))
		f := w.Lease().Fence
		if f == nil || f.Kind != rollout.ByCheck || f.By != "errors" || !slices.Equal(w.Woken(), []string{"first"}) || w.Lock() != before {
			t.Errorf("fence %+v, woken %v\n%s", f, w.Woken(), w.Trail(r.ID))
		}
	})
}
