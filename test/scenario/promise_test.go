package scenario

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"

	"sluice/shared/rollout"
	"sluice/test/sandbox/memory"
)

// promised is Canary with a window that is long enough for another release.
var promised = with(Canary, `"revertWindow":"1h"`, `"revertWindow":"12h"`)

// Without this a bad version stays for good as soon as anybody has tried another release after it.
func TestPromotionIsStillTakenBackAfterALaterReleaseWentBack(t *testing.T) {
	for name, take := range map[string]struct {
		back func(w *World, first string)
		end  rollout.End
	}{
		"by the guard":  {func(w *World, _ string) { w.AlarmRed(Alarm) }, rollout.RolledBack},
		"by the people": {func(w *World, first string) { w.Aborted(first) }, rollout.Aborted},
	} {
		for why, goes := range map[string]func(w *World, later string){
			"alarm": func(w *World, later string) { w.AtStep(later, 1); w.AlarmRed(Alarm) },
			"abort": func(w *World, later string) { w.AtStep(later, 0); w.Aborted(later) },
			"early": func(w *World, later string) { w.Aborted(later) },
		} {
			t.Run(name+" after "+why, func(t *testing.T) {
				Run(t, func(w *World) {
					w.Given(promised)
					first := w.Requested("2")
					w.Ended(first)
					later := w.Requested("3")
					goes(w, later)
					if r := w.Ended(later); r.End == rollout.Succeeded || w.Serves() != "2" {
						t.Fatalf("it ended %s, the alias serves %s", r.End, w.Serves())
					}
					w.Pass(2 * time.Minute)
					take.back(w, first)
					w.Pass(30 * time.Second)
					r := w.Ended(first)
					if r.End != take.end || !r.Reverted || w.Serves() != "1" {
						t.Errorf("the promotion is %s (reverted %v), the alias serves %s; its story:\n%s", r.End, r.Reverted, w.Serves(), Story(r))
					}
				})
			})
		}
	}
}

// A first move that is turned round on its way is never read back. What it did to an alarm must not be laid at the door of what was promoted before.
func TestMoveThatIsTurnedRoundAccusesNoPromotion(t *testing.T) {
	RunWith(t, Options{Kind: InMemory{memory.Traits{Locked: true, Takes: 3 * time.Minute}}}, func(w *World) {
		w.Given(promised)
		first := w.Ended(w.Requested("2"))
		w.Pass(20 * time.Second)
		later := w.Requested("3")
		w.Pass(2*time.Minute + 30*time.Second)
		w.StaysRed(Alarm)
		if r := w.Ended(later); r.End != rollout.RolledBack || !r.BakeUntil.IsZero() {
			t.Fatalf("it ended %s, and baked until %v", r.End, r.BakeUntil)
		}
		w.Pass(3 * time.Minute)
		w.GreenAlarm(Alarm)
		w.Pass(10 * time.Minute)
		if r, _ := w.Recorded(first.ID); r.Reverted || w.Serves() != "2" {
			t.Errorf("%s serves, and the promotion before ended %s; its story:\n%s", w.Serves(), r.End, Story(r))
		}
	})
}

// What is promoted keeps the time in which an alarm may stay red for the sake of the release after it, though a third one is turned away meanwhile.
func TestReleaseThatIsTurnedAwayHastensNobodysWayBack(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(promised)
		w.Ended(w.Requested("2"))
		later := w.Requested("3")
		w.AtStep(later, 1)
		w.StaysRed(Alarm)
		w.Ended(later)
		w.Pass(140 * time.Second)
		if r := w.Ended(w.Requested("3")); r.End != rollout.Rejected {
			t.Fatalf("it ended %s; its story:\n%s", r.End, Story(r))
		}
		w.Pass(2 * time.Minute)
		if got := w.Serves(); got != "2" {
			t.Errorf("four and a half minutes after the alarm the alias serves %s", got)
		}
		w.Pass(3 * time.Minute)
		if got := w.Serves(); got != "1" {
			t.Errorf("after seven and a half minutes of red the alias serves %s", got)
		}
	})
}

func TestPromiseEndsWithItsWindow(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		w.Ended(w.Requested("2"))
		later := w.Requested("3")
		w.AtStep(later, 0)
		w.Aborted(later)
		w.Ended(later)
		w.Pass(2 * time.Hour)
		w.AlarmRed(Alarm)
		w.Pass(10 * time.Minute)
		if got := w.Serves(); got != "2" {
			t.Errorf("the alias serves %s", got)
		}
	})
}

// The service stops naming an alarm, and the release that brings this is no reason to forget it: the version it guards still serves.
func TestAlarmOfThePromotionGuardsTheNextReleaseToo(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(promised)
		w.Ended(w.Requested("2"))
		w.GreenAlarm("checkout-new")
		w.Define(with(promised, Alarm, "checkout-new"))
		later := w.Requested("3")
		w.AtStep(later, 0)
		w.AlarmRed(Alarm)
		w.Then(w.Ended(later), rollout.RolledBack, began+step+back, "2")
	})
}

func TestAlarmOfThePromotionThatWasDeletedKeepsNobodyOut(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(promised)
		w.Ended(w.Requested("2"))
		w.GreenAlarm("checkout-new")
		w.Define(with(promised, Alarm, "checkout-new"))
		_, err := w.CloudWatch.DeleteAlarms(w.ctx, &cloudwatch.DeleteAlarmsInput{AlarmNames: []string{Alarm}})
		w.must(err)
		w.Then(w.Ended(w.Requested("3")), rollout.Succeeded, began+step+step+step+step+ends, "3")
	})
}

// Whoever presses abort must hear that nothing comes of it, and what to do.
func TestAbortThatCannotActSaysSo(t *testing.T) {
	for name, test := range map[string]struct {
		then func(w *World, later string)
		says string
	}{
		"another release holds the target": {func(w *World, later string) { w.AtStep(later, 0) }, "abort LATER first; when it has gone back, abort this one again"},
		"another was promoted since":       {func(w *World, later string) { w.Ended(later) }, "release LATER was promoted since; abort LATER, which brings version 2 back, or release version 1 again."},
		"its window is over":               {func(w *World, later string) { w.Aborted(later); w.Ended(later); w.Pass(13 * time.Hour) }, "its revert window is over; release version 1 again."},
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				w.Given(promised)
				first := w.Requested("2")
				w.Ended(first)
				later := w.Requested("3")
				test.then(w, later)
				serves := w.Serves()
				w.Aborted(first)
				w.Pass(10 * time.Second)
				r, _ := w.Recorded(first)
				if says := strings.ReplaceAll(test.says, "LATER", later); !strings.Contains(Story(r), says) {
					t.Errorf("want %q in its story:\n%s", says, Story(r))
				}
				if told := w.Told(first); !slices.Contains(told, "answered") || w.Serves() != serves {
					t.Errorf("told %v, the alias serves %s", told, w.Serves())
				}
			})
		})
	}
}
