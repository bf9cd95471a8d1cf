package rollout_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
)

// entering is a release with two guard alarms, that holds its target and is guarded by a third of an earlier promotion, too.
func entering() (rollout.Release, rollout.Lease) {
	r := rollout.Release{
		ID: "checkout-1", Revision: rollout.Revision{Version: "42"}, Created: end, Steps: []rollout.Step{{Weight: 500, Bake: rollout.Duration(time.Hour)}, {Weight: rollout.All}},
		Definition: rollout.Definition{QueueLimit: rollout.Duration(time.Hour), Guard: rollout.Guard{Alarms: []string{"errors", "latency"}}},
	}
	return r, rollout.Lease{Target: "lambda:checkout:live", Owner: r.ID, Phase: rollout.Held, Alarms: []string{"errors", "latency", "promised"}}
}

func green(names ...string) []rollout.GuardAlarm {
	alarms := make([]rollout.GuardAlarm, len(names))
	for i, name := range names {
		alarms[i] = rollout.GuardAlarm{Name: name, Reaction: time.Minute}
	}
	return alarms
}

func TestEnterJudgesTheGuardAlarms(t *testing.T) {
	type spoil = func(r *rollout.Release, alarms []rollout.GuardAlarm)
	redAlarm := func(_ *rollout.Release, alarms []rollout.GuardAlarm) { alarms[0].Red = true }
	fixes := func(r *rollout.Release, alarms []rollout.GuardAlarm) {
		alarms[0].Red, r.Fixes = true, "the outage"
		r.Definition.Checks = rollout.Checks{Errors: []rollout.Compared{{}}}
	}
	all := []string{"errors", "latency", "promised"}
	for name, test := range map[string]struct {
		spoil    []spoil
		rejected string
		waits    bool
		changed  bool
		alarms   []string
		red      []string
		notes    string
	}{
		"all are green": {alarms: all},
		"one is gone":   {spoil: []spoil{func(_ *rollout.Release, a []rollout.GuardAlarm) { a[1].Missing = true }}, rejected: "guard alarm latency does not exist", changed: false, alarms: all},
		"one that only a promotion named is gone": {spoil: []spoil{func(_ *rollout.Release, a []rollout.GuardAlarm) { a[2].Missing = true }}, changed: true, alarms: all[:2]},
		"one is red":                           {spoil: []spoil{redAlarm}, rejected: "guard alarm errors is red already", alarms: all},
		"one is red, and another gone":         {spoil: []spoil{redAlarm, func(_ *rollout.Release, a []rollout.GuardAlarm) { a[1].Missing = true }}, rejected: "guard alarm latency does not exist", alarms: all},
		"one is red, and the definition waits": {spoil: []spoil{redAlarm, func(r *rollout.Release, _ []rollout.GuardAlarm) { r.Definition.Guard.WhenRed = rollout.RedWaits }}, waits: true, alarms: all},
		"one is red for longer than the definition waits": {spoil: []spoil{redAlarm, func(r *rollout.Release, _ []rollout.GuardAlarm) {
			r.Definition.Guard.WhenRed, r.Created = rollout.RedWaits, end.Add(-2*time.Hour)
		}}, rejected: "stayed red for 1h", alarms: all},
		"it mends what a red one tells of": {spoil: []spoil{fixes}, changed: true, alarms: all[1:], red: all[:1], notes: "It fixes the outage: guard alarms that are red already (errors) are ignored"},
		"it mends that, and nothing compares": {
			spoil:    []spoil{fixes, func(r *rollout.Release, _ []rollout.GuardAlarm) { r.Definition.Checks = rollout.Checks{} }},
			rejected: "nothing compares the fix with stable", alarms: all,
		},
		"one comes late": {spoil: []spoil{func(_ *rollout.Release, a []rollout.GuardAlarm) { a[0].Reaction = 2 * time.Hour }}, alarms: all, notes: "Guard alarm errors cannot take this release back"},
		"all come too late": {
			spoil: []spoil{func(_ *rollout.Release, a []rollout.GuardAlarm) {
				a[0].Reaction, a[1].Reaction = 2*time.Hour, 2*time.Hour
			}},
			rejected: "no guard alarm can go red", alarms: all,
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, l := entering()
			alarms := green(l.Alarms...)
			for _, spoil := range test.spoil {
				spoil(&r, alarms)
			}
			got := r.Enter(l, rollout.Admission{Stable: "41"}, alarms, end)
			if (test.rejected != "") != (got.Rejection != nil) || got.Rejection != nil && (!strings.Contains(got.Rejection.Reason, test.rejected) || got.Rejection.Remedy == "") {
				t.Errorf("rejection %+v, want one with %q and a remedy", got.Rejection, test.rejected)
			}
			if got.AwaitGreen != test.waits || got.Changed != test.changed || !slices.Equal(got.Lease.Alarms, test.alarms) || !slices.Equal(got.Lease.Red, test.red) {
				t.Errorf("waits %t, changed %t, guarded by %v, red before %v; want %t, %t, %v, %v", got.AwaitGreen, got.Changed, got.Lease.Alarms, got.Lease.Red, test.waits, test.changed, test.alarms, test.red)
			}
			if said := strings.Join(got.Notes, "\n"); got.Rejection == nil && (!strings.Contains(said, test.notes) || (test.notes == "") != (said == "")) {
				t.Errorf("it notes %q, want %q", said, test.notes)
			}
		})
	}
}

func TestBeginningSaysWhatTheReleaseGoesFromAndTo(t *testing.T) {
	r, l := entering()
	l.Promise = &rollout.Promise{Release: "checkout-0", Alarms: []string{"promised", "errors"}, Until: end.Add(time.Hour), Candidate: "41"}
	found := rollout.Split{Stable: "41", Candidate: "42", Weight: 500, Tag: "lock"}
	got := l.Beginning(r, rollout.Admission{Stable: "41"}, found, []string{"latency"}, end)
	if got.Stable != "41" || got.Candidate != "42" || got.Weight != 500 || got.Tag != "lock" || got.Began != rollout.MomentOf(end) {
		t.Errorf("the lease is %+v", got)
	}
	if !slices.Equal(got.Alarms, []string{"errors", "promised"}) || !slices.Equal(got.Red, []string{"latency"}) {
		t.Errorf("guarded by %v, red before %v", got.Alarms, got.Red)
	}
	found.Candidate = "40" // another one's share is not the candidate's
	if got := l.Beginning(r, rollout.Admission{Stable: "41"}, found, nil, end); got.Weight != rollout.None {
		t.Errorf("the candidate begins with %v", got.Weight)
	}
}
