package rollback_test

import (
	"testing"

	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/scenario"
)

// What sees to a hook after the promotion may fail for good: then the state machine leads it to Rollback and Settle, as it does everything.
func TestPromotionStandsWhateverBecomesOfItsHooks(t *testing.T) {
	after := scenario.Hooking(scenario.Canary, `{"name":"tell","after":"promotion","codeBuild":"acceptance"}`)
	byhand.RunWith(t, scenario.Options{}, after, func(w *byhand.World) {
		r := w.Promoted("2")
		c := byhand.Start(r).AfterEnd()
		w.Does("rollback", byhand.Back(c))
		w.Leads("settle", c)
		if now := w.Release(r.ID); w.Serves() != "2" || w.Lease().Fence != nil || now.Reverted || now.End != rollout.Succeeded {
			t.Errorf("%s is served, the fence is %+v", w.Serves(), w.Lease().Fence)
		}
	})
}
