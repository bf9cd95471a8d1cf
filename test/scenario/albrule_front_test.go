package scenario_test

import (
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

const testedOnRule = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"blueGreen":{"test":{"request":{"path":"/cart","within":"5s"}},"bake":"10m"}},
	"guard":{"alarms":["checkout-errors"]},"revertWindow":"30m"}`

func onFront(t *testing.T, story func(w *scenario.World, rule scenario.External)) {
	t.Helper()
	rule := scenario.External{Green: "2"}
	scenario.RunWith(t, scenario.Options{Kind: rule, Edit: scenario.MayTest}, func(w *scenario.World) {
		w.Given(scenario.Canary)
		rule.Testers(w)
		w.Define(rule.Named(w, testedOnRule))
		story(w, rule)
	})
}

// The listener for testers leads to the candidate before it has traffic, and stays there.
func TestCandidateIsAskedBeforeItHasTraffic(t *testing.T) {
	onFront(t, func(w *scenario.World, rule scenario.External) {
		if got := rule.Tried(w, "/cart"); got != "404 " {
			t.Errorf("before any release testers meet %q", got)
		}
		ends(w, w.Ended(w.Requested("2")), rollout.Succeeded, "2")
		if got := rule.Tried(w, "/cart"); got != "200 2" {
			t.Errorf("after it, testers meet %q", got)
		}
		w.Pass(2 * time.Hour)
		rule.Holds(w, "blue", "3")
		ends(w, w.Ended(w.Requested("3")), rollout.Succeeded, "3")
	})
}

func TestCandidateThatFailsItsRequestGetsNoTraffic(t *testing.T) {
	onFront(t, func(w *scenario.World, rule scenario.External) {
		rule.Breaks(w, "2")
		r := w.Ended(w.Requested("2"))
		ends(w, r, rollout.RolledBack, "1")
		const want = "The test request of revision 2 failed: GET http://testers.shop.example:8080/cart was answered 500, and not 2xx: 2"
		if r.Cause == nil || r.Cause.Reason != want || r.Cause.Kind != rollout.ByCheck {
			t.Errorf("the cause is %+v, want %s", r.Cause, want)
		}
		if got := rule.Answers(w, 50); got["1"] != 50 {
			t.Errorf("clients meet %v", got)
		}
	})
}

func TestListenerForTestersThatLeadsElsewhereIsRefused(t *testing.T) {
	onFront(t, func(w *scenario.World, rule scenario.External) {
		rule.TestersLeadElsewhere(w)
		r := w.Ended(w.Requested("2"))
		ends(w, r, rollout.Rejected, "1")
		if r.Rejection == nil || !strings.Contains(r.Rejection.Reason, "which is named for tests, forwards to") {
			t.Errorf("the rejection is %+v", r.Rejection)
		}
	})
}
