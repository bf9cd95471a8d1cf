package count_test

import (
	"strings"
	"testing"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/scenario"
)

// first is a definition that asks before any traffic.
var first = strings.Replace(scenario.Asking, `"before":"last"`, `"before":"first"`, 1)

// asked leads a release to its question and lets an hour pass.
func asked(w *byhand.World) rollout.Release {
	r := w.Asking("2")
	w.Does("ask", byhand.Task(r, 0, "mine"))
	w.Pass(time.Hour)
	return w.Release(r.ID)
}

func said(r rollout.Release, by, answer string) events.Envelope[any] {
	return byhand.Event(events.AnswerGiven, events.AnswerRequest{Release: r.ID, By: by, Answer: answer})
}

func TestCountSaysWhatFollows(t *testing.T) {
	for name, test := range map[string]struct {
		before  func(w *byhand.World, r rollout.Release)
		next    rollout.Next
		seconds int
		closed  bool
	}{
		"nothing was said: wait for what is left":  {func(*byhand.World, rollout.Release) {}, rollout.NextAsk, 3 * 3600, false},
		"one has approved: go on":                  {func(w *byhand.World, r rollout.Release) { w.Does("decide", said(r, "grace", events.Approve)) }, rollout.NextShift, 600, true},
		"one has rejected before any traffic: end": {func(w *byhand.World, r rollout.Release) { w.Does("decide", said(r, "grace", events.Reject)) }, rollout.NextSettle, 1, true},
		"the time is up before any traffic: end":   {func(w *byhand.World, _ rollout.Release) { w.Pass(3 * time.Hour) }, rollout.NextSettle, 1, true},
		"the fence is up: go back":                 {func(w *byhand.World, r rollout.Release) { w.Fenced(r) }, rollout.NextBack, 1, false},
		"somebody else holds the target: leave it": {func(w *byhand.World, _ rollout.Release) { w.LeaseExpires(); w.Begun("3") }, rollout.NextSettle, 1, false},
		"approved, but an alarm is red: go back": {func(w *byhand.World, r rollout.Release) {
			w.Does("decide", said(r, "grace", events.Approve))
			w.AlarmRed(scenario.Alarm)
		}, rollout.NextBack, 1, true},
		"the author's word: wait for what is left": {func(w *byhand.World, r rollout.Release) { w.Does("decide", said(r, "story", events.Approve)) }, rollout.NextAsk, 3 * 3600, false},
		"it was counted before: repeat what it said": {func(w *byhand.World, r rollout.Release) {
			w.Does("decide", said(r, "grace", events.Approve))
			w.Leads("count", byhand.Start(r))
		}, rollout.NextShift, 600, true},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.RunWith(t, scenario.Options{}, first, func(w *byhand.World) {
				r := asked(w)
				test.before(w, r)
				c := w.Leads("count", byhand.Start(r))
				if c.Next != test.next || c.Seconds != test.seconds {
					t.Errorf("next %q after %d s, want %q after %d s\n%s", c.Next, c.Seconds, test.next, test.seconds, w.Trail(r.ID))
				}
				if q := w.Release(r.ID).Asked; q.Closed != test.closed {
					t.Errorf("closed: %v, want %v", q.Closed, test.closed)
				}
			})
		})
	}
}

// An answer that was taken is counted: one that comes after the count hears that it is too late.
func TestAnswerAfterTheCountDoesNotCount(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, first, func(w *byhand.World) {
		r := asked(w)
		w.Does("decide", said(r, "grace", events.Approve))
		w.Leads("count", byhand.Start(r))
		w.Does("decide", said(r, "linus", events.Reject))
		if got := w.Release(r.ID); len(got.Answers) != 1 || !strings.Contains(w.Trail(r.ID), "The answer of linus does not count") {
			t.Errorf("answers %v\n%s", got.Answers, w.Trail(r.ID))
		}
	})
}

// twice is a definition that asks before any traffic, and again before the last step.
var twice = strings.Replace(first, `"approvals":[`, `"approvals":[{"before":"last","from":["grace"],"within":"4h"},`, 1)

// The time of the second question may be over before ask has written it. What was said to the first is no answer to it.
func TestAnswerToOneQuestionDoesNotCountForAnother(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, twice, func(w *byhand.World) {
		r := asked(w)
		w.Does("decide", said(r, "grace", events.Approve))
		w.Leads("count", byhand.Start(r))
		before := w.Release(r.ID)
		c := byhand.Start(r)
		c.Step = r.Last()
		c = w.Leads("count", c)
		if now := w.Release(r.ID); c.Next != rollout.NextAsk || len(now.Approved) != len(before.Approved) || len(now.Audit) != len(before.Audit) {
			t.Errorf("next %q, approved %v after %v, want to ask\n%s", c.Next, now.Approved, before.Approved, w.Trail(r.ID))
		}
	})
}
