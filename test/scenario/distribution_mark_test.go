package scenario_test

import (
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

const markedAtEdges = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":0,"marked":true,"bake":"15m"},{"weight":15,"bake":"15m"}]}},
	"guard":{"alarms":["checkout-errors"]},"revertWindow":"1h"}`

func TestMarkedViewersMeetTheConfigurationFirst(t *testing.T) {
	for name, red := range map[string]bool{"and it is promoted": false, "and it is taken back": true} {
		t.Run(name, func(t *testing.T) {
			scenario.RunWith(t, scenario.Options{Kind: scenario.Edge{Takes: 4 * time.Minute, Marked: true}}, func(w *scenario.World) {
				w.Given(markedAtEdges)
				id := w.Requested("2")
				w.Pass(18 * time.Minute)
				r, _ := w.Recorded(id)
				for at := range 3 {
					if all, some := w.View(at), w.MarkedView(at); all != "1" || some != "2" {
						t.Errorf("at edge %d viewers meet %s, and marked requests %s:\n%s", at, all, some, scenario.Story(r))
					}
				}
				if !strings.Contains(scenario.Story(r), "gets requests with the header aws-cf-cd-canary: 1 alone") {
					t.Errorf("its story:\n%s", scenario.Story(r))
				}
				if red {
					w.AlarmRed(scenario.Alarm)
					ends(w, w.Ended(id), rollout.RolledBack, w.Revision("1"))
				} else {
					ends(w, w.Ended(id), rollout.Succeeded, w.Revision("2"))
				}
				if some := w.MarkedView(0); some != w.View(0) {
					t.Errorf("after the end marked requests meet %s", some)
				}
			})
		})
	}
}
