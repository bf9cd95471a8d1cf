package judge_test

import (
	"strings"
	"testing"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/scenario"
)

// at is the cursor with which the state machine comes from the Shift of a step.
func at(r rollout.Release, step int) rollout.Cursor { return rollout.Cursor{}.To(r, step) }

func TestWhatWasDecidedElsewhereIsNotJudged(t *testing.T) {
	for name, test := range map[string]struct {
		decide func(w *byhand.World, r rollout.Release)
		next   rollout.Next
		step   int
	}{
		"somebody stopped it": {func(w *byhand.World, r rollout.Release) { w.Fenced(r) }, rollout.NextBack, 0},
		"another release took its expired lease": {func(w *byhand.World, _ rollout.Release) {
			w.LeaseExpires()
			w.Begun("3")
		}, rollout.NextSettle, 0},
		"a person promotes it": {func(w *byhand.World, r rollout.Release) {
			w.Does("decide", byhand.Event(events.PromoteRequested, events.ControlRequest{Release: r.ID, By: "grace"}))
		}, rollout.NextShift, 3},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.Run(t, func(w *byhand.World) {
				r := w.Baking("2")
				test.decide(w, r)
				if c := w.Leads("judge", at(r, 0)); c.Next != test.next || c.Step != test.step {
					t.Errorf("the cursor is %+v, want %s at step %d", c, test.next, test.step)
				}
				if w.Release(r.ID).Verdict != "" || w.Made("judge", "cloudwatch:DescribeAlarms") != 0 {
					t.Errorf("it was judged: %s", w.Release(r.ID).Verdict)
				}
			})
		})
	}
}

// A wake may come twice, or late from a step before: the bake goes on for as long as it had left.
func TestBakeThatWasWokenForNothingGoesOn(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Baking("2")
		w.Pass(4 * time.Minute)
		if c := w.Leads("judge", at(r, 0)); c.Next != rollout.NextShift || c.Step != 0 || c.Seconds != 360 {
			t.Errorf("the cursor is %+v, want the six minutes that are left", c)
		}
		if got := w.Release(r.ID); got.Verdict != "" || got.Extended != 0 {
			t.Errorf("it was judged: %+v", got)
		}
	})
}

func TestStepThatWasNotShiftedIsShiftedAgainButNotForEver(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Begun("2")
		w.Pass(10 * time.Minute)
		if c := w.Leads("judge", at(r, 0)); c.Next != rollout.NextShift || c.Step != 0 || c.Seconds != 600 {
			t.Errorf("the cursor is %+v, want the whole step once more", c)
		}
		if last := w.Release(r.ID).Audit; last[len(last)-1].What != "Step 1 was not shifted in time; it is tried again." {
			t.Errorf("the trail ends with %q", last[len(last)-1].What)
		}
		w.Pass(20 * time.Minute)
		w.Refuses("judge", at(r, 0), "its traffic was not moved within 15m")
	})
}

// Events are lost, and an alarm that was red before sends none: alarms are read at the end of each bake.
func TestRedAlarmWhoseEventWasLostTakesTheReleaseBack(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Baking("2")
		w.Pass(10 * time.Minute)
		w.AlarmRed(scenario.Alarm)
		for range 2 { // the second time its fence is up already
			if c := w.Leads("judge", at(r, 0)); c.Next != rollout.NextBack {
				t.Errorf("it goes on with %q", c.Next)
			}
		}
		if f := w.Lease().Fence; f == nil || f.Kind != rollout.ByAlarm || f.By != scenario.Alarm {
			t.Errorf("fence %+v, want the alarm's", f)
		}
		if v := w.Release(r.ID).Verdict; v != "Fail: Guard alarm checkout-errors is red." {
			t.Errorf("the verdict is %q", v)
		}
	})
}

// checked is the definition with a ceiling and one more bake when there is not enough to see.
var checked = strings.Replace(scenario.Canary, `"guard"`,
	`"checks":{"ceilings":[{"percent":5,"errors":3,"requests":20}],"whenInconclusive":{"extend":1,"then":"rollBack"}},"guard"`, 1)

// serve counts requests of the candidate in this minute, as Lambda does.
func serve(w *byhand.World, requests, failed float64) {
	dimensions := map[string]string{"FunctionName": scenario.Service, "Resource": scenario.Service + ":" + scenario.Alias, "ExecutedVersion": "2"}
	w.Sandbox.CloudWatch.Record("AWS/Lambda", "Invocations", dimensions, "Count", requests, time.Now(), 60)
	w.Sandbox.CloudWatch.Record("AWS/Lambda", "Errors", dimensions, "Count", failed, time.Now(), 60)
}

