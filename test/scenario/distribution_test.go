package scenario_test

import (
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// edged is a canary as CloudFront can give it, compared with stable in the same minutes.
const edged = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":5,"bake":"15m"},{"weight":15,"bake":"15m"}]}},"checks":{"errors":[{"cluster":1,"tolerate":1.25}]},
	"people":{"grace":{"event":"grace"}},"guard":{"alarms":["checkout-errors"]},"revertWindow":"1h"}`

// onEdge tells a story of a distribution whose edges learn of a change within four minutes.
func onEdge(t *testing.T, story func(w *scenario.World)) {
	scenario.RunWith(t, scenario.Options{Kind: scenario.Edge{Takes: 4 * time.Minute}}, func(w *scenario.World) {
		w.Given(edged)
		w.Subscribe()
		w.Viewers(300)
		story(w)
		if mail := w.Mail(); strings.Contains(mail, "ALARM:") || strings.Contains(mail, "stuck") {
			w.T.Errorf("somebody was paged:\n%s", mail)
		}
	})
}

// everywhere fails unless each edge serves a version.
func everywhere(w *scenario.World, version string) {
	w.T.Helper()
	for at := range 3 {
		if got := w.View(at); got != version {
			w.T.Errorf("edge %d serves %s, want %s", at, got, version)
		}
	}
}

func TestAGoodConfigurationIsPromoted(t *testing.T) {
	onEdge(t, func(w *scenario.World) {
		w.Breaks("1", 0.02)
		w.Breaks("2", 0.02)
		r := w.Ended(w.Requested("2"))
		ends(w, r, rollout.Succeeded, w.Revision("2"))
		everywhere(w, "2")
		if !strings.Contains(scenario.Story(r), "in the same minutes") {
			w.T.Errorf("nothing was compared; its story:\n%s", scenario.Story(r))
		}
	})
}

func TestABadConfigurationIsTakenBackByItsOwnErrors(t *testing.T) {
	onEdge(t, func(w *scenario.World) {
		w.Breaks("2", 0.5)
		r := w.Ended(w.Requested("2"))
		ends(w, r, rollout.RolledBack, w.Revision("1"))
		everywhere(w, "1")
		if r.Cause == nil || r.Cause.Kind != rollout.ByCheck {
			w.T.Errorf("the cause is %+v", r.Cause)
		}
	})
}

// From the alarm to CloudFront's own work it is three calls; then it takes as long as edges take.
func TestARedAlarmTakesAConfigurationBackInThreeCalls(t *testing.T) {
	onEdge(t, func(w *scenario.World) {
		id := w.Requested("2")
		w.Pass(14 * time.Minute)
		w.AlarmRed("checkout-errors")
		r := w.Ended(id)
		ends(w, r, rollout.RolledBack, w.Revision("1"))
		everywhere(w, "1")
		restored(w, "cloudfront:UpdateContinuousDeploymentPolicy")
	})
}

func TestAPromotedConfigurationIsTakenBackInThreeCalls(t *testing.T) {
	onEdge(t, func(w *scenario.World) {
		id := w.Requested("2")
		ends(w, w.Ended(id), rollout.Succeeded, w.Revision("2"))
		w.Pass(10 * time.Minute)
		w.AlarmRed("checkout-errors")
		w.Pass(20 * time.Minute)
		r, _ := w.Recorded(id)
		ends(w, r, rollout.RolledBack, w.Revision("1"))
		everywhere(w, "1")
		restored(w, "cloudfront:UpdateDistributionWithStagingConfig")
	})
}

// restored fails unless the guard's third call is the one that brings traffic back.
func restored(w *scenario.World, by string) {
	w.T.Helper()
	if calls := w.CallsUntil("guard-distribution", by); len(calls) != 3 {
		w.T.Errorf("guard called %+v, want a query, the fence and %s", calls, by)
	}
}

// The draft may be changed while a release runs: the next release waits for its turn.
func TestTheNextDraftWaitsForItsTurn(t *testing.T) {
	onEdge(t, func(w *scenario.World) {
		first := w.Requested("2")
		w.Pass(10 * time.Minute)
		w.Drafted("3")
		second := w.Requested("3")
		if r := w.Ended(first); r.End != rollout.Succeeded {
			w.T.Errorf("the first ended %q; its story:\n%s", r.End, scenario.Story(r))
		}
		ends(w, w.Ended(second), rollout.Succeeded, w.Revision("3"))
		everywhere(w, "3")
	})
}

func TestSomebodyElsesConfigurationIsNoticed(t *testing.T) {
	scenario.RunWith(t, scenario.Options{Kind: scenario.Edge{Takes: 4 * time.Minute}}, func(w *scenario.World) {
		w.Given(edged)
		w.Viewers(300)
		id := w.Requested("2")
		w.Pass(14 * time.Minute)
		w.Configured("E2STAGING00001", "3")
		r := w.Ended(id)
		if r.End != rollout.Stuck || !r.ByHand {
			w.T.Errorf("it ended %q, the target serves %s; its story:\n%s", r.End, w.Serves(), scenario.Story(r))
		}
	})
}

// At CloudFront's own peaks all requests go to the primary distribution. Nobody tries the candidate then, and nothing is not good.
func TestWithoutRequestsAtStagingNothingIsPromoted(t *testing.T) {
	onEdge(t, func(w *scenario.World) {
		w.Crowded(true)
		r := w.Ended(w.Requested("2"))
		ends(w, r, rollout.RolledBack, w.Revision("1"))
	})
}

func TestAConfigurationThatIsNotTheDraftsIsRejected(t *testing.T) {
	onEdge(t, func(w *scenario.World) {
		r := w.Ended(w.Requested("3"))
		if r.End != rollout.Rejected || r.Rejection == nil || !strings.Contains(r.Rejection.Reason, w.Revision("2")) {
			w.T.Errorf("it ended %q: %+v", r.End, r.Rejection)
		}
	})
}
