package guard_test

import (
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/byhand"
)

// after promotes version 2, lets version 3 bake on top of it, and takes version 3 back by an alarm, whose event is the answer.
func after(w *byhand.World) (first rollout.Release, e any) {
	first = w.Promoted("2")
	w.Pass(time.Minute)
	later := w.Baking("3")
	w.Pass(time.Minute)
	e = red()
	w.Does("guard", e)
	w.Pass(time.Second)
	w.Leads("rollback", byhand.Start(later).Go(rollout.NextBack))
	w.Leads("settle", byhand.Start(later).Go(rollout.NextSettle))
	if w.Serves() != "2" {
		w.T.Fatalf("after the later release went back the alias serves %s", w.Serves())
	}
	return first, e
}

// The red of the release that went back is no reason to revert the one before it; a red that lasts is, and so is a new one.
func TestAlarmThatTookTheLaterReleaseBackAccusesThePromotionOnlyWhenItLasts(t *testing.T) {
	for name, test := range map[string]struct {
		wait   time.Duration
		anew   bool
		serves string
	}{
		"the same event again":           {serves: "2"},
		"still red within its recovery":  {wait: rollout.Recovery - time.Second, serves: "2"},
		"still red after its recovery":   {wait: rollout.Recovery, serves: "1"},
		"red once more, soon afterwards": {wait: time.Second, anew: true, serves: "1"},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.Run(t, func(w *byhand.World) {
				first, e := after(w)
				w.Pass(test.wait)
				if test.anew {
					e = red()
				}
				w.Does("guard", e)
				if r := w.Release(first.ID); w.Serves() != test.serves || r.Reverted != (test.serves == "1") {
					t.Errorf("the alias serves %s, want %s; reverted %v", w.Serves(), test.serves, r.Reverted)
				}
			})
		})
	}
}

// It is as fast as any other: three calls.
func TestPromotionThatIsArmedAgainIsTakenBackInThreeCalls(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		after(w)
		w.Pass(time.Minute)
		before := len(w.Calls("guard"))
		w.Does("guard", red())
		calls := w.Calls("guard")[before:]
		if len(calls) < 3 || calls[2].Operation != "lambda:UpdateAlias" || calls[2].Err != nil || w.Serves() != "1" {
			t.Errorf("the alias serves %s after %+v", w.Serves(), calls)
		}
	})
}
