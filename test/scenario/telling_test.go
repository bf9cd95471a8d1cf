package scenario

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
)

// hears wants everybody to have heard of a moment: by mail, by the message in Slack, and by the status of the commit on GitHub.
func (w *World) hears(moment, mail, chat, gitHub string) {
	w.T.Helper()
	if got := w.Mail(); !strings.Contains(got, mail) {
		w.T.Errorf("%s: no mail says %q:\n%s", moment, mail, got)
	}
	m, thread := w.chat()
	if got := Says(m) + thread; !strings.Contains(got, chat) {
		w.T.Errorf("%s: Slack does not say %q:\n%s", moment, chat, got)
	}
	statuses := w.GitHub.Statuses()
	last := statuses[len(statuses)-1]
	if got := last.State + ": " + last.Description; !strings.Contains(got, gitHub) {
		w.T.Errorf("%s: GitHub was told %q, want %q", moment, got, gitHub)
	}
}

func TestEverybodyHearsOfAGoodRelease(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(chatting(Asking))
		w.Subscribe()
		id := w.ofCommit("github/acme/checkout")
		w.AtStep(id, 0)
		w.hears("started", "started: checkout version 2", "has started", "pending: Version 2 gets 5 % of the traffic")
		w.Asks(id, 3)
		w.hears("waiting", "waiting: checkout version 2", "*Waiting for* 1 of ada, grace, linus, dan", "pending: Version 2 of checkout waits for 1 of")
		w.Answered(id, "grace", events.Approve)
		w.Ended(id)
		w.hears("promoted", "succeeded: checkout version 2", "✅", "success: "+rollout.Succeeded.Sentence())
	})
}

// People hear that a release goes back while it still does: here nobody can move the alias for ten minutes.
func TestEverybodyHearsThatAReleaseGoesBackBeforeItIsBack(t *testing.T) {
	var until time.Time
	blocked := func() bool { return time.Now().Before(until) }
	faults := slices.Concat(fail("guard", "lambda:UpdateAlias", blocked), fail("rollback", "lambda:UpdateAlias", blocked))
	RunWith(t, Options{Middleware: faults}, func(w *World) {
		w.GivesUp("guard")
		w.Given(chatting(Canary))
		w.Subscribe()
		id := w.ofCommit("github/acme/checkout")
		w.AtStep(id, 0)
		until = time.Now().Add(10 * time.Minute)
		w.AlarmRed(Alarm)
		w.Pass(5 * time.Minute)
		if serves := w.Serves(); serves != "1 95 %, 2 5 %" {
			t.Fatalf("it is back already: %s", serves)
		}
		w.hears("rolling back", "rolling-back: checkout version 2", "↩️", "failure: It goes back: Guard alarm checkout-errors went red")
		if strings.Contains(w.Mail(), "rolled-back:") {
			t.Error("people were told that it is back, and it is not")
		}
		w.Ended(id)
		w.hears("rolled back", "rolled-back: checkout version 2", rollout.RolledBack.Sentence(), "failure: "+rollout.RolledBack.Sentence())
	})
}

func TestEverybodyHearsOfAReleaseThatIsStuck(t *testing.T) {
	faults := slices.Concat(fail("guard", "lambda:UpdateAlias", always), fail("rollback", "lambda:UpdateAlias", always), fail("settle", "lambda:UpdateAlias", always))
	RunWith(t, Options{Middleware: faults}, func(w *World) {
		w.GivesUp("guard")
		w.Given(chatting(Canary))
		w.Subscribe()
		id := w.ofCommit("github/acme/checkout")
		w.AtStep(id, 0)
		w.AlarmRed(Alarm)
		if r := w.Ended(id); r.End != rollout.Stuck {
			t.Fatalf("it ended %s", r.End)
		}
		w.Pass(time.Minute)
		w.hears("stuck", "STUCK: checkout version 2", "🚨", "error: "+rollout.Stuck.Sentence())
	})
}

// Whoever is told by others may be down for hours: the release does not wait. What nobody took lies where an alarm looks, and sent again
// it tells all that has happened since.
func TestOutagesOfSlackAndGitHubNeitherBlockNorLose(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(chatting(Canary))
		w.Subscribe()
		w.Slack.Fails(1000)
		w.GitHub.Fails(1000)
		w.GivesUp("slack")
		w.GivesUp("github")
		r := w.Ended(w.ofCommit("github/acme/checkout"))
		w.Then(r, rollout.Succeeded, began+step+step+step+step+ends, "2")
		w.Pass(lastTry)
		if m := w.Slack.Messages(); len(m)+len(w.GitHub.Statuses()) != 0 {
			t.Fatalf("they are not down: %v", m)
		}
		w.Slack.Fails(0)
		w.GitHub.Fails(0)
		for _, function := range []string{"slack", "github"} {
			letters := w.Sandbox.SQS.Messages(w.deadLetters(function))
			if len(letters) == 0 {
				t.Fatalf("what %s could not tell is lost", function)
			}
			if mail := w.Mail(); !strings.Contains(mail, "sluice-sandbox-"+function) {
				t.Errorf("nobody hears that %s has dead letters:\n%s", function, mail)
			}
			w.Redeliver(function, []byte(letters[0].Body))
		}
		w.Pass(time.Minute)
		w.hears("all of it", "succeeded: checkout version 2", "✅", "success: "+rollout.Succeeded.Sentence())
		_, thread := w.chat()
		w.wantTrail(r, thread)
	})
}
