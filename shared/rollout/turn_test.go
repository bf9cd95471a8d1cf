package rollout_test

import (
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
)

// queue is who waits, by name and by how many minutes before or after the release they came.
func waiting(name string, minutes int) rollout.Waiting {
	return rollout.Waiting{Release: name, Created: end.Add(time.Duration(minutes) * time.Minute)}
}

func gone(w rollout.Waiting) rollout.Waiting {
	w.SupersededBy = "newer"
	return w
}

func TestTurnGoesByAge(t *testing.T) {
	for name, test := range map[string]struct {
		queue  []rollout.Waiting
		policy rollout.WhenRunning
		want   rollout.Turn
	}{
		"nobody waits":                          {want: rollout.Turn{Tries: true}},
		"it waits alone":                        {queue: []rollout.Waiting{waiting("mine", 0)}, want: rollout.Turn{Queued: true, Tries: true}},
		"an older one waits":                    {queue: []rollout.Waiting{waiting("older", -1), waiting("mine", 0)}, want: rollout.Turn{Queued: true, Ahead: []rollout.Waiting{waiting("older", -1)}}},
		"an older one waits, and it is not yet": {queue: []rollout.Waiting{waiting("older", -1)}, want: rollout.Turn{Ahead: []rollout.Waiting{waiting("older", -1)}}},
		"a younger one waits":                   {queue: []rollout.Waiting{waiting("mine", 0), waiting("younger", 1)}, want: rollout.Turn{Queued: true, Tries: true}},
		"an older one that gives way":           {queue: []rollout.Waiting{gone(waiting("older", -1)), waiting("mine", 0)}, want: rollout.Turn{Queued: true, Tries: true}},
		"it supersedes an older one": {
			queue: []rollout.Waiting{waiting("older", -1)}, policy: rollout.Supersede, want: rollout.Turn{Tries: true, Ahead: []rollout.Waiting{waiting("older", -1)}},
		},
		"it gives way itself": {queue: []rollout.Waiting{gone(waiting("mine", 0))}, want: rollout.Turn{Queued: true, YieldsTo: "newer"}},
	} {
		r := rollout.Release{ID: "mine", Created: end, Definition: rollout.Definition{WhenRunning: test.policy}}
		got := r.Turn(test.queue)
		if got.YieldsTo != test.want.YieldsTo || got.Queued != test.want.Queued || got.Tries != test.want.Tries || len(got.Ahead) != len(test.want.Ahead) {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

func TestBehindFollowsTheDefinitionsPolicy(t *testing.T) {
	ahead := rollout.Turn{Ahead: []rollout.Waiting{waiting("older", -1)}}
	holder := rollout.Lease{Owner: "holder", Phase: rollout.Held}
	for name, test := range map[string]struct {
		policy rollout.WhenRunning
		turn   rollout.Turn
		holder rollout.Lease
		waited time.Duration
		first  string
		why    string // empty: it waits
	}{
		"behind the holder":            {turn: ahead, holder: holder, first: "holder"},
		"behind the oldest":            {turn: ahead, first: "older"},
		"the definition rejects":       {policy: rollout.Reject, holder: holder, first: "holder", why: "release holder is running"},
		"it has waited just so long":   {holder: holder, waited: time.Hour, first: "holder"},
		"it has waited too long":       {holder: holder, waited: time.Hour + time.Second, first: "holder", why: "it waited longer than 1h behind release holder"},
		"too long, and it supersedes":  {policy: rollout.Supersede, holder: holder, waited: 2 * time.Hour, first: "holder", why: "it waited longer"},
		"one that supersedes may wait": {policy: rollout.Supersede, holder: holder, first: "holder"},
	} {
		r := rollout.Release{ID: "mine", Created: end, Definition: rollout.Definition{WhenRunning: test.policy, QueueLimit: rollout.Duration(time.Hour)}}
		first, why := r.Behind(test.turn, test.holder, end.Add(test.waited))
		if first != test.first || (why != nil) != (test.why != "") || why != nil && !strings.Contains(why.Reason, test.why) {
			t.Errorf("%s: behind %s, rejection %+v; want behind %s, %q", name, first, why, test.first, test.why)
		}
	}
}

func TestOnlyANewerReleaseTakesThePlaceOfOneThatRuns(t *testing.T) {
	r := rollout.Release{ID: "mine", Created: end}
	if f := r.Replaces(rollout.Release{Created: end.Add(-time.Minute)}, end); f == nil || f.Kind != rollout.ByNewer || f.By != "mine" {
		t.Errorf("the older one that runs gets %+v", f)
	}
	if f := r.Replaces(rollout.Release{Created: end.Add(time.Minute)}, end); f != nil {
		t.Errorf("a newer one goes back: %+v", f)
	}
}
