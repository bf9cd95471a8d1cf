package scenario

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"sluice/shared/pass"
	"sluice/shared/rollout"
	"sluice/test/sandbox/slack"
)

// inSlack is Asking with people who are known by their Slack users, too. Ada wrote every revision.
var inSlack = chatting(strings.NewReplacer(
	`"ada":{`, `"ada":{"slack":"T0SANDBOX/U0ADA",`, `"grace":{`, `"grace":{"slack":"T0SANDBOX/U0GRACE",`, `"linus":{`, `"linus":{"slack":"T0SANDBOX/U0LINUS",`,
).Replace(Asking))

// asked leads a release to its question, and is its message in Slack.
func (w *World) asked() (id string, m slack.Message) {
	w.T.Helper()
	w.Given(inSlack)
	id = w.Requested("2")
	w.Asks(id, 3)
	w.Pass(time.Minute)
	m, _ = w.chat()
	return id, m
}

// linkFor has somebody press the button that sends them a link of their own.
func (w *World) linkFor(m slack.Message, user string) string {
	w.T.Helper()
	w.must(w.Slack.Press(m.TS, "page", user))
	whispers := w.Slack.Whispers()
	last := whispers[len(whispers)-1]
	link := regexp.MustCompile(`<(https://[^|]+)\|`).FindStringSubmatch(last.Text)
	if last.User != user || link == nil {
		w.T.Fatalf("%s was told %+v, want a link", user, last)
	}
	return link[1]
}

func (w *World) answers(id string) map[string]rollout.Answer {
	w.T.Helper()
	w.Pass(time.Minute)
	return w.asItIs(id).Answers
}

func (w *World) asItIs(id string) rollout.Release {
	w.T.Helper()
	r, err := w.Store.Release(w.ctx, id)
	w.must(err)
	return r
}

func TestButtonInSlackApproves(t *testing.T) {
	Run(t, func(w *World) {
		id, m := w.asked()
		w.wantSaid(m, "Approve", "Reject", "Answer on the page", "Look at it")
		w.must(w.Slack.Press(m.TS, "approve", "U0GRACE"))
		if a := w.answers(id)["3/grace"]; !a.Approve || a.How != rollout.BySlack || !strings.Contains(a.Origin, "Slackbot") {
			t.Errorf("the answer is %+v", a)
		}
		after, thread := w.chat()
		if strings.Contains(Says(after), "Reject") || !strings.Contains(thread, "grace") {
			t.Errorf("the message still asks, or does not say who decided:\n%s\n%s", Says(after), thread)
		}
		if r := w.Ended(id); r.End != rollout.Succeeded {
			t.Errorf("ended %s:\n%s", r.End, Story(r))
		}
	})
}

func TestPageApproves(t *testing.T) {
	Run(t, func(w *World) {
		id, m := w.asked()
		b := w.Browser().Opens(w.linkFor(m, "U0GRACE"))
		if b.Status != http.StatusOK || !strings.Contains(b.Page, "Continue") || strings.Contains(b.Page, id) {
			t.Fatalf("the link shows %d:\n%s", b.Status, b.Page)
		}
		if b.Continues(); b.Status != http.StatusOK || !strings.Contains(b.Page, id) {
			t.Fatalf("continuing shows %d:\n%s", b.Status, b.Page)
		}
		if b.Presses("approve", "looked at the <graphs>"); b.Status != http.StatusOK || !strings.Contains(b.Page, "on its way") {
			t.Fatalf("approving shows %d:\n%s", b.Status, b.Page)
		}
		if a := w.answers(id)["3/grace"]; !a.Approve || a.Comment != "looked at the <graphs>" {
			t.Errorf("the answer is %+v", a)
		}
		if b.Goes("/releases/" + id); !strings.Contains(b.Page, "looked at the &lt;graphs&gt;") {
			t.Errorf("the page does not show the answer:\n%s", b.Page)
		}
		if b.Goes("/"); b.Status != http.StatusOK || !strings.Contains(b.Page, "/releases/"+id) {
			t.Errorf("the list shows %d:\n%s", b.Status, b.Page)
		}
		if b.Goes("/releases/" + id + ".json"); b.Header.Get("Content-Type") != "application/json" || !strings.Contains(b.Page, `"service": "checkout"`) {
			t.Errorf("JSON: %s", b.Page)
		}
		if r := w.Ended(id); r.End != rollout.Succeeded {
			t.Errorf("ended %s:\n%s", r.End, Story(r))
		}
	})
}

