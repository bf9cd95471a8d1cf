package cloudwatch

import (
	"slices"
	"strings"
	"testing"
	"time"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/google/go-cmp/cmp"
)

func (w *world) compose(name, rule string, adapt func(in *awscloudwatch.PutCompositeAlarmInput)) {
	w.t.Helper()
	in := &awscloudwatch.PutCompositeAlarmInput{
		AlarmName: &name, AlarmRule: &rule, AlarmActions: []string{topic}, OKActions: []string{topic},
	}
	if adapt != nil {
		adapt(in)
	}
	if _, err := w.PutCompositeAlarm(w.t.Context(), in); err != nil {
		w.t.Fatalf("putting composite alarm: %v", err)
	}
}

func TestAlarmRulesAreUnderstood(t *testing.T) {
	states := map[string]types.StateValue{"a": red, "b": good, "c d": dark, "e": red}
	for text, want := range map[string]bool{
		"ALARM(a)":                            true,
		"ALARM(b)":                            false,
		`INSUFFICIENT_DATA("c d")`:            true,
		"INSUFFICIENT_DATA(c d)":              true,
		"ALARM(a) AND NOT ALARM(b)":           true,
		"NOT (ALARM(a) OR ALARM(b))":          false,
		"ALARM(b) OR ALARM(a) AND ALARM(e)":   true,
		"(ALARM(a) OR TRUE) AND FALSE":        false,
		"OK(arn:aws:cloudwatch:r:1:alarm:b)":  true,
		"ALARM(b) AND ALARM(a) OR ALARM(e)":   true,
		"ALARM(b) AND (ALARM(a) OR ALARM(e))": false,
		" TRUE\nAND\tNOT FALSE ":              true,
	} {
		r, _, err := parseRule(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := r(func(name string) types.StateValue { return states[name] }); got != want {
			t.Errorf("%s is %v, want %v", text, got, want)
		}
	}
	for _, text := range []string{"", "ALARM(a", "ALARM(a) AND", "ALARM(a) ALARM(b)", "alarm(a)", "AT_LEAST(1, ALARM, (a, b))", "(ALARM(a)", "OK()"} {
		if _, _, err := parseRule(text); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}

func TestCompositeAlarmFollowsItsChildrenAndSaysWhich(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.put(alarmOf("a", 60, 1))
		w.put(alarmOf("b", 60, 1))
		w.compose("all", "ALARM(a) AND ALARM(b)", nil)
		w.compose("above", "ALARM(all)", nil)
		w.set("a", red)
		w.set("b", red)
		for _, name := range []string{"all", "above"} {
			if diff := cmp.Diff([]types.StateValue{good, red}, w.path(name)); diff != "" {
				t.Error(name, diff)
			}
		}
		i := slices.IndexFunc(w.changes, func(c StateChangeDetail) bool { return c.AlarmName == "all" && c.State.Value == red })
		got := w.changes[i].State
		if want := "arn:aws:cloudwatch:us-east-1:123456789012:alarm:b transitioned to ALARM at Saturday 01 January, 2000 00:00:00 UTC"; got.Reason != want {
			t.Errorf("reason %q, want %q", got.Reason, want)
		}
		if want := `{"triggeringAlarms":[{"arn":"arn:aws:cloudwatch:us-east-1:123456789012:alarm:b","state":{"value":"ALARM","timestamp":"2000-01-01T00:00:00.000+0000"}}]}`; got.ReasonData != want {
			t.Errorf("reason data %s, want %s", got.ReasonData, want)
		}
	})
}

// A composite alarm is not evaluated by the clock, so a state set by hand lasts until a child moves.
func TestSetStateOfACompositeAlarmLastsUntilAChildMoves(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		in := alarmOf("a", 60, 1)
		in.TreatMissingData = ptr("ignore")
		w.put(in)
		w.compose("all", "ALARM(a)", nil)
		w.set("all", red)
		w.pass(time.Hour)
		if got := w.state("all"); got != red {
			t.Fatalf("state %s after an hour", got)
		}
		w.set("a", good)
		if got := w.state("all"); got != good {
			t.Errorf("state %s after the child moved", got)
		}
	})
}

