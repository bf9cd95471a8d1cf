package scenario_test

import (
	"sync/atomic"
	"testing"

	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// A candidate that fails one request in ten is no alarm's business while it has 5 %: only who compares finds it there. Where every request fails both are
// quick.
func TestBadTaskDefinitionBesideECSOwnCanary(t *testing.T) {
	for _, oneOf := range []int{1, 2, 10} {
		taken := map[string]scenario.Taken{}
		for _, r := range scenario.Rivals() {
			calls := new(atomic.Int64)
			scenario.RunWith(t, scenario.Options{Kind: scenario.OnECS{}, Middleware: []wire.Middleware{scenario.CountingCalls(calls)}}, func(w *scenario.World) {
				taken[r.Name] = r.Release(w, calls, oneOf)
			})
			t.Logf("one request in %d fails; %s: %v", oneOf, r.Name, taken[r.Name])
		}
		alone, over := taken[scenario.Rivals()[0].Name], taken[scenario.Rivals()[1].Name]
		if over.Decided == 0 || oneOf == 10 && alone.Decided > 0 && over.Harmed >= alone.Harmed {
			t.Errorf("one in %d: ECS alone %v, Sluice over it %v", oneOf, alone, over)
		}
	}
}
