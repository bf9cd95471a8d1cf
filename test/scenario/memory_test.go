package scenario_test

import (
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/sandbox/memory"
	"sluice/test/scenario"
)

// sorts are the traits in which services differ.
var sorts = map[string]memory.Traits{
	"with a lock": {Locked: true}, "without a lock": {}, "with a lock, in minutes": {Locked: true, Takes: 3 * time.Minute}, "without a lock, in minutes": {Takes: 3 * time.Minute},
}

func onEach(t *testing.T, story func(w *scenario.World)) {
	for name, traits := range sorts {
		t.Run(name, func(t *testing.T) {
			scenario.RunWith(t, scenario.Options{Memory: &traits}, story)
		})
	}
}

func TestGoodReleaseIsPromotedOnAnyKind(t *testing.T) {
	onEach(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		id := w.Requested("2")
		if r := w.Ended(id); r.End != rollout.Succeeded || w.Serves() != "2" {
			w.T.Errorf("it ended %q, the target serves %s; cause %+v; its story:\n%s", r.End, w.Serves(), r.Cause, scenario.Story(r))
		}
	})
}