// Each bake alone saw too little; what both saw is enough, for good and for bad.
func TestEvidenceOfExtendedBakesAddsUp(t *testing.T) {
	for name, test := range map[string]struct {
		failed float64
		next   rollout.Next
		step   int
		says   string
	}{
		"good": {0, rollout.NextShift, 1, "0 of 30 requests failed"},
		"bad":  {2, rollout.NextBack, 0, "4 of 30 requests failed"},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.RunWith(t, scenario.Options{}, checked, func(w *byhand.World) {
				r := w.Baking("2")
				w.Pass(2 * time.Minute)
				serve(w, 15, test.failed)
				w.Pass(8 * time.Minute)
				if c := w.Leads("judge", at(r, 0)); c.Next != rollout.NextShift || c.Step != 0 || w.Release(r.ID).Extended != 1 {
					t.Fatalf("after 15 requests the cursor is %+v: %s", c, w.Release(r.ID).Verdict)
				}
				w.Does("shift", byhand.Task(r, 0, "second"))
				w.Pass(2 * time.Minute)
				serve(w, 15, test.failed)
				w.Pass(8 * time.Minute)
				c := w.Leads("judge", at(r, 0))
				if got := w.Release(r.ID); c.Next != test.next || c.Step != test.step || !strings.Contains(got.Verdict, test.says) || got.Extended != 0 {
					t.Errorf("after 30 requests the cursor is %+v, extended %d: %s", c, got.Extended, got.Verdict)
				}
			})
		})
	}
}

func TestLastStepWithoutABakeIsJudgedByItsAlarmsAlone(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, checked, func(w *byhand.World) {
		r := w.Baking("2")
		w.Does("shift", byhand.Task(r, r.Last(), "last"))
		if c := w.Leads("judge", at(r, r.Last())); c.Next != rollout.NextSettle {
			t.Errorf("the cursor is %+v: %s", c, w.Release(r.ID).Verdict)
		}
		if n := w.Made("judge", "cloudwatch:GetMetricData"); n != 0 {
			t.Errorf("it asked %d times for counts that nobody could have made", n)
		}
	})
}

// A muted alarm keeps the step Inconclusive until the mute ends, whatever else is green.
func TestHeldAlarmIsNoEvidence(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Baking("2")
		w.Pass(10 * time.Minute)
		if err := w.Store.Hold(w.T.Context(), w.Lease(), scenario.Alarm, time.Now(), time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		w.AlarmRed(scenario.Alarm)
		c := w.Leads("judge", at(r, 0))
		if v := w.Release(r.ID).Verdict; c.Next != rollout.NextBack || !strings.HasPrefix(v, "Inconclusive: Guard alarm checkout-errors is red but muted.") {
			t.Errorf("it goes on with %q: %s", c.Next, v)
		}
	})
}

// Where every caller names the function and none the alias, a canary with an alarm alone is promoted without having been tried: the record says so.
func TestReleaseThatNoRequestTriedSaysSo(t *testing.T) {
	for name, test := range map[string]struct {
		qualifier string
		says      string
	}{
		"nobody calls":                {"-", "Nothing came through alias live of function checkout since the release began, so no request has tried version 2."},
		"callers do not name it":      {"", "10 came to function checkout by other ways: its callers must name the Lambda alias."},
		"callers name it, as they do": {":live", ""},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.Run(t, func(w *byhand.World) {
				r := w.Baking("2")
				for range 10 {
					if test.qualifier != "-" {
						_, _ = w.Sandbox.Lambda.Call(w.T.Context(), "checkout"+test.qualifier, []byte(`{}`))
					}
					w.Pass(time.Minute)
				}
				w.Does("shift", byhand.Task(r, r.Last(), "last"))
				if c := w.Leads("judge", at(w.Release(r.ID), r.Last())); c.Next != rollout.NextSettle {
					w.T.Fatalf("the cursor is %+v", c)
				}
				said := ""
				for _, l := range w.Release(r.ID).Audit {
					if strings.Contains(l.What, "Nothing came through") {
						said = l.What
					}
				}
				if test.says == "" && said != "" || !strings.Contains(said, test.says) {
					w.T.Errorf("the record says %q, want %q", said, test.says)
				}
			})
		})
	}
}
