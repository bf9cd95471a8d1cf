package guard_test

import (
	"strings"
	"testing"
	"time"

	"sluice/events"
	"sluice/test/byhand"
	"sluice/test/scenario"
)

// unclear are the alarm events that are neither clear nor nothing, and the policy that each follows.
var unclear = map[string]struct {
	policy string
	change func(a *events.Alarm)
	says   string
	holds  time.Duration // how long the step stays Inconclusive; 0 leaves that to the alarm itself
}{
	"muted": {"whenMuted", func(a *events.Alarm) {
		a.MuteDetail = &events.Mute{Start: events.AlarmTime(time.Now()), End: events.AlarmTime(time.Now().Add(20 * time.Minute))}
	}, "Alarm checkout-errors is red but muted: traffic stays (guard.whenMuted is hold, the default).", 20 * time.Minute},
	"suppressed": {
		"whenMuted", func(a *events.Alarm) { a.State.ActionsSuppressedBy = "Alarm" },
		"Alarm checkout-errors is red but muted: traffic stays (guard.whenMuted is hold, the default).", time.Hour,
	},
	"without data": {
		"whenNoData", func(a *events.Alarm) { a.State.Value = "INSUFFICIENT_DATA" },
		"Alarm checkout-errors has no data: traffic stays (guard.whenNoData is hold, the default).", 0,
	},
}

// Nothing is ignored silently: the step knows of it, and the trail.
func TestUnclearAlarmHoldsAndLeavesALine(t *testing.T) {
	for name, test := range unclear {
		t.Run(name, func(t *testing.T) {
			byhand.Run(t, func(w *byhand.World) {
				r := w.Baking("2")
				a := byhand.Red(scenario.Alarm)
				test.change(&a)
				begun := time.Now()
				w.Does("guard", byhand.Alarm(a))
				l := w.Lease()
				if w.Serves() != "1 95 %, 2 5 %" || l.Fence != nil || len(w.Woken()) != 0 {
					t.Errorf("the alias serves %s, fence %+v, woken %v; want the bake to go on", w.Serves(), l.Fence, w.Woken())
				}
				held := l.Held[scenario.Alarm]
				if (test.holds == 0) != held.IsZero() || (test.holds > 0 && held.Sub(begun) != test.holds) {
					t.Errorf("the step is Inconclusive until %v, want %v from %v", held, test.holds, begun)
				}
				if trail := w.Trail(r.ID); !strings.Contains(trail, test.says) {
					t.Errorf("the trail says\n%s", trail)
				}
			})
		})
	}
}

func TestUnclearAlarmTakesTheReleaseBackIfTheDefinitionSaysSo(t *testing.T) {
	for name, test := range unclear {
		t.Run(name, func(t *testing.T) {
			definition := strings.Replace(scenario.Canary, `"alarms":["checkout-errors"]`, `"alarms":["checkout-errors"],"`+test.policy+`":"rollBack"`, 1)
			byhand.RunWith(t, scenario.Options{}, definition, func(w *byhand.World) {
				w.Baking("2")
				a := byhand.Red(scenario.Alarm)
				test.change(&a)
				w.Does("guard", byhand.Alarm(a))
				if f := w.Lease().Fence; w.Serves() != "1" || f == nil || f.By != scenario.Alarm {
					t.Errorf("the alias serves %s, fence %+v", w.Serves(), f)
				}
			})
		})
	}
}

// The policy of one case is not the policy of the other.
func TestEachUnclearCaseHasItsOwnPolicy(t *testing.T) {
	for name, test := range unclear {
		t.Run(name, func(t *testing.T) {
			other := map[string]string{"whenMuted": "whenNoData", "whenNoData": "whenMuted"}[test.policy]
			definition := strings.Replace(scenario.Canary, `"alarms":["checkout-errors"]`, `"alarms":["checkout-errors"],"`+other+`":"rollBack"`, 1)
			byhand.RunWith(t, scenario.Options{}, definition, func(w *byhand.World) {
				w.Baking("2")
				a := byhand.Red(scenario.Alarm)
				test.change(&a)
				w.Does("guard", byhand.Alarm(a))
				if w.Lease().Fence != nil {
					t.Errorf("%s took it back", other)
				}
			})
		})
	}
}
