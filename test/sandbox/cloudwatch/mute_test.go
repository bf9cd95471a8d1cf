package cloudwatch

import (
	"strings"
	"testing"
	"time"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/google/go-cmp/cmp"
)

// mute mutes alarm "a", which ignores missing data, from 00:10 for 20 minutes.
func (w *world) mute() {
	w.t.Helper()
	in := alarmOf("a", 60, 1)
	in.TreatMissingData = ptr("ignore")
	w.put(in)
	_, err := w.PutAlarmMuteRule(w.t.Context(), &awscloudwatch.PutAlarmMuteRuleInput{
		Name: ptr("night"), MuteTargets: &types.MuteTargets{AlarmNames: []string{"a"}},
		Rule: &types.Rule{Schedule: &types.Schedule{Expression: ptr("at(2000-01-01T00:10)"), Duration: ptr("PT20M")}},
	})
	if err != nil {
		w.t.Fatalf("putting mute rule: %v", err)
	}
}

func TestMutedAlarmEmitsItsEventAndRunsNoAction(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.mute()
		w.set("a", good)
		if w.changes[0].MuteDetail != nil {
			t.Errorf("muted before the window: %+v", w.changes[0].MuteDetail)
		}
		w.pass(15 * time.Minute)
		w.set("a", red)
		want := &MuteDetail{
			MutedByArn:      "arn:aws:cloudwatch:us-east-1:123456789012:alarm-mute-rule:night",
			MuteWindowStart: "2000-01-01T00:10:00.000+0000", MuteWindowEnd: "2000-01-01T00:30:00.000+0000",
		}
		if diff := cmp.Diff(want, w.changes[1].MuteDetail); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{`OK: "a"`}, w.subjects()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestHeldActionRunsWhenTheWindowEnds(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.mute()
		w.set("a", good)
		w.pass(15 * time.Minute)
		w.set("a", red)
		w.pass(time.Hour)
		if diff := cmp.Diff([]string{`OK: "a"`, `ALARM: "a"`}, w.subjects()); diff != "" {
			t.Fatal(diff)
		}
		if at := w.notices[1].at.Format("15:04:05"); at != "00:30:00" {
			t.Errorf("acted at %s, want the end of the window", at)
		}
		if len(w.changes) != 2 {
			t.Errorf("%d events, want 2", len(w.changes))
		}
	})
}

func TestAlarmThatRecoversWhileMutedRunsNoActionLater(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.mute()
		w.set("a", good)
		w.pass(15 * time.Minute)
		w.set("a", red)
		w.set("a", good)
		w.pass(time.Hour)
		if diff := cmp.Diff([]string{`OK: "a"`}, w.subjects()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestDeletingAMuteRuleFreesWhatItHeld(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.mute()
		w.pass(15 * time.Minute)
		w.set("a", red)
		if _, err := w.DeleteAlarmMuteRule(t.Context(), &awscloudwatch.DeleteAlarmMuteRuleInput{AlarmMuteRuleName: ptr("night")}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{`ALARM: "a"`}, w.subjects()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestMuteRuleStatusFollowsTheClock(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.mute()
		var path []types.AlarmMuteRuleStatus
		for range 3 {
			out, err := w.GetAlarmMuteRule(t.Context(), &awscloudwatch.GetAlarmMuteRuleInput{AlarmMuteRuleName: ptr("night")})
			if err != nil {
				t.Fatal(err)
			}
			path = append(path, out.Status)
			w.pass(15 * time.Minute)
		}
		if diff := cmp.Diff([]types.AlarmMuteRuleStatus{"SCHEDULED", "ACTIVE", "EXPIRED"}, path); diff != "" {
			t.Error(diff)
		}
	})
}

func TestSchedulesOfMuteRules(t *testing.T) {
	for _, c := range []struct{ zone, at, want string }{
		{"", "2026-07-01T13:59", ""},
		{"", "2026-07-01T14:00", "2026-07-01T14:00"},
		{"", "2026-07-01T15:00", ""},
		{"Europe/Stockholm", "2026-07-01T12:30", "2026-07-01T12:00"},
	} {
		s, err := parseSchedule("at(2026-07-01T14:00)", "PT1H", c.zone)
		if err != nil {
			t.Errorf("%s: %v", c.zone, err)
			continue
		}
		at, _ := time.Parse("2006-01-02T15:04", c.at)
		got := ""
		if s.covers(at) {
			got = s.once.UTC().Format("2006-01-02T15:04")
		}
		if got != c.want {
			t.Errorf("%s at %s: window from %q, want %q", c.zone, c.at, got, c.want)
		}
	}
	for _, c := range [][2]string{{"rate(5 minutes)", "PT1H"}, {"at(2026-07-01T14:00", "PT1H"}, {"at(tomorrow)", "PT1H"}, {"at(2026-07-01T14:00)", "PT30S"}, {"at(2026-07-01T14:00)", "P16D"}} {
		if _, err := parseSchedule(c[0], c[1], ""); err == nil {
			t.Errorf("%s for %s was accepted", c[0], c[1])
		}
	}
}

func TestOfTwoMuteWindowsTheLaterEndCounts(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.mute()
		for name, duration := range map[string]string{"longer": "PT40M", "shorter": "PT10M"} {
			_, err := w.PutAlarmMuteRule(t.Context(), &awscloudwatch.PutAlarmMuteRuleInput{
				Name: &name, MuteTargets: &types.MuteTargets{AlarmNames: []string{"a"}},
				Rule: &types.Rule{Schedule: &types.Schedule{Expression: ptr("at(" + time.Now().UTC().Add(10*time.Minute).Format("2006-01-02T15:04") + ")"), Duration: &duration}},
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		w.pass(15 * time.Minute)
		w.set("a", red)
		w.pass(time.Hour)
		if got := w.changes[0].MuteDetail; got == nil || !strings.HasSuffix(got.MutedByArn, ":longer") {
			t.Errorf("muted by %+v", got)
		}
		if len(w.notices) != 1 || w.notices[0].at.Format("15:04") != "00:50" {
			t.Errorf("acted %+v", w.notices)
		}
	})
}
