package scenario

import (
	"strings"
	"testing"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
)

// asked is the way of a release to the question before 100 %, and through it.
const asked = began + step + step + step + "Ask Count "

func TestReleaseWaitsForApprovalAndGoesOn(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Asking)
		w.Subscribe()
		id := w.Requested("2")
		w.Asks(id, 3)
		w.Pass(2 * time.Hour)
		if serves := w.Serves(); serves != "1 50 %, 2 50 %" {
			t.Errorf("while it asks, the alias serves %s", serves)
		}
		w.Answered(id, "grace", events.Approve)
		r := w.Ended(id)
		w.Then(r, rollout.Succeeded, asked+step+ends, "2")
		if n, most := w.Transitions(r), rollout.Transitions(4)+3; n > most {
			t.Errorf("%d transitions, want %d at most", n, most)
		}
		if mail := w.Mail(); !strings.Contains(mail, "waiting: checkout version 2") || !strings.Contains(mail, "before it gets 100 % of the traffic") {
			t.Errorf("nobody was told that they are waited for:\n%s", mail)
		}
		if told := strings.Join(w.Told(id), " "); told != "started shifted shifted shifted waiting answered shifted succeeded" {
			t.Errorf("told: %s", told)
		}
	})
}

func TestOneRejectionIsEnough(t *testing.T) {
	t.Run("to go back", func(t *testing.T) {
		Run(t, func(w *World) {
			w.Given(with(Asking, `"within":"4h"`, `"within":"4h","quorum":2`))
			id := w.Requested("2")
			w.Asks(id, 3)
			w.Answered(id, "grace", events.Approve)
			w.Pass(time.Minute)
			w.Answered(id, "linus", events.Reject)
			r := w.Ended(id)
			w.Then(r, rollout.Aborted, asked+back, "1")
			if r.Cause.By != "linus" || !strings.Contains(r.Cause.Reason, "a story") {
				t.Errorf("cause %+v, want linus and his comment", r.Cause)
			}
		})
	})
	t.Run("not to be let in", func(t *testing.T) {
		Run(t, func(w *World) {
			w.Given(with(Asking, `"before":"last"`, `"before":"first"`))
			id := w.Requested("2")
			w.Asks(id, 0)
			w.Answered(id, "grace", events.Reject)
			w.Then(w.Ended(id), rollout.Rejected, "Plan Admit Ask Count "+ends, "1")
		})
	})
}

func TestSilenceMeansWhatTheDefinitionSays(t *testing.T) {
	t.Run("no, when it says nothing", func(t *testing.T) {
		Run(t, func(w *World) {
			w.Given(Asking)
			r := w.Ended(w.Requested("2"))
			w.Then(r, rollout.RolledBack, asked+back, "1")
			if r.Cause.Kind != rollout.BySilence || r.Ended.Sub(r.Asked.Since) > 4*time.Hour+time.Minute {
				t.Errorf("cause %+v after %v", r.Cause, r.Ended.Sub(r.Asked.Since))
			}
		})
	})
	t.Run("yes, when it says so", func(t *testing.T) {
		Run(t, func(w *World) {
			w.Given(with(Asking, `"within":"4h"`, `"within":"4h","whenSilent":"approve"`))
			w.Then(w.Ended(w.Requested("2")), rollout.Succeeded, asked+step+ends, "2")
		})
	})
	t.Run("and half a quorum is silence", func(t *testing.T) {
		Run(t, func(w *World) {
			w.Given(with(Asking, `"within":"4h"`, `"within":"4h","quorum":2`))
			id := w.Requested("2")
			w.Asks(id, 3)
			w.Answered(id, "grace", events.Approve)
			w.Answered(id, "grace", events.Approve) // twice is not two people
			w.Then(w.Ended(id), rollout.RolledBack, asked+back, "1")
		})
	})
}

func TestAQuorumIsOfDifferentPeople(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(with(Asking, `"within":"4h"`, `"within":"4h","quorum":2`))
		id := w.Requested("2")
		w.Asks(id, 3)
		w.Answered(id, "linus", events.Approve)
		w.Answered(id, "grace", events.Approve)
		w.Then(w.Ended(id), rollout.Succeeded, asked+step+ends, "2")
	})
}

