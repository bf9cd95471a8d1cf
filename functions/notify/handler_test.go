package notify_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"sluice/events"
	"sluice/test/byhand"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// back is a release that went back.
var back = events.Release{
	Release: "checkout-1f0c2b3a4d5e", Service: "checkout", Revision: "42", Stable: "41", Commit: "c0ffee", Author: "ada", Requester: "ci",
	Sentence: "The release went back.", Cause: "Guard alarm checkout-errors went red", Remedy: "look at version 42",
	At: time.Date(2026, 11, 24, 13, 0, 0, 0, time.FixedZone("CET", 3600)),
}

// link is where the mail leads, with a pass for whoever reads it.
var link = regexp.MustCompile(`Page:         https://\S+/open\?t=\S+`)

func TestMailSaysWhatWhyAndWhatToDo(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		w.Subscribe()
		w.Does("notify", byhand.Event(events.ReleaseRolledBack, back))
		w.Pass(time.Second)
		const want = `rolled-back: checkout version 42
The release went back.

Why:          Guard alarm checkout-errors went red
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
		if got := strings.TrimSuffix(link.ReplaceAllString(w.Mail(), "Page:         (link)"), "\n"); got != want {
			t.Errorf("the mail says\n%s\nwant\n%s", got, want)
		}
	})
}

// SNS refuses a subject with a line break or a letter that is not ASCII, and nobody would read the mail.
func TestSubjectIsOneThatSNSTakes(t *testing.T) {
	for name, test := range map[string]struct {
		what   string
		change func(r *events.Release)
		want   string
	}{
		"stuck is seen from far":    {events.ReleaseStuck, func(*events.Release) {}, "STUCK: checkout version 42"},
		"a service with an umlaut":  {events.ReleaseRejected, func(r *events.Release) { r.Service = "zähler" }, "rejected: z?hler version 42"},
		"a version with two lines":  {events.ReleaseRejected, func(r *events.Release) { r.Revision = "4\n2" }, "rejected: checkout version 4?2"},
		"a service without an end":  {events.ReleaseRejected, func(r *events.Release) { r.Service = strings.Repeat("x", 500) }, "rejected: " + strings.Repeat("x", 86) + "..."},
		"nothing but the necessary": {events.ReleaseStarted, func(r *events.Release) { *r = events.Release{Service: "checkout"} }, "started: checkout a new version"},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.Run(t, func(w *byhand.World) {
				w.Subscribe()
				r := back
				test.change(&r)
				w.Does("notify", byhand.Event(test.what, r))
				w.Pass(time.Second)
				if mail := w.Mail(); !strings.HasPrefix(mail, test.want+"\n") {
					t.Errorf("the mail says\n%s\nwant the subject %q", mail, test.want)
				}
			})
		})
	}
}

// A line without a value would only make people wonder.
func TestMailLeavesOutWhatNobodyKnows(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		w.Subscribe()
		w.Does("notify", byhand.Event(events.ReleaseSucceeded, events.Release{Service: "checkout", Revision: "42", Sentence: "Good."}))
		w.Pass(time.Second)
		for _, row := range []string{"Why:", "What to do:", "Commit:", "Author:", "Stable:"} {
			if strings.Contains(w.Mail(), row) {
				t.Errorf("the mail has an empty row %s\n%s", row, w.Mail())
			}
		}
	})
}

func TestNobodyGetsMailAboutHistory(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		w.Subscribe()
		e := byhand.Event(events.ReleaseStuck, back)
		e.ReplayName = "look-at-yesterday"
		w.Does("notify", e)
		w.Pass(time.Second)
		if mail := w.Mail(); mail != "" {
			t.Errorf("the mail says\n%s", mail)
		}
	})
}

func TestMailThatWasNotTakenIsTriedAgain(t *testing.T) {
	throttled := sandboxtest.Fail("sns:Publish", 1, wire.AccessDenied("not yet"))
	byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{throttled}}, scenario.Canary, func(w *byhand.World) {
		w.Subscribe()
		e := byhand.Event(events.ReleaseStuck, back)
		w.Refuses("notify", e, "not yet")
		w.Does("notify", e)
		w.Pass(time.Second)
		if mail := w.Mail(); strings.Count(mail, "STUCK") != 1 {
			t.Errorf("the mail says\n%s", mail)
		}
	})
}
