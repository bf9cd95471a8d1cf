package scenario_test

import (
	"testing"

	"sluice/test/scenario"
)

// From the alarm's event to the traffic: which targets does it guard, raise the fence, move.
func TestEveryKindsTrafficIsBackAfterThreeCalls(t *testing.T) {
	for _, c := range scenario.Contenders() {
		t.Run(c.Name, func(t *testing.T) {
			scenario.RunWith(t, scenario.Options{Kind: c.Kind}, func(w *scenario.World) {
				if calls := c.BackByAlarm(w); calls != 3 {
					w.T.Errorf("guard made %d calls until the traffic moved", calls)
				}
			})
		})
	}
}
