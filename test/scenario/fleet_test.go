package scenario_test

import (
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/sandbox/memory"
	"sluice/test/scenario"
)

// outright brings a revision out to all, as services do that move by themselves.
const outright = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"allAtOnce":{"bake":"10m"}},"people":{"grace":{"event":"grace"}},"guard":{"alarms":["checkout-errors"]},"revertWindow":"1h"}`

func onFleet(t *testing.T, story func(w *scenario.World)) {
	scenario.RunWith(t, scenario.Options{Kind: scenario.Fleet{Pace: memory.Pace{Takes: 20 * time.Minute, Breaks: "3"}}}, func(w *scenario.World) {
		w.Given(outright)
		w.Subscribe()
		story(w)
		if mail := w.Mail(); strings.Contains(mail, "ALARM:") || strings.Contains(mail, "stuck") {
			w.T.Errorf("somebody was paged:\n%s", mail)
		}
	})
}

func TestFleetIsBroughtOutAndBakesFromThenOn(t *testing.T) {
	onFleet(t, func(w *scenario.World) {
		id := w.Requested("2")
		w.Pass(22 * time.Minute)
		r, _ := w.Recorded(id)
		if left := time.Until(r.BakeUntil); r.BakeUntil.IsZero() || left < 7*time.Minute {
			w.T.Errorf("the bake ends in %v, want ten minutes after all were there; its story:\n%s", left, scenario.Story(r))
		}
		ends(w, w.Ended(id), rollout.Succeeded, "2")
	})
}

// The service would have gone on: it knows of no alarm.
func TestRedAlarmTurnsADeploymentRoundThatIsUnderWay(t *testing.T) {
	onFleet(t, func(w *scenario.World) {
		id := w.Requested("2")
		w.Pass(8 * time.Minute)
		w.AlarmRed("checkout-errors")
		w.Pass(time.Minute)
		if got := w.Serves(); got != "1" {
			w.T.Errorf("a minute after the alarm it heads for %s", got)
		}
		r := w.Ended(id)
		ends(w, r, rollout.RolledBack, "1")
		if r.Cause == nil || r.Cause.Kind != rollout.ByAlarm {
			w.T.Errorf("the cause is %+v", r.Cause)
		}
	})
}

func TestDeploymentThatItsServiceGivesUpSaysWhy(t *testing.T) {
	onFleet(t, func(w *scenario.World) {
		r := w.Ended(w.Requested("3"))
		ends(w, r, rollout.RolledBack, "1")
		if r.Cause == nil || !strings.Contains(r.Cause.Reason, "the service gave the deployment up: revision 3 does not get healthy") {
			w.T.Errorf("the cause is %+v", r.Cause)
		}
	})
}

func TestPromotedFleetIsTakenBackByADeploymentOfStable(t *testing.T) {
	onFleet(t, func(w *scenario.World) {
		id := w.Requested("2")
		ends(w, w.Ended(id), rollout.Succeeded, "2")
		w.Pass(10 * time.Minute)
		w.AlarmRed("checkout-errors")
		w.Pass(30 * time.Minute)
		r, _ := w.Recorded(id)
		ends(w, r, rollout.RolledBack, "1")
	})
}

// Somebody's own deployment is not ours to turn round: the release waits for its end, and begins from what serves then.
func TestReleaseWaitsForADeploymentThatIsUnderWay(t *testing.T) {
	onFleet(t, func(w *scenario.World) {
		w.Deployed("5")
		id := w.Requested("2")
		w.Pass(5 * time.Minute)
		if r, _ := w.Recorded(id); r.Epoch != 0 || w.Serves() != "5" || !strings.Contains(scenario.Story(r), "Waits until fleet checkout in memory has come to rest") {
			w.T.Errorf("after five minutes it heads for %s; its story:\n%s", w.Serves(), scenario.Story(r))
		}
		r := w.Ended(id)
		ends(w, r, rollout.Succeeded, "2")
		if r.Stable != "5" {
			w.T.Errorf("it would have come back to %s, want what somebody had brought out", r.Stable)
		}
	})
}

func TestSomebodyElsesDeploymentInABakeIsNoticed(t *testing.T) {
	scenario.RunWith(t, scenario.Options{Kind: scenario.Fleet{Pace: memory.Pace{Takes: 20 * time.Minute}}}, func(w *scenario.World) {
		w.Given(outright)
		id := w.Requested("2")
		w.Pass(25 * time.Minute)
		w.Deployed("5")
		r := w.Ended(id)
		if r.End != rollout.Stuck || !r.ByHand || w.Serves() != "5" {
			w.T.Errorf("it ended %q, the fleet serves %s; its story:\n%s", r.End, w.Serves(), scenario.Story(r))
		}
	})
}

// climbing has a fleet rest at each weight until Sluice has judged it.
const climbing = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":5,"bake":"10m"},{"weight":25,"bake":"10m"}]}},
	"people":{"grace":{"event":"grace"}},"guard":{"alarms":["checkout-errors"]},"revertWindow":"1h"}`

func onClimbingFleet(t *testing.T, story func(w *scenario.World)) {
	scenario.RunWith(t, scenario.Options{Kind: scenario.Fleet{Pace: memory.Pace{Takes: 4 * time.Minute}}}, func(w *scenario.World) {
		w.Given(climbing)
		story(w)
	})
}

