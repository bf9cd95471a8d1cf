package decide_test

import (
	"testing"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/scenario"
)

// Whoever may stop a service is many; to let it go on takes somebody of its definition, or whoever stopped it.
func TestStrangersLiftNoFreeze(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, everywhere(), func(w *byhand.World) {
		w.Baking("2")
		says := func(do, user string) int {
			w.Does("decide:command", events.Spoken{Word: &events.Word{Service: scenario.Service, Do: do, How: rollout.ByIAM, By: scenario.IAM(user), Comment: "orders are lost"}})
			all, err := w.Store.Freezes(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return len(all)
		}
		if n := says(events.Freeze, "eve"); n != 0 {
			t.Error("a stranger's freeze counts, although the definition names people")
		}
		if n := says(events.Freeze, "grace"); n != 1 {
			t.Fatalf("%d freezes, want grace's", n)
		}
		if n := says(events.Unfreeze, "eve"); n != 1 {
			t.Error("a stranger has lifted it")
		}
		if n := says(events.Unfreeze, "grace"); n != 0 {
			t.Error("grace cannot lift it")
		}
	})
}
