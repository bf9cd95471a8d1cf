package stage

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"sluice/events"
	"sluice/shared/rollout"
)

const begun = "c0d76431-b0e7-4a5b-97e3-e8ee786eb6f6"

var now = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// of is the release of version 7, with what the function makes of it.
func of(change func(r *rollout.Release)) *rollout.Release {
	r := &rollout.Release{ID: "checkout-0123456789ab", Service: "checkout", Revision: rollout.Revision{Version: "7"}, Page: "https://page/", Audit: []rollout.Line{{What: "Version 7 gets 5 %."}}}
	change(r)
	return r
}

func ended(end rollout.End) func(r *rollout.Release) { return func(r *rollout.Release) { r.End = end } }

func TestAnswerFollowsTheRelease(t *testing.T) {
	for name, test := range map[string]struct {
		release *rollout.Release
		waited  time.Duration
		wanted  events.StageRequest
		ends    string // "" while it goes on, "succeeds", or the type of the failure
		says    string
	}{
		"nobody has begun it":               {nil, 9 * time.Minute, events.StageRequest{Service: "checkout", Revision: "7"}, "", "the release of 7 of checkout"},
		"nobody begins it":                  {nil, unheard, events.StageRequest{Service: "checkout", Revision: "7"}, string(types.FailureTypeSystemUnavailable), "rule trigger"},
		"nobody begins that of the commit":  {nil, unheard, events.StageRequest{Service: "checkout", Commit: "c0ffee"}, string(types.FailureTypeSystemUnavailable), "source of its definition"},
		"it runs":                           {of(func(*rollout.Release) {}), time.Hour, events.StageRequest{}, "", "gets 5 %"},
		"it runs for nearly a day":          {of(func(*rollout.Release) {}), ofJob.most - time.Second, events.StageRequest{}, "", "gets 5 %"},
		"it runs for longer":                {of(func(*rollout.Release) {}), ofJob.most, events.StageRequest{}, string(types.FailureTypeJobFailed), "the release goes on: Version 7 gets 5 %. Retry the stage"},
		"it has succeeded":                  {of(ended(rollout.Succeeded)), 25 * time.Hour, events.StageRequest{}, "succeeds", "serves all traffic"},
		"its promotion is being taken back": {of(func(r *rollout.Release) { r.End, r.Reverted = rollout.Succeeded, true }), time.Hour, events.StageRequest{}, "", ""},
		"its promotion was taken back":      {of(func(r *rollout.Release) { r.End, r.Reverted = rollout.RolledBack, true }), time.Hour, events.StageRequest{}, string(types.FailureTypeJobFailed), "went back"},
		"it went back": {
			of(func(r *rollout.Release) {
				r.End, r.Cause = rollout.RolledBack, &rollout.Fence{Reason: "Too many errors."}
			}), time.Hour,
			events.StageRequest{},
			string(types.FailureTypeJobFailed), "nothing is left behind. Too many errors. checkout-0123456789ab https://page/",
		},
		"it was not let in": {
			of(func(r *rollout.Release) {
				r.End, r.Rejection = rollout.Rejected, rollout.Because("It is frozen.", "Lift it.")
			}), time.Hour,
			events.StageRequest{},
			string(types.FailureTypeJobFailed), "It is frozen. Lift it.",
		},
		"it was superseded": {of(ended(rollout.Superseded)), time.Hour, events.StageRequest{}, string(types.FailureTypeJobFailed), "newer release"},
		"it was stopped":    {of(ended(rollout.Aborted)), time.Hour, events.StageRequest{}, string(types.FailureTypeJobFailed), "person stopped"},
		"it is stuck":       {of(ended(rollout.Stuck)), time.Hour, events.StageRequest{}, string(types.FailureTypeJobFailed), "Look at it now"},
	} {
		t.Run(name, func(t *testing.T) {
			c := course{wanted: test.wanted, followed: followed{First: begun, Since: now.Add(-test.waited)}, patience: ofJob, release: test.release, now: now}
			a := c.answer()
			got := string(a.Failure)
			if a.Variables != nil {
				got = "succeeds"
			}
			if (a.Token != "") != (test.ends == "") || got != test.ends || !strings.Contains(a.Says, test.says) || a.Says == "" {
				t.Errorf("it answers %+v, want %q and %q", a, test.ends, test.says)
			}
		})
	}
}

func TestTokenBringsBackWhatTheFirstCallKnew(t *testing.T) {
	j := events.Job{ID: begun}
	c := course{wanted: events.StageRequest{Service: "checkout", Revision: "7"}, followed: follows(j, now), now: now}
	next := events.Job{ID: "00000000-b0e7-4a5b-97e3-e8ee786eb6f6"}
	next.Data.Token = c.answer().Token
	if f := follows(next, now.Add(time.Hour)); f.First != begun || !f.Since.Equal(now) || f.Release != c.request().ID("") {
		t.Errorf("the next call knows %+v", f)
	}
	for _, token := range []string{"", "{}", "mine", `{"first":"x","since":"2026-11-30T12:00:00Z"}`, `{"first":"` + begun + `","release":"../x","since":"2026-11-30T12:00:00Z"}`} {
		j.Data.Token = token
		if f := follows(j, now); f != (followed{First: begun, Since: now}) {
			t.Errorf("token %q makes %+v", token, f)
		}
	}
}

func TestJobsReleaseIsTheNewestThatFits(t *testing.T) {
	listed := func(id, version, commit string, end rollout.End) rollout.Release {
		return rollout.Release{ID: id, Revision: rollout.Revision{Version: version, Commit: commit}, End: end}
	}
	newest := []rollout.Release{listed("4", "8", "b", ""), listed("3", "7", "a", ""), listed("2", "7", "a", rollout.RolledBack), listed("1", "6", "c", rollout.Succeeded)}
	for name, test := range map[string]struct {
		wanted events.StageRequest
		want   string
	}{
		"of a revision, one that runs":  {events.StageRequest{Revision: "7"}, "3"},
		"of a revision, and none runs":  {events.StageRequest{Revision: "6", Commit: "c"}, ""},
		"of a commit, one that runs":    {events.StageRequest{Commit: "a"}, "3"},
		"of a commit, one that ended":   {events.StageRequest{Commit: "c"}, "1"},
		"of a commit that nobody knows": {events.StageRequest{Commit: "d"}, ""},
	} {
		got := ""
		if r := (course{wanted: test.wanted}).among(newest); r != nil {
			got = r.ID
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
