package scenario_test

import (
	"testing"

	"sluice/test/scenario"
)

// The machine does not ask again and again whether a move holds that takes its service a while: it waits as long as such a move took before.
func TestAReleaseTakesNoMoreTransitionsThanItsStepsAndMoves(t *testing.T) {
	for _, c := range scenario.Contenders() {
		t.Run(c.Name, func(t *testing.T) {
			scenario.RunWith(t, scenario.Options{Kind: c.Kind}, func(w *scenario.World) {
				n, steps := c.Promoted(w)
				if most := c.Most(steps); n > most {
					w.T.Errorf("a release of %d steps took %d transitions, want %d at most", steps, n, most)
				}
			})
		})
	}
}

// From the alarm's event to the traffic: which targets does it guard, raise the fence, move.
func TestEveryKindsTrafficIsBackAfterThreeCalls(t *testing.T) {
	for _, c := range scenario.Contenders() {
		t.Run(c.Name, func(t *testing.T) {
			scenario.RunWith(t, scenario.Options{Kind: c.Kind}, func(w *scenario.World) {
				back := c.BackByAlarm(w)
				if back.Calls != 3 {
					w.T.Errorf("guard made %d calls until the traffic moved", back.Calls)
				}
				if back.Meets > c.Within {
					w.T.Errorf("a client met the candidate %v after the alarm, want %v at most", back.Meets, c.Within)
				}
			})
		})
	}
}