func TestFleetRestsAtEachWeightUntilItIsJudged(t *testing.T) {
	onClimbingFleet(t, func(w *scenario.World) {
		id := w.Requested("2")
		w.Pass(10 * time.Minute)
		if got := w.Serves(); got != "1 95 %, 2 5 %" {
			w.T.Errorf("in the first bake it serves %s", got)
		}
		w.Pass(12 * time.Minute)
		if got := w.Serves(); got != "1 75 %, 2 25 %" {
			w.T.Errorf("in the second bake it serves %s", got)
		}
		ends(w, w.Ended(id), rollout.Succeeded, "2")
	})
}

func TestRedAlarmTakesARestingFleetBack(t *testing.T) {
	onClimbingFleet(t, func(w *scenario.World) {
		id := w.Requested("2")
		w.Pass(10 * time.Minute)
		w.AlarmRed("checkout-errors")
		w.Pass(time.Minute)
		if got := w.Serves(); got != "1" {
			w.T.Errorf("a minute after the alarm it heads for %s", got)
		}
		ends(w, w.Ended(id), rollout.RolledBack, "1")
	})
}

// The service goes back by itself, hours before anybody else would have: the release learns of it, and ends as it should.
func TestFleetGoesBackByItselfWhenNobodyIsThereAnyMore(t *testing.T) {
	onClimbingFleet(t, func(w *scenario.World) {
		id := w.Requested("2")
		w.Pass(10 * time.Minute)
		w.Killed(id)
		r := w.Ended(id)
		ends(w, r, rollout.RolledBack, "1")
	})
}

func TestPromotionAtOncePassesTheWeightsBetween(t *testing.T) {
	onClimbingFleet(t, func(w *scenario.World) {
		id := w.Requested("2")
		w.Pass(10 * time.Minute)
		w.PromotedNow(id)
		ends(w, w.Ended(id), rollout.Succeeded, "2")
	})
}

// Somebody's deployment that rests is not ours to send on: the release waits until its service has taken it back.
func TestReleaseWaitsForADeploymentThatRests(t *testing.T) {
	onClimbingFleet(t, func(w *scenario.World) {
		w.DeployedResting("5", 2*time.Hour)
		id := w.Requested("2")
		w.Pass(time.Hour)
		if r, _ := w.Recorded(id); r.Epoch != 0 || !strings.Contains(scenario.Story(r), "a deployment of 5 waits at 0 % for the word to go on") {
			w.T.Errorf("after an hour its story is:\n%s", scenario.Story(r))
		}
		ends(w, w.Ended(id), rollout.Succeeded, "2")
	})
}

// foreignOn tells a story of a release that meets somebody else's deployment of version 5, two minutes old.
func foreignOn(t *testing.T, policy string, story func(w *scenario.World, id string)) {
	scenario.RunWith(t, scenario.Options{Kind: scenario.Fleet{Pace: memory.Pace{Takes: 20 * time.Minute}}}, func(w *scenario.World) {
		w.Given(strings.Replace(outright, `"revertWindow"`, `"whenDeploying":"`+policy+`","revertWindow"`, 1))
		w.Deployed("5")
		w.Pass(2 * time.Minute)
		story(w, w.Requested("2"))
	})
}

func TestReleaseTakesThePlaceOfADeploymentPastSluice(t *testing.T) {
	foreignOn(t, "supersede", func(w *scenario.World, id string) {
		r := w.Ended(id)
		ends(w, r, rollout.Succeeded, "2")
		if r.Stable != "1" || r.Evicted != "d-1" || !strings.Contains(scenario.Story(r), "has deployment d-1 taken back (whenDeploying: supersede)") {
			t.Errorf("it would have come back to %s, and had %q taken back; its story:\n%s", r.Stable, r.Evicted, scenario.Story(r))
		}
	})
}

func TestReleaseIsRejectedBecauseOfADeploymentPastSluice(t *testing.T) {
	foreignOn(t, "reject", func(w *scenario.World, id string) {
		r := w.Ended(id)
		if r.End != rollout.Rejected || w.Serves() != "5" || r.Rejection == nil || !strings.Contains(r.Rejection.Reason, "deployment d-1") || !strings.Contains(r.Rejection.Remedy, "--handle d-1") {
			t.Errorf("it ended %q with %+v, the fleet heads for %s", r.End, r.Rejection, w.Serves())
		}
	})
}

// Two who deploy past each other would never end. Sluice has somebody's deployment taken back once.
func TestReleaseDoesNotFightWithWhoDeploysAgain(t *testing.T) {
	foreignOn(t, "supersede", func(w *scenario.World, id string) {
		w.Pass(10 * time.Second)
		if got := w.Serves(); got != "1" {
			t.Errorf("after ten seconds it heads for %s", got)
		}
		w.Deployed("6")
		r := w.Ended(id)
		if r.End != rollout.Rejected || w.Serves() != "6" || r.Rejection == nil || !strings.Contains(r.Rejection.Reason, "again") {
			t.Errorf("it ended %q with %+v, the fleet heads for %s", r.End, r.Rejection, w.Serves())
		}
	})
}
