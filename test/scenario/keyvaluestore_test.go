package scenario_test

import (
	"strings"
	"testing"
	"time"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// halved goes far beyond what continuous deployment can give.
const halved = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":5,"bake":"10m"},{"weight":60,"bake":"10m"}]}},"checks":{"errors":[{"cluster":1,"tolerate":1.25}]},
	"people":{"grace":{"event":"grace"}},"guard":{"alarms":["checkout-errors"]},"revertWindow":"1h"}`

// byFunction tells a story of a distribution whose function reads a store, which edges follow within ten seconds.
func byFunction(t *testing.T, story func(w *scenario.World)) {
	scenario.RunWith(t, scenario.Options{Kind: scenario.EdgeFunction{Takes: 10 * time.Second}}, func(w *scenario.World) {
		w.Given(halved)
		w.Subscribe()
		w.Callers(300)
		story(w)
		if mail := w.Mail(); strings.Contains(mail, "ALARM:") || strings.Contains(mail, "stuck") {
			w.T.Errorf("somebody was paged:\n%s", mail)
		}
	})
}

// atEdges fails unless viewers at each edge meet one pool alone.
func atEdges(w *scenario.World, pool string) {
	w.T.Helper()
	w.Pass(10 * time.Second)
	for at := range 3 {
		for range 20 {
			if got := w.Call(at); got != pool {
				w.T.Errorf("edge %d sends a viewer to %s, want %s", at, got, pool)
			}
		}
	}
}

func TestAGoodPoolIsPromotedByAFunction(t *testing.T) {
	byFunction(t, func(w *scenario.World) {
		id := w.Requested("2")
		w.Pass(15 * time.Minute)
		met := map[string]int{}
		for range 600 {
			met[w.Call(0)]++
		}
		if met["2"] < 300 || met["2"] > 420 {
			w.T.Errorf("at 60 %%, viewers met %v", met)
		}
		r := w.Ended(id)
		ends(w, r, rollout.Succeeded, "2")
		atEdges(w, "2")
		if !strings.Contains(scenario.Story(r), "in the same minutes") {
			w.T.Errorf("nothing was compared; its story:\n%s", scenario.Story(r))
		}
	})
}

func TestABadPoolIsTakenBackByAFunction(t *testing.T) {
	byFunction(t, func(w *scenario.World) {
		w.Breaks("2", 0.5)
		r := w.Ended(w.Requested("2"))
		ends(w, r, rollout.RolledBack, "1")
		atEdges(w, "1")
		if r.Cause == nil || r.Cause.Kind != rollout.ByCheck {
			w.T.Errorf("the cause is %+v", r.Cause)
		}
	})
}

// From the alarm to the call that moves the traffic it is three calls, before a promotion and after it.
func TestARedAlarmTakesAPoolBackAtTheEdgeInThreeCalls(t *testing.T) {
	for name, after := range map[string]time.Duration{"while it bakes": 14 * time.Minute, "after its promotion": 30 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			byFunction(t, func(w *scenario.World) {
				id := w.Requested("2")
				w.Pass(after)
				w.AlarmRed("checkout-errors")
				w.Pass(5 * time.Minute)
				r, _ := w.Recorded(id)
				ends(w, r, rollout.RolledBack, "1")
				atEdges(w, "1")
				if calls := w.CallsUntil("guard-kvs", "cloudfront-keyvaluestore:PutKey"); len(calls) != 3 {
					w.T.Errorf("guard called %+v, want a query, the fence and a change of the key", calls)
				}
			})
		})
	}
}

func TestSomebodyElsesValueIsNoticed(t *testing.T) {
	scenario.RunWith(t, scenario.Options{Kind: scenario.EdgeFunction{Takes: 10 * time.Second}}, func(w *scenario.World) {
		w.Given(halved)
		w.Callers(300)
		id := w.Requested("2")
		w.Pass(5 * time.Minute)
		w.Says(kind.EdgeSplit{Stable: kind.EdgePool{Pool: "3", Origin: "checkout-3"}})
		r := w.Ended(id)
		if r.End != rollout.Stuck || !r.ByHand {
			w.T.Errorf("it ended %q, the target serves %s; its story:\n%s", r.End, w.Serves(), scenario.Story(r))
		}
	})
}

// Without a function in front of its origins, a store splits nothing.
func TestAReleaseThatNoFunctionWouldSplitIsRejected(t *testing.T) {
	scenario.RunWith(t, scenario.Options{Kind: scenario.EdgeFunction{}}, func(w *scenario.World) {
		w.Given(halved)
		w.Unassociated()
		r := w.Ended(w.Requested("2"))
		if r.End != rollout.Rejected || r.Rejection == nil || !strings.Contains(r.Rejection.Reason, "checkout-split") {
			w.T.Errorf("it ended %q: %+v", r.End, r.Rejection)
		}
	})
}
