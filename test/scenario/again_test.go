package scenario

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/events"
)

// Approvers who missed the question get it once more, and are left alone after that.
func TestPeopleAreAskedAgainOnceInAWhile(t *testing.T) {
	Run(t, func(w *World) {
		w.Hires()
		w.Given(strings.Replace(inSlack, `"dan":{"mail"`, `"ops":{"aws":"arn:aws:iam::123456789012:role/`+Operators+`"},"dan":{"mail"`, 1))
		w.Subscribe()
		id := w.Requested("2")
		again := events.Order{Do: events.AskAgain, Release: id}
		w.AtStep(id, 1)
		if out, status := w.Commands("x", again); status != http.StatusConflict || !strings.Contains(out.Says, "asks nothing now") {
			t.Errorf("before the question: %d, %+v", status, out)
		}
		w.Asks(id, 3)
		mails := func() int { return strings.Count(w.Mail(), "waiting: checkout version 2") }
		mentions := func() (n int) {
			for _, m := range w.Slack.Messages() {
				if m.Thread != "" && strings.Contains(Says(m), "<@U0GRACE>") {
					n++
				}
			}
			return n
		}
		check := func(what string, status, mailed, mentioned int, says string) {
			t.Helper()
			out, got := w.Commands("x", again)
			w.Pass(time.Minute)
			if got != status || !strings.Contains(out.Says, says) || mails() != mailed || mentions() != mentioned {
				t.Errorf("%s: %d, %+v; %d mails and %d mentions, want %d and %d", what, got, out, mails(), mentions(), mailed, mentioned)
			}
		}
		check("at once", http.StatusConflict, 1, 0, "were asked less than 5m ago")
		w.Pass(10 * time.Minute)
		check("later", http.StatusOK, 2, 1, "are asked again")
		check("again", http.StatusConflict, 2, 1, "were asked less than 5m ago")
		w.Pass(5 * time.Minute)
		b := w.Browser().Opens(w.Invited(id)).Continues()
		b.Presses("ask-again", "")
		w.Pass(time.Minute)
		if mails() != 3 || mentions() != 2 {
			t.Errorf("on the page: %d mails, %d mentions", mails(), mentions())
		}
		if !strings.Contains(w.Mail(), "sluice approve checkout -e sandbox (or reject)") {
			t.Errorf("the mail does not say how to answer:\n%s", w.Mail())
		}
		if told := w.Told(id); !slices.Contains(told, "waiting") || !strings.Contains(w.Trail(id), "asks again") {
			t.Errorf("told %v\n%s", told, w.Trail(id))
		}
	})
}
