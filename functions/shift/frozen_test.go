package shift_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

func freezes(w *byhand.World) {
	w.T.Helper()
	f := rollout.Frozen{Service: "checkout", By: "grace", How: rollout.ByIAM, Reason: "orders are lost", At: time.Now()}
	if err := w.Store.Freeze(w.T.Context(), f); err != nil {
		w.T.Fatal(err)
	}
}

func hold(r rollout.Release, step int, token string) any {
	task := byhand.Task(r, step, token)
	task.Seconds = 600
	return task
}

func TestFrozenStepMovesNothingAndWaitsByItsToken(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Baking("2")
		w.Pass(10 * time.Minute)
		freezes(w)
		for _, token := range []string{"mine", "second"} {
			w.Does("shift", hold(r, 1, token))
			if l := w.Lease(); w.Serves() != "1 95 %, 2 5 %" || w.Waits(r.ID) != token || len(w.Woken()) != 0 || l.Expires.Before(time.Now().Add(10*time.Minute)) {
				t.Errorf("%s is served, token %q, woken %v, the lease expires in %v", w.Serves(), w.Waits(r.ID), w.Woken(), time.Until(l.Expires))
			}
		}
		lines := 0
		for _, l := range w.Release(r.ID).Audit {
			if strings.Contains(l.What, "It stays at 5 %, because grace froze checkout until it is lifted: orders are lost.") {
				lines++
			}
		}
		if got := w.Told(r.ID); lines != 1 || !slices.Contains(got, "held") {
			t.Errorf("the record says it %d times, people heard %v", lines, got)
		}
	})
}

// Whoever lifts the freeze at the moment at which the step is about to wait may not know of it: it must not wait for the end of its time.
func TestFreezeThatIsLiftedBeforeTheWaitBeginsKeepsNothing(t *testing.T) {
	for name, rings := range map[string]bool{"and it is rung for": true, "and nobody rings": false} {
		t.Run(name, func(t *testing.T) {
			var w *byhand.World
			var r rollout.Release
			lift := byhand.For("shift", sandboxtest.After("dynamodb:Query", func() {
				if err := w.Store.Thaw(w.T.Context(), "checkout"); err != nil {
					t.Error(err)
				}
				if rings {
					if _, err := w.Store.Ring(w.T.Context(), r.ID, time.Now()); err != nil {
						t.Error(err)
					}
				}
			}))
			byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{lift}}, scenario.Canary, func(world *byhand.World) {
				w = world
				r = w.Begun("2")
				freezes(w)
				w.Does("shift", hold(r, 0, "mine"))
				if got := w.Woken(); !slices.Equal(got, []string{"mine"}) {
					t.Errorf("woken %v, want Judge to go on at once", got)
				}
			})
		})
	}
}
