package rollout_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
)

// questioned is a release that asks two people before its last step, for an hour, and holds its target with a part of the traffic.
func questioned() (rollout.Release, rollout.Lease) {
	r := rollout.Release{
		ID: "checkout-1", Revision: rollout.Revision{Version: "42"}, Epoch: 7,
		Steps: []rollout.Step{{Weight: 500, Bake: rollout.Duration(time.Minute)}, {Weight: rollout.All}},
		Definition: rollout.Definition{Approvals: []rollout.Approval{
			{Before: rollout.BeforeLast, From: []string{"grace", "linus"}, Quorum: 2, Within: rollout.Duration(time.Hour)},
		}},
		Answers: map[string]rollout.Answer{},
	}
	r.Asked = &rollout.Asked{Step: 1, Since: end.Add(-time.Hour / 2), Until: end.Add(time.Hour / 2), Digest: r.Digest(1)}
	return r, rollout.Lease{Owner: "checkout-1", Epoch: 7, Phase: rollout.Held, Weight: 500}
}

func says(r *rollout.Release, person string, approve bool, comment string) {
	a := rollout.Answer{Step: 1, Person: person, Approve: approve, Comment: comment}
	r.Answers[a.Key()] = a
}

func bothApprove(r *rollout.Release, _ *rollout.Lease) {
	says(r, "grace", true, "")
	says(r, "linus", true, "")
}

func silent(r *rollout.Release, _ *rollout.Lease) { r.Asked.Until = end }

func TestCountSaysWhatFollowsFromAnswersAndSilence(t *testing.T) {
	unmoved := func(_ *rollout.Release, l *rollout.Lease) { l.Weight = rollout.None }
	for name, test := range map[string]struct {
		spoil    []func(*rollout.Release, *rollout.Lease)
		next     rollout.Next
		seconds  int
		closed   string
		approved []int
		fence    rollout.FenceKind
		rejected string // its remedy
	}{
		"nobody has answered":     {next: rollout.NextAsk, seconds: 1800},
		"one of two has approved": {spoil: with(func(r *rollout.Release, _ *rollout.Lease) { says(r, "grace", true, "") }), next: rollout.NextAsk, seconds: 1800},
		"a stranger has approved": {spoil: with(bothApprove, func(r *rollout.Release, _ *rollout.Lease) {
			delete(r.Answers, "1/linus")
			says(r, "eve", true, "")
		}), next: rollout.NextAsk, seconds: 1800},
		"both have approved": {spoil: with(bothApprove), next: rollout.NextShift, seconds: 120, closed: "grace and linus approved: version 42 may get 100 % of the traffic.", approved: []int{1}},
		"one has rejected": {
			spoil: with(bothApprove, func(r *rollout.Release, _ *rollout.Lease) { says(r, "linus", false, "not today") }),
			next:  rollout.NextBack, seconds: 1, closed: "linus rejected 100 % of the traffic: not today", fence: rollout.ByPerson,
		},
		"one has rejected before any traffic": {
			spoil: with(unmoved, func(r *rollout.Release, _ *rollout.Lease) { says(r, "linus", false, "") }),
			next:  rollout.NextSettle, seconds: 1, closed: "linus rejected 100 % of the traffic.", rejected: "talk to linus, then release again",
		},
		"the time is up": {spoil: with(silent), next: rollout.NextBack, seconds: 1, closed: "Not enough people approved within 1h.", fence: rollout.BySilence},
		"the time is up before any traffic": {
			spoil: with(silent, unmoved), next: rollout.NextSettle, seconds: 1, closed: "Not enough people approved within 1h.",
			rejected: "release again when those who are asked have time",
		},
		"the time is up, and silence approves": {
			spoil: with(silent, func(r *rollout.Release, _ *rollout.Lease) {
				r.Definition.Approvals[0].WhenSilent = rollout.SilenceApproves
			}),
			next: rollout.NextShift, seconds: 120, closed: "Nobody objected within 1h, and the definition says to go on then: version 42 may get 100 % of the traffic.", approved: []int{1},
		},
		"the time is up, and both have approved":  {spoil: with(silent, bothApprove), next: rollout.NextShift, seconds: 120, closed: "approved", approved: []int{1}},
		"it was counted before":                   {spoil: with(bothApprove, func(r *rollout.Release, _ *rollout.Lease) { r.Approved, r.Asked.Closed = []int{1}, true }), next: rollout.NextShift, seconds: 120},
		"the question was not written yet":        {spoil: with(func(r *rollout.Release, _ *rollout.Lease) { r.Asked = nil }), next: rollout.NextAsk, seconds: 3600},
		"the question was about another revision": {spoil: with(bothApprove, func(r *rollout.Release, _ *rollout.Lease) { r.Revision.Version = "43" }), next: rollout.NextAsk, seconds: 3600},
		"the fence is up":                         {spoil: with(bothApprove, func(_ *rollout.Release, l *rollout.Lease) { l.Fence = &rollout.Fence{} }), next: rollout.NextBack, seconds: 1},
		"another release holds the target":        {spoil: with(bothApprove, func(_ *rollout.Release, l *rollout.Lease) { l.Owner = "checkout-2" }), next: rollout.NextSettle, seconds: 1},
		"it has the target anew, by then":         {spoil: with(bothApprove, func(_ *rollout.Release, l *rollout.Lease) { l.Epoch = 9 }), next: rollout.NextSettle, seconds: 1},
	} {
		t.Run(name, func(t *testing.T) {
			r, l := questioned()
			for _, spoil := range test.spoil {
				spoil(&r, &l)
			}
			got := r.Count(rollout.Cursor{Release: r.ID, Step: 1}, l, end)
			if got.Next.Next != test.next || got.Next.Seconds != test.seconds || got.Next.Step != 1 {
				t.Errorf("it goes on with %+v, want %s after %d s", got.Next, test.next, test.seconds)
			}
			if !strings.Contains(got.Closed, test.closed) || (test.closed == "") != (got.Closed == "") || !slices.Equal(got.Approved, test.approved) && got.Approves() {
				t.Errorf("closed by %q with %v, want %q with %v", got.Closed, got.Approved, test.closed, test.approved)
			}
			if (test.fence != "") != (got.Fence != nil) || got.Fence != nil && (got.Fence.Kind != test.fence || !got.Fence.At.Equal(end)) {
				t.Errorf("the fence is %+v, want %q", got.Fence, test.fence)
			}
			if (test.rejected != "") != (got.Rejection != nil) || got.Rejection != nil && got.Rejection.Remedy != test.rejected {
				t.Errorf("the rejection is %+v, want the remedy %q", got.Rejection, test.rejected)
			}
		})
	}
}

func with(spoils ...func(*rollout.Release, *rollout.Lease)) []func(*rollout.Release, *rollout.Lease) {
	return spoils
}

// What an alarm says is not for people to weigh: the release goes back though nothing has moved.
func TestRedAlarmSendsAnApprovedReleaseBack(t *testing.T) {
	r, l := questioned()
	l.Weight = rollout.None
	got := r.Refused(rollout.Cursor{Release: r.ID}, l, rollout.Fence{Kind: rollout.ByAlarm, By: "errors", Reason: "Guard alarm errors is red."})
	if got.Next.Next != rollout.NextBack || got.Fence == nil || got.Rejection != nil || got.Approves() {
		t.Errorf("it follows %+v", got)
	}
}
