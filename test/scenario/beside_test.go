package scenario_test

import (
	"testing"

	"sluice/test/scenario"
)

// A candidate that fails one request in ten is no alarm's business while it has 5 %: only who compares finds it there. Where every request fails both are
// quick.
func TestBadTaskDefinitionBesideECSOwnCanary(t *testing.T) {
	for _, oneOf := range []int{1, 2, 10} {
		var taken []scenario.Taken
		for _, r := range scenario.Rivals() {
			m := new(scenario.Meter)
			scenario.RunWith(t, m.Options(scenario.OnECS{}), func(w *scenario.World) {
				taken = append(taken, r.Release(w, m, oneOf))
			})
			t.Logf("one request in %d fails; %s: %v", oneOf, r.Name, taken[len(taken)-1])
		}
		last := len(taken) - 1
		over := taken[last]
		for i, alone := range taken[:last] {
			if over.Decided == 0 || oneOf == 10 && alone.Decided > 0 && over.Harmed >= alone.Harmed {
				t.Errorf("one in %d: %s %v, Sluice over ECS %v", oneOf, scenario.Rivals()[i].Name, alone, over)
			}
		}
		if over.Used.Transitions == 0 || over.Used.Invocations <= over.Used.Transitions/2 || over.Used.Writes == 0 || over.Used.Metrics == 0 {
			t.Errorf("what Sluice uses is not counted: %+v", over.Used)
		}
	}
}
