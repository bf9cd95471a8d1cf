package scenario

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"

	"sluice/events"
	"sluice/shared/rollout"
	eventbus "sluice/test/sandbox/eventbridge"
)

func TestAlarmThatIsRedAtTheStartLetsNobodyIn(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		w.RedAlarm(Alarm)
		r := w.Ended(w.Requested("2"))
		w.Then(r, rollout.Rejected, began+ends, "1")
		if r.Rejection == nil || !strings.Contains(r.Rejection.Reason, "red already") || r.Rejection.Remedy == "" {
			t.Errorf("rejection %+v", r.Rejection)
		}
	})
}

func TestReleaseMayWaitForAGreenAlarm(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(with(Canary, `"alarms":["checkout-errors"]`, `"alarms":["checkout-errors"],"whenRed":"wait"`, `"revertWindow"`, `"queueLimit":"1h","revertWindow"`))
		w.RedAlarm(Alarm)
		id := w.Requested("2")
		w.Pass(5 * time.Minute)
		w.GreenAlarm(Alarm)
		r := w.Ended(id)
		if r.End != rollout.Succeeded || !strings.Contains(w.Path(r), "Admit Wait Admit Shift") {
			t.Errorf("ended %s by %s:\n%s", r.End, w.Path(r), Story(r))
		}
	})
}

func TestGuardAlarmThatDoesNotExistLetsNobodyIn(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(with(Canary, `["checkout-errors"]`, `["checkout-errors","checkout-latency"]`))
		r := w.Ended(w.Requested("2"))
		if r.End != rollout.Rejected || !strings.Contains(r.Rejection.Reason, "checkout-latency") {
			t.Errorf("ended %s: %+v", r.End, r.Rejection)
		}
	})
}

func TestMutedAlarmHoldsAndIsWrittenDown(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		id := w.Requested("2")
		w.AtStep(id, 0)
		w.Muted(Alarm, time.Now().Add(3*time.Minute))
		w.AlarmRed(Alarm)
		w.Pass(time.Minute)
		if got := w.Serves(); got != "1 95 %, 2 5 %" {
			t.Errorf("a muted alarm moved the traffic to %s", got)
		}
		r := w.Ended(id)
		w.Then(r, rollout.Succeeded, began+step+step+step+step+ends, "2") // the alarm was green again at the end of the bake
		if !strings.Contains(Story(r), "red but muted") {
			t.Errorf("the audit trail does not tell of the muted alarm:\n%s", Story(r))
		}
	})
}

func TestMutedAlarmRollsBackIfTheDefinitionSaysSo(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(with(Canary, `"alarms":["checkout-errors"]`, `"alarms":["checkout-errors"],"whenMuted":"rollBack"`))
		id := w.Requested("2")
		w.AtStep(id, 0)
		w.Muted(Alarm, time.Now().Add(time.Hour))
		w.AlarmRed(Alarm)
		w.Then(w.Ended(id), rollout.RolledBack, began+step+back, "1")
	})
}

func TestAlarmThatIsGoneAtTheEndOfABakeIsNotGoodNews(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		id := w.Requested("2")
		w.AtStep(id, 0)
		_, err := w.CloudWatch.DeleteAlarms(w.ctx, &cloudwatch.DeleteAlarmsInput{AlarmNames: []string{Alarm}})
		w.must(err)
		w.Then(w.Ended(id), rollout.RolledBack, began+step+back, "1")
	})
}

func TestAlarmAfterPromotionRevertsInsideTheWindow(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		id := w.Requested("2")
		w.Then(w.Ended(id), rollout.Succeeded, began+step+step+step+step+ends, "2")
		w.Pass(30 * time.Minute)
		w.AlarmRed(Alarm)
		w.Pass(time.Second)
		if got := w.Serves(); got != "1" {
			t.Errorf("a second after the alarm the alias serves %s", got)
		}
		w.Pass(time.Minute)
		r := w.Ended(id)
		w.Then(r, rollout.RolledBack, began+step+step+step+step+ends+" Plan Admit "+back, "1")
		if !r.Reverted {
			t.Error("the record does not say that the release was reverted after promotion")
		}
	})
}

func TestAlarmAfterTheRevertWindowTakesNothingBack(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		id := w.Requested("2")
		w.Ended(id)
		w.Pass(2 * time.Hour)
		w.AlarmRed(Alarm)
		w.Pass(time.Minute)
		w.Then(w.Ended(id), rollout.Succeeded, began+step+step+step+step+ends, "2")
	})
}

