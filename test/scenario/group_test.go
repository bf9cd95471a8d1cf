package scenario

import (
	"strings"
	"testing"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/sandbox/slack"
)

// grouped asks the members of a user group of Slack, and grace; the definition knows linus, who is a member, by his id.
var grouped = with(chatting(Asking), `"linus":{"event":"linus"}`, `"linus":{"event":"linus","slack":"T0SANDBOX/U0LINUS"}`,
	`"ada":{"event":"ada"}`, `"ada":{"event":"ada","slack":"T0SANDBOX/U0ADA"}`,
	`"from":["ada","grace","linus","dan"]`, `"from":["grace"],"slackTeam":"T0SANDBOX/S0OPS"`)

// askedGroup is a release that asks, with the message about it.
func (w *World) askedGroup(definition string, members ...string) (id string, m slack.Message) {
	w.T.Helper()
	w.Slack.Group("S0OPS", members...)
	w.Given(definition)
	id = w.Requested("2")
	w.Asks(id, 3)
	w.Pass(time.Minute)
	m, _ = w.chat()
	return id, m
}

func TestMemberOfASlackGroupAnswers(t *testing.T) {
	Run(t, func(w *World) {
		id, m := w.askedGroup(grouped, "U0EVE", "U0LINUS")
		if text := Says(m); !strings.Contains(text, "<!subteam^S0OPS>") {
			t.Errorf("the group is not mentioned:\n%s", text)
		}
		w.must(w.Slack.Press(m.TS, "approve", "U0EVE"))
		r := w.Ended(id)
		w.Then(r, rollout.Succeeded, asked+step+ends, "2")
		if a := r.Answers["3/T0SANDBOX/U0EVE"]; !a.Approve || a.Team != "T0SANDBOX/S0OPS" {
			t.Errorf("the answers are %+v", r.Answers)
		}
	})
}

func TestOneMemberRejects(t *testing.T) {
	Run(t, func(w *World) {
		id, m := w.askedGroup(with(grouped, `"within":"4h"`, `"within":"4h","quorum":3`), "U0EVE", "U0LINUS")
		w.must(w.Slack.Press(m.TS, "approve", "U0EVE"))
		w.Pass(time.Minute)
		w.must(w.Slack.Press(m.TS, "reject", "U0LINUS"))
		w.Then(w.Ended(id), rollout.Aborted, asked+back, "1")
	})
}

// A person is one, be they asked by name or as a member, and whatever way they answer.
func TestQuorumOfAGroupIsOfDifferentPeople(t *testing.T) {
	Run(t, func(w *World) {
		id, m := w.askedGroup(with(grouped, `"from":["grace"]`, `"from":["linus"]`, `"within":"4h"`, `"within":"4h","quorum":2`), "U0EVE", "U0LINUS")
		w.must(w.Slack.Press(m.TS, "approve", "U0LINUS"))
		w.Pass(time.Minute)
		w.must(w.Slack.Press(m.TS, "approve", "U0LINUS"))
		w.Answered(id, "linus", events.Approve)
		w.Pass(time.Minute)
		if r := w.asItIs(id); len(r.Answers) != 1 || r.Asked.Closed || r.Answers["3/linus"].Person != "linus" {
			t.Errorf("one person is two: %+v", r.Answers)
		}
		w.must(w.Slack.Press(m.TS, "approve", "U0EVE"))
		w.Then(w.Ended(id), rollout.Succeeded, asked+step+ends, "2")
	})
}

// Each is somebody who is no member, or may not answer though they are.
func TestWhoIsNotOfTheGroupIsRefused(t *testing.T) {
	for name, test := range map[string]struct{ team, user, author, requester, says string }{
		"no member":                           {slack.Team, "U0MALLORY", "bob", "ci", "not among those who are asked"},
		"the same id in another workspace":    {"T0OTHER", "U0EVE", "bob", "ci", "not among those who are asked"},
		"an id that ends like a member's":     {slack.Team, "XU0EVE", "bob", "ci", "not among those who are asked"},
		"nobody":                              {slack.Team, "", "bob", "ci", "not among those who are asked"},
		"a member who wrote it, by their id":  {slack.Team, "U0EVE", "T0SANDBOX/U0EVE", "ci", "author of the revision"},
		"a member who wrote it, by mapping":   {slack.Team, "U0LINUS", "linus", "ci", "linus is the author of the revision"},
		"a member who started it, by mapping": {slack.Team, "U0LINUS", "bob", "linus", "linus started the release"},
		"a member who started it, by their id": {
			slack.Team, "U0EVE", "bob", "T0SANDBOX/U0EVE", "started the release",
		},
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				w.Slack.Group("S0OPS", "U0EVE", "U0LINUS")
				w.Given(grouped)
				id := w.Request(events.ReleaseRequest{Service: Service, Revision: "2", Commit: "c0ffee", Author: test.author, Requester: test.requester})
				w.Asks(id, 3)
				w.Pass(time.Minute)
				m, _ := w.chat()
				body, err := w.Slack.Pressed(m.TS, "approve", test.team, test.user)
				w.must(err)
				w.must(w.Slack.Send(body, time.Now()))
				w.stillAsks(id)
				if said := Story(w.asItIs(id)); !strings.Contains(said, test.says) {
					t.Errorf("the record does not say %q:\n%s", test.says, said)
				}
			})
		})
	}
}

// Only Slack itself says who somebody in Slack is.
func TestGroupIsForAnswersInSlackAlone(t *testing.T) {
	Run(t, func(w *World) {
		id, _ := w.askedGroup(grouped, "U0EVE")
		for _, by := range []string{"T0SANDBOX/U0EVE", "U0EVE", "T0SANDBOX/S0OPS"} {
			w.Answer(events.AnswerRequest{Release: id, Step: 3, By: by, Answer: events.Approve})
		}
		w.stillAsks(id)
	})
}

// Membership is what it is when somebody answers, and nobody is let in when Slack does not say it.
func TestMembershipIsReadWhenSomebodyAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		change func(w *World)
		says   string
	}{
		"left since":             {func(w *World) { w.Slack.Group("S0OPS", "U0LINUS") }, "not among those who are asked"},
		"emptied":                {func(w *World) { w.Slack.Group("S0OPS") }, "not among those who are asked"},
		"Slack is down":          {func(w *World) { w.Slack.Fails(1) }, "Slack did not say who is in T0SANDBOX/S0OPS"},
		"the scope is missing":   {func(w *World) { w.Slack.Withhold("usergroups:read") }, "Slack did not say who is in"},
		"the token is not valid": {func(w *World) { w.SlackToken("xoxb-old"); w.Pass(6 * time.Minute) }, "Slack did not say who is in"},
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				w.GivesUp("slack") // with a token that is not valid nothing is written there, either
				id, m := w.askedGroup(grouped, "U0EVE", "U0LINUS")
				body, err := w.Slack.Pressed(m.TS, "approve", slack.Team, "U0EVE")
				w.must(err)
				test.change(w)
				w.must(w.Slack.Send(body, time.Now()))
				w.stillAsks(id)
				if said := Story(w.asItIs(id)); !strings.Contains(said, test.says) {
					t.Errorf("the record does not say %q:\n%s", test.says, said)
				}
			})
		})
	}
	t.Run("joined since", func(t *testing.T) {
		Run(t, func(w *World) {
			id, m := w.askedGroup(grouped)
			w.Slack.Group("S0OPS", "U0EVE")
			w.must(w.Slack.Press(m.TS, "approve", "U0EVE"))
			w.Then(w.Ended(id), rollout.Succeeded, asked+step+ends, "2")
		})
	})
}