func TestChildrenOfCompositeAlarmsCannotBeDeleted(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.put(alarmOf("a", 60, 1))
		w.compose("all", "ALARM(a)", nil)
		if _, err := w.DeleteAlarms(t.Context(), &awscloudwatch.DeleteAlarmsInput{AlarmNames: []string{"a"}}); err == nil {
			t.Error("the child was deleted alone")
		}
		if _, err := w.DeleteAlarms(t.Context(), &awscloudwatch.DeleteAlarmsInput{AlarmNames: []string{"a", "all"}}); err != nil {
			t.Errorf("both could not be deleted: %v", err)
		}
	})
}

func TestUnknownChildrenAreRefused(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		_, err := w.PutCompositeAlarm(t.Context(), &awscloudwatch.PutCompositeAlarmInput{AlarmName: ptr("all"), AlarmRule: ptr("ALARM(nobody)")})
		if err == nil || !strings.Contains(err.Error(), "nobody") {
			t.Errorf("got %v", err)
		}
	})
}

// suppressed makes a composite alarm "all" of "a" with the suppressor "quiet", waiting 60 s and extending 120 s.
func (w *world) suppressed() {
	for _, name := range []string{"a", "quiet"} {
		in := alarmOf(name, 60, 1)
		in.TreatMissingData, in.AlarmActions, in.OKActions = ptr("ignore"), nil, nil
		w.put(in)
	}
	w.compose("all", "ALARM(a)", func(in *awscloudwatch.PutCompositeAlarmInput) {
		in.OKActions = nil
		in.ActionsSuppressor = ptr("quiet")
		in.ActionsSuppressorWaitPeriod, in.ActionsSuppressorExtensionPeriod = ptr(int32(60)), ptr(int32(120))
	})
}

func TestActionsWaitForTheSuppressorToSpeak(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.suppressed()
		w.set("a", red)
		last := w.changes[len(w.changes)-1]
		if last.State.ActionsSuppressedBy != types.ActionsSuppressedByWaitPeriod || last.State.ActionsSuppressedReason != "Actions suppressed by WaitPeriod" {
			t.Errorf("event says %q", last.State.ActionsSuppressedBy)
		}
		w.pass(59 * time.Second)
		if len(w.notices) != 0 {
			t.Fatal("acted during the wait")
		}
		w.pass(2 * time.Second)
		if diff := cmp.Diff([]string{`ALARM: "all"`}, w.subjects()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestSuppressorHoldsActionsUntilItsExtensionEnds(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.suppressed()
		w.set("quiet", red)
		w.set("a", red)
		if got := w.changes[len(w.changes)-1].State.ActionsSuppressedBy; got != types.ActionsSuppressedByAlarm {
			t.Errorf("event says %q", got)
		}
		w.pass(time.Hour)
		w.set("quiet", good)
		w.pass(119 * time.Second)
		if len(w.notices) != 0 {
			t.Fatal("acted while suppressed")
		}
		w.pass(2 * time.Second)
		if diff := cmp.Diff([]string{`ALARM: "all"`}, w.subjects()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestSuppressedAlarmThatRecoversNeverActs(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.suppressed()
		w.set("quiet", red)
		w.set("a", red)
		w.set("a", good)
		w.set("quiet", good)
		w.pass(time.Hour)
		if len(w.notices) != 0 {
			t.Errorf("acted: %v", w.subjects())
		}
	})
}

func TestRecoveryDoesNotWaitForTheSuppressor(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.suppressed()
		w.compose("all", "ALARM(a)", func(in *awscloudwatch.PutCompositeAlarmInput) {
			in.ActionsSuppressor = ptr("quiet")
			in.ActionsSuppressorWaitPeriod, in.ActionsSuppressorExtensionPeriod = ptr(int32(60)), ptr(int32(120))
		})
		w.set("a", red)
		w.pass(2 * time.Minute)
		w.set("a", good)
		if diff := cmp.Diff([]string{`ALARM: "all"`, `OK: "all"`}, w.subjects()); diff != "" {
			t.Error(diff)
		}
	})
}

// Of two children that change in the same evaluation, the later one is named as the trigger.
func TestTheLastChildToMoveIsTheTrigger(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.put(alarmOf("a", 10, 1))
		w.put(alarmOf("b", 10, 1))
		w.compose("all", "ALARM(a) AND ALARM(b)", nil)
		w.pass(2 * time.Second)
		w.errors(5)
		w.pass(10 * time.Second)
		last := w.changes[len(w.changes)-1]
		if last.AlarmName != "all" || !strings.HasPrefix(last.State.Reason, w.alarmARN("b")+" transitioned to ALARM") {
			t.Errorf("%s changed: %s", last.AlarmName, last.State.Reason)
		}
	})
}