func TestAlarmDuringSettleStillTakesTheReleaseBack(t *testing.T) {
	for _, before := range []string{"lambda:GetAlias", "dynamodb:UpdateItem"} {
		t.Run(before, func(t *testing.T) {
			var w *World
			once := false
			interrupt := on("settle", before, func() {
				if !once {
					once = true
					w.AlarmRed(Alarm)
					w.Pass(100 * time.Millisecond)
				}
			})
			RunWith(t, Options{Middleware: interrupt}, func(world *World) {
				w = world
				w.Given(Canary)
				id := w.Requested("2")
				w.Ended(id)
				w.Pass(time.Hour)
				r := w.Ended(id)
				if r.End != rollout.RolledBack || w.Serves() != "1" {
					t.Errorf("ended %s, serves %s:\n%s", r.End, w.Serves(), Story(r))
				}
			})
		})
	}
}

func TestSecondAndLateAlarmEventsChangeNothing(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		id := w.Requested("2")
		w.AtStep(id, 0)
		w.AlarmRed(Alarm)
		r := w.Ended(id)
		event := w.LastEvent("guard")
		w.Redeliver("guard", event)
		w.Pass(time.Minute)
		w.Then(r, rollout.RolledBack, began+step+back, "1")

		second := w.Requested("3") // the old event comes once more, in the middle of another release
		w.AtStep(second, 0)
		w.Redeliver("guard", event)
		w.Pass(time.Second)
		if got := w.Serves(); got != "1 95 %, 3 5 %" {
			t.Errorf("an event from before the release moved the traffic to %s", got)
		}
		w.Then(w.Ended(second), rollout.Succeeded, began+step+step+step+step+ends, "3")
	})
}

// Bakes of a minute, an alarm that wants five bad ones: a candidate that fails always would pass.
func TestReleaseThatItsOnlyAlarmCannotTakeBackIsNotLetIn(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(`{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
			"strategy":{"canary":{"steps":[{"weight":5,"bake":"1m"},{"weight":25,"bake":"1m"},{"weight":50,"bake":"1m"}]}},"guard":{"alarms":["checkout-errors"]}}`)
		w.alarm(Alarm, 300, "notBreaching")
		w.Pass(10 * time.Minute)
		r := w.Ended(w.Requested("2"))
		if r.End != rollout.Rejected || w.Serves() != "1" {
			t.Fatalf("it ended %s, and the alias serves %s\n%s", r.End, w.Serves(), Story(r))
		}
		says(t, r, "it goes red after 5m at the earliest, and the candidate is watched for 3m.")
		if !strings.Contains(r.Rejection.Remedy, "let the steps bake longer") {
			t.Errorf("the remedy is %q", r.Rejection.Remedy)
		}
	})
}

// A bus to which other accounts and Regions forward their alarms carries many of the same name.
func TestAlarmOfTheSameNameElsewhereTakesNothingBack(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		id := w.Requested("2")
		w.AtStep(id, 0)
		for _, there := range []rollout.Place{{Partition: "aws", Account: Here.Account, Region: "eu-central-1"}, {Partition: "aws", Account: "210987654321", Region: Here.Region}} {
			w.forwarded(there, Alarm)
		}
		w.Pass(time.Minute)
		if got := w.Serves(); got != "1 95 %, 2 5 %" {
			t.Errorf("an alarm of another place moved the traffic to %s:\n%s", got, w.Trail(id))
		}
		w.forwarded(Here, Alarm)
		w.Then(w.Ended(id), rollout.RolledBack, began+step+back, "1")
	})
}

// forwarded has the event of an alarm that goes red in a place come to the bus, as it was there.
func (w *World) forwarded(from rollout.Place, name string) {
	w.T.Helper()
	detail, err := json.Marshal(events.Alarm{AlarmName: name, State: events.AlarmState{Value: "ALARM", Reason: "a story", Timestamp: events.AlarmTime(time.Now())}})
	w.must(err)
	w.must(w.Sandbox.EventBridge.Emit(w.ctx, "default", eventbus.Event{
		Source: events.CloudWatchSource, DetailType: events.AlarmStateChange, Account: from.Account, Region: from.Region, Resources: []string{from.Alarm(name)}, Detail: detail,
	}))
}