// Whoever IAM lets invoke the console gives somebody a link; an answer by it is one by mail.
func TestLinkByIAMLetsSomebodyAnswer(t *testing.T) {
	Run(t, func(w *World) {
		id, _ := w.asked()
		w.Browser().Opens(w.Invited(id)).Continues().Presses("reject", "not today")
		if a := w.answers(id)["3/dan"]; a.Approve || a.How != rollout.ByMail || a.Comment != "not today" {
			t.Errorf("the answer is %+v", a)
		}
		if r := w.Ended(id); r.End != rollout.Aborted {
			t.Errorf("ended %s:\n%s", r.End, Story(r))
		}
	})
}

func TestPageAborts(t *testing.T) {
	Run(t, func(w *World) {
		id, m := w.asked()
		b := w.Browser().Opens(w.linkFor(m, "U0LINUS")).Continues()
		b.Presses("abort", "wrong branch")
		if r := w.Ended(id); r.End != rollout.Aborted || r.Cause.By != "linus" || !strings.Contains(r.Cause.Reason, "wrong branch") {
			t.Errorf("ended %s, %+v", r.End, r.Cause)
		}
		if b.Presses("approve", ""); b.Status == http.StatusOK && len(w.answers(id)) != 0 {
			t.Errorf("an ended release took an answer: %v", w.answers(id))
		}
	})
}

// Whoever reads the channel may look, and no more.
func TestWhoMayOnlyLookCannotAct(t *testing.T) {
	Run(t, func(w *World) {
		id, m := w.asked()
		b := w.Browser().Opens(lookAt(t, m))
		if b.Status != http.StatusOK || !strings.Contains(b.Page, id) || strings.Contains(b.Page, "<form") {
			t.Fatalf("looking shows %d:\n%s", b.Status, b.Page)
		}
		key := []string{linkKey}
		session := sessionOf(t, b, key)
		fields := url.Values{"session": {pass.Sign(pass.Form, pass.Pass{ID: session.ID, Until: session.Until}, key)}, "step": {"3"}, "digest": {w.asItIs(id).Asked.Digest}}
		for _, do := range []string{"approve", "reject", "abort", "promote"} {
			if b.Goes("/releases/"+id).Posts("?do="+do, fields); b.Status < 400 {
				t.Errorf("%s shows %d", do, b.Status)
			}
		}
		w.stillAsks(id)
	})
}

func lookAt(t *testing.T, m slack.Message) string {
	t.Helper()
	for _, b := range m.Blocks {
		for _, e := range b.Elements {
			if e.ActionID == "look" {
				return e.URL
			}
		}
	}
	t.Fatal("the message has no link to look at the release")
	return ""
}

func sessionOf(t *testing.T, b *Browser, keys []string) pass.Pass {
	t.Helper()
	for _, c := range b.client.Jar.Cookies(b.URL) {
		if p, err := pass.Open(pass.Session, c.Value, keys, time.Now()); err == nil {
			return p
		}
	}
	t.Fatal("the browser has no session")
	return pass.Pass{}
}

// stillAsks wants a release that still waits, with nobody's answer.
func (w *World) stillAsks(id string) {
	w.T.Helper()
	w.Pass(time.Minute)
	r := w.asItIs(id)
	if len(r.Answers) != 0 || r.End != "" || r.Asked == nil || r.Asked.Closed || r.Cause != nil || r.Abort != nil {
		w.T.Errorf("it changed the release: answers %v, end %q, cause %+v\n%s", r.Answers, r.End, r.Cause, Story(r))
	}
}
