package shift_test

import (
	"slices"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/scenario"
)

// Shift comes to a release whose freeze was lifted at this moment: what has to run before the step has not.
func TestStepDoesNotMoveBeforeItsHook(t *testing.T) {
	definition := scenario.Hooking(scenario.Canary, `{"name":"migrate","beforeStep":2,"codeBuild":"acceptance"}`)
	byhand.RunWith(t, scenario.Options{}, definition, func(w *byhand.World) {
		r := w.Baking("2")
		w.Pass(10 * time.Minute)
		w.Does("shift", hold(r, 1, "mine"))
		if w.Serves() != "1 95 %, 2 5 %" || !slices.Equal(w.Woken(), []string{"mine"}) {
			t.Errorf("%s is served, woken %v", w.Serves(), w.Woken())
		}
		if c := w.Leads("judge", rollout.Cursor{Release: r.ID, Step: 1}); c.Next != rollout.NextHook || c.Step != 1 {
			t.Errorf("it goes on with %+v", c)
		}
	})
}