// Whoever may not answer is told so, and the release waits on.
func TestAnswersThatDoNotCountSayWhy(t *testing.T) {
	for name, test := range map[string]struct {
		edit func(a *events.AnswerRequest)
		says string
	}{
		"of the author":           {func(a *events.AnswerRequest) { a.By = "ada" }, "ada is the author of the revision"},
		"of somebody else":        {func(a *events.AnswerRequest) { a.By = "mallory" }, "not among those who are asked"},
		"of one without an event": {func(a *events.AnswerRequest) { a.By = "dan@example.com" }, "not among those who are asked"},
		"of nobody by name":       {func(a *events.AnswerRequest) { a.By = "dan" }, "not among those who are asked"},
		"to another step":         {func(a *events.AnswerRequest) { a.Step = 1 }, "is about step 2, and the release asks about step 4"},
		"to another question":     {func(a *events.AnswerRequest) { a.Digest = strings.Repeat("0", 32) }, "something else than what is asked"},
	} {
		t.Run(name, func(t *testing.T) {
			RunWith(t, Options{Direct: true}, func(w *World) {
				w.Given(Asking)
				id := w.Requested("2")
				w.Asks(id, 3)
				r, _ := w.Recorded(id)
				a := events.AnswerRequest{Release: id, Step: 3, By: "grace", Answer: events.Approve, Digest: r.Asked.Digest}
				test.edit(&a)
				w.Answer(a)
				w.Pass(time.Minute)
				if r, _ := w.Recorded(id); len(r.Answers) > 0 || r.Asked.Closed || !strings.Contains(Story(r), test.says) {
					t.Errorf("answers %v, closed %v, want a line with %q:\n%s", r.Answers, r.Asked.Closed, test.says, Story(r))
				}
			})
		})
	}
	t.Run("of whoever started the release", func(t *testing.T) {
		Run(t, func(w *World) {
			w.Given(Asking)
			id := w.Request(events.ReleaseRequest{Service: Service, Revision: "2", Requester: "Grace"})
			w.Asks(id, 3)
			w.Answered(id, "grace", events.Approve)
			w.Pass(time.Minute)
			if r, _ := w.Recorded(id); len(r.Answers) > 0 || !strings.Contains(Story(r), "grace started the release") {
				t.Errorf("answers %v:\n%s", r.Answers, Story(r))
			}
		})
	})
	t.Run("when the release has ended", func(t *testing.T) {
		Run(t, func(w *World) {
			w.Given(Asking)
			id := w.Requested("2")
			w.Asks(id, 3)
			w.Aborted(id)
			w.Then(w.Ended(id), rollout.Aborted, asked+back, "1")
			w.Answered(id, "grace", events.Approve)
			w.Pass(time.Minute)
			if r, _ := w.Recorded(id); len(r.Answers) > 0 || !strings.Contains(Story(r), "the release ended (aborted)") {
				t.Errorf("answers %v:\n%s", r.Answers, Story(r))
			}
		})
	})
}

func TestPromoteNowDoesNotAnswerForPeople(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Asking)
		id := w.Requested("2")
		w.AtStep(id, 0)
		w.PromotedNow(id)
		w.Asks(id, 3)
		w.Pass(time.Hour)
		if serves := w.Serves(); serves != "1 95 %, 2 5 %" {
			t.Errorf("nobody has approved, and the alias serves %s", serves)
		}
		w.Answered(id, "grace", events.Approve)
		w.Then(w.Ended(id), rollout.Succeeded, began+step+"Ask Count "+step+ends, "2")
	})
}

func TestAlarmWhilePeopleThinkTakesTheReleaseBack(t *testing.T) {
	t.Run("at once, by its event", func(t *testing.T) {
		Run(t, func(w *World) {
			w.Given(Asking)
			id := w.Requested("2")
			w.Asks(id, 3)
			w.AlarmRed(Alarm)
			w.Pass(2 * time.Second)
			if serves := w.Serves(); serves != "1" {
				t.Errorf("the alias serves %s", serves)
			}
			w.Then(w.Ended(id), rollout.RolledBack, asked+back, "1")
		})
	})
	t.Run("when its event was lost, before they are believed", func(t *testing.T) {
		RunWith(t, Options{Edit: WithoutAlarmEvents}, func(w *World) {
			w.Given(Asking)
			id := w.Requested("2")
			w.Asks(id, 3)
			w.Pass(20 * time.Second)
			w.AlarmRed(Alarm) // by hand: CloudWatch looks for itself at the full minute
			w.Answered(id, "grace", events.Approve)
			w.Then(w.Ended(id), rollout.RolledBack, asked+back, "1")
		})
	})
}
