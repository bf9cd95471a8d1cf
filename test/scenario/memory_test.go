package scenario_test

import (
	"strings"
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
			scenario.RunWith(t, scenario.Options{Kind: scenario.InMemory{Traits: traits}}, story)
		})
	}
}

func ends(w *scenario.World, r rollout.Release, end rollout.End, serves string) {
	w.T.Helper()
	if r.End != end || w.Serves() != serves {
		w.T.Errorf("it ended %q, the target serves %s, want %q and %s; cause %+v; its story:\n%s", r.End, w.Serves(), end, serves, r.Cause, scenario.Story(r))
	}
}

func TestGoodReleaseIsPromotedOnAnyKind(t *testing.T) {
	onEach(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		ends(w, w.Ended(w.Requested("2")), rollout.Succeeded, "2")
	})
}

func TestRedAlarmTakesTheReleaseBackOnAnyKind(t *testing.T) {
	onEach(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		id := w.Requested("2")
		w.Pass(16 * time.Minute)
		w.AlarmRed("checkout-errors")
		ends(w, w.Ended(id), rollout.RolledBack, "1")
	})
}

func TestPromotedReleaseIsTakenBackOnAnyKind(t *testing.T) {
	onEach(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		id := w.Requested("2")
		ends(w, w.Ended(id), rollout.Succeeded, "2")
		w.Pass(10 * time.Minute)
		w.AlarmRed("checkout-errors")
		w.Pass(20 * time.Minute)
		r, _ := w.Recorded(id)
		ends(w, r, rollout.RolledBack, "1")
	})
}

func TestSomebodyElsesMoveIsNoticedOnAnyKind(t *testing.T) {
	onEach(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		id := w.Requested("2")
		w.Pass(8 * time.Minute)
		w.MemoryServes("1", "3", 5000)
		r := w.Ended(id)
		if r.End != rollout.Stuck || !r.ByHand || w.Serves() != "1 50 %, 3 50 %" {
			w.T.Errorf("it ended %q, the target serves %s; its story:\n%s", r.End, w.Serves(), scenario.Story(r))
		}
	})
}

// A bake is as long as the definition says, and begins when the traffic is there.
func TestBakeBeginsWhenTheServiceHasMoved(t *testing.T) {
	scenario.RunWith(t, scenario.Options{Kind: scenario.InMemory{Traits: memory.Traits{Takes: 25 * time.Minute}}}, func(w *scenario.World) {
		w.Given(scenario.Canary)
		id := w.Requested("2")
		w.Pass(24 * time.Minute)
		if r, _ := w.Recorded(id); !r.BakeUntil.IsZero() {
			w.T.Errorf("it bakes until %v while its traffic is on the way", r.BakeUntil)
		}
		w.Pass(3 * time.Minute)
		r, _ := w.Recorded(id)
		if left := time.Until(r.BakeUntil); left < 8*time.Minute || left > 10*time.Minute {
			w.T.Errorf("the bake ends in %v, want ten minutes after the traffic was there; its story:\n%s", left, scenario.Story(r))
		}
		ends(w, w.Ended(id), rollout.Succeeded, "2")
	})
}

// Forty minutes are what the way back takes on some services. It is no error: nobody is paged, and the release ends when the traffic is back.
func TestSlowWayBackIsWaitedForAndPagesNobody(t *testing.T) {
	scenario.RunWith(t, scenario.Options{Kind: scenario.InMemory{Traits: memory.Traits{Locked: true, Takes: 40 * time.Minute}}}, func(w *scenario.World) {
		w.Given(scenario.Canary)
		w.Subscribe()
		id := w.Requested("2")
		w.Pass(45 * time.Minute)
		w.AlarmRed("checkout-errors")
		w.Pass(35 * time.Minute)
		if r, _ := w.Recorded(id); r.End != "" || !strings.Contains(scenario.Story(r), "all traffic is on its way back to revision 1") {
			w.T.Errorf("after 35 minutes it has ended %q; its story:\n%s", r.End, scenario.Story(r))
		}
		r := w.Ended(id)
		ends(w, r, rollout.RolledBack, "1")
		if mail := w.Mail(); strings.Contains(mail, "ALARM:") || strings.Contains(mail, "stuck") {
			w.T.Errorf("somebody was paged:\n%s", mail)
		}
	})
}
