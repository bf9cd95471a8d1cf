package scenario

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sluice/shared/pass"
	"sluice/shared/rollout"
	shared "sluice/shared/slack"
	"sluice/test/sandbox/slack"
)

// post sends a body to the address of the buttons, signed as somebody signs it.
func (w *World) post(body, timestamp, signature string) (status int) {
	w.T.Helper()
	r, err := http.NewRequestWithContext(w.ctx, http.MethodPost, w.address("button"), strings.NewReader(body))
	w.must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Slack-Request-Timestamp", timestamp)
	r.Header.Set("X-Slack-Signature", signature)
	answer, err := w.web().Do(r)
	w.must(err)
	_ = answer.Body.Close()
	return answer.StatusCode
}

// Each is an answer in Slack's name that must not count.
func TestForgedButtonsAreRefused(t *testing.T) {
	Run(t, func(w *World) {
		id, m := w.asked()
		body, err := w.Slack.Pressed(m.TS, "approve", slack.Team, "U0GRACE")
		w.must(err)
		now := fmt.Sprint(time.Now().Unix())
		good := shared.Sign(now, []byte(body), signingSecret)
		old, future := fmt.Sprint(time.Now().Add(-301*time.Second).Unix()), fmt.Sprint(time.Now().Add(301*time.Second).Unix())
		for name, test := range map[string]struct {
			body, timestamp, signature string
			status                     int
		}{
			"no signature":                       {body, now, "", 401},
			"no time":                            {body, "", good, 401},
			"another secret":                     {body, now, shared.Sign(now, []byte(body), "guessed"), 401},
			"an empty secret":                    {body, now, shared.Sign(now, []byte(body), ""), 401},
			"another user in a signed body":      {strings.Replace(body, "U0GRACE", "U0LINUS", 1), now, good, 401},
			"truncated":                          {body[:len(body)-1], now, good, 401},
			"encoded again":                      {strings.ReplaceAll(body, "%22", "\""), now, good, 401},
			"five minutes old":                   {body, old, shared.Sign(old, []byte(body), signingSecret), 401},
			"five minutes ahead":                 {body, future, shared.Sign(future, []byte(body), signingSecret), 401},
			"signed for another time":            {body, now, shared.Sign(old, []byte(body), signingSecret), 401},
			"the signature in capitals":          {body, now, strings.ToUpper(good), 401},
			"the signature without its version":  {body, now, strings.TrimPrefix(good, "v0="), 401},
			"signed, but no form of Slack":       signed("hello", now, 400),
			"signed, but of another kind":        signed(url.Values{"payload": {`{"type":"view_submission","team":{"id":"T0SANDBOX"}}`}}.Encode(), now, 400),
			"signed, but a button of somebody's": signed(strings.Replace(body, "%22approve%22", "%22explode%22", 1), now, 400),
			"signed, but the value is cut off":   signed(strings.Replace(body, "%7C", "", 1), now, 400),
		} {
			t.Run(name, func(t *testing.T) {
				if status := w.post(test.body, test.timestamp, test.signature); status != test.status {
					t.Errorf("answered %d, want %d", status, test.status)
				}
			})
		}
		w.stillAsks(id)
		if status := w.post(body, now, good); status != 200 && status != 401 { // a minute has gone by, but not five
			t.Errorf("the true one: %d", status)
		}
		if a := w.answers(id); len(a) != 1 {
			t.Errorf("the true one does not count: %v", a)
		}
	})
}

func signed(body, timestamp string, status int) struct {
	body, timestamp, signature string
	status                     int
} {
	return struct {
		body, timestamp, signature string
		status                     int
	}{body, timestamp, shared.Sign(timestamp, []byte(body), signingSecret), status}
}

// People who may not answer are told so, at once and by themselves.
func TestWhoMayNotAnswerInSlackHearsWhy(t *testing.T) {
	for name, test := range map[string]struct{ team, user, hears string }{
		"the author":                  {slack.Team, "U0ADA", "author"},
		"somebody who is not asked":   {slack.Team, "U0EVE", "not among those"},
		"the same id in another team": {"T0OTHER", "U0GRACE", "not among those"},
		"a name instead of an id":     {slack.Team, "grace", "not among those"},
		"nobody":                      {slack.Team, "", "not among those"},
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				id, m := w.asked()
				body, err := w.Slack.Pressed(m.TS, "approve", test.team, test.user)
				w.must(err)
				w.must(w.Slack.Send(body, time.Now()))
				w.stillAsks(id)
				if whispers := w.Slack.Whispers(); len(whispers) != 1 || !strings.Contains(whispers[0].Text, test.hears) {
					t.Errorf("heard %v, want %q", whispers, test.hears)
				}
			})
		})
	}
}

// An app that is installed for a whole organisation is told no team: the user's own counts, and no other.
func TestPressCountsInAnAppOfAWholeOrganisation(t *testing.T) {
	for name, test := range map[string]struct {
		team, own string
		answers   int
	}{
		"null":                          {"null", slack.Team, 1},
		"null, of another workspace":    {"null", "T0OTHER", 0},
		"null, and nobody says whose":   {"null", "", 0},
		"said, and the user's is other": {`{"id":"T0OTHER"}`, slack.Team, 0},
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				id, m := w.asked()
				body, err := w.Slack.Pressed(m.TS, "approve", slack.Team, "U0GRACE")
				w.must(err)
				form, err := url.ParseQuery(body)
				w.must(err)
				var payload map[string]json.RawMessage
				w.must(json.Unmarshal([]byte(form.Get("payload")), &payload))
				payload["team"] = json.RawMessage(test.team)
				payload["user"] = json.RawMessage(`{"id":"U0GRACE","team_id":"` + test.own + `"}`)
				text, err := json.Marshal(payload)
				w.must(err)
				now := fmt.Sprint(time.Now().Unix())
				form.Set("payload", string(text))
				w.post(form.Encode(), now, shared.Sign(now, []byte(form.Encode()), signingSecret))
				w.Pass(time.Minute)
				if a := w.answers(id); len(a) != test.answers {
					t.Errorf("%d answers count, want %d: %v", len(a), test.answers, a)
				}
			})
		})
	}
}

// A press counts once, however often it arrives, and only for the question that the person saw.
func TestButtonCountsOnceAndForItsQuestion(t *testing.T) {
	Run(t, func(w *World) {
		id, m := w.asked()
		body, err := w.Slack.Pressed(m.TS, "approve", slack.Team, "U0GRACE")
		w.must(err)
		for _, other := range []string{"%7C2%7C", "%7C0%7C"} { // another step than the third
			w.must(w.Slack.Send(strings.Replace(body, "%7C3%7C", other, 1), time.Now()))
		}
		other := "checkout-000000000000"
		w.must(w.Slack.Send(strings.Replace(body, id, other, 1), time.Now()))
		w.stillAsks(id)
		for range 3 {
			w.must(w.Slack.Send(body, time.Now()))
		}
		r := w.Ended(id)
		if r.End != rollout.Succeeded || len(r.Answers) != 1 {
			t.Errorf("ended %s with %v", r.End, r.Answers)
		}
		lines := 0
		for _, l := range r.Audit {
			if strings.HasPrefix(l.What, "approve:") {
				lines++
			}
		}
		if lines != 1 {
			t.Errorf("the answer is told %d times:\n%s", lines, Story(r))
		}
	})
}

// What fetches links by itself opens nothing and decides nothing.
func TestPrefetchingDecidesNothing(t *testing.T) {
	Run(t, func(w *World) {
		id, m := w.asked()
		link := w.linkFor(m, "U0GRACE")
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodGet} {
			r, err := http.NewRequestWithContext(w.ctx, method, link, nil)
			w.must(err)
			r.Header.Set("User-Agent", "Slackbot-LinkExpanding 1.0")
			if answer, err := w.web().Do(r); err != nil || answer.Header.Get("Set-Cookie") != "" || answer.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %v %v", method, answer.Header, err)
			}
		}
		w.stillAsks(id)
		b := w.Browser().Opens(link).Continues()
		for _, do := range []string{"approve", "reject", "abort", "promote"} {
			b.Goes("/releases/" + id + "?do=" + do)
		}
		w.stillAsks(id)
		if b.Goes("/releases/"+id).Presses("approve", ""); b.Status != http.StatusOK || len(w.answers(id)) != 1 {
			t.Errorf("after all that the person cannot answer: %d", b.Status)
		}
	})
}

// Links and forms that are not what they were made for let nobody in.
func TestLinksAndFormsThatAreRefused(t *testing.T) {
	Run(t, func(w *World) {
		id, m := w.asked()
		link := w.linkFor(m, "U0GRACE")
		grace := w.Browser().Opens(link).Continues()
		wants := func(name string, b *Browser, status int) {
			t.Helper()
			if b.Status != status || strings.Contains(b.Page, `action="?do=`) {
				t.Errorf("%s shows %d, want %d", name, b.Status, status)
			}
		}
		wants("a link that was opened before", w.Browser().Opens(link).Continues(), http.StatusGone)
		wants("a link that was cut off", w.Browser().Opens(link[:len(link)-2]), http.StatusForbidden)
		forged := pass.Sign(pass.Link, pass.Pass{ID: "x", How: "slack", By: "T0SANDBOX/U0GRACE", Until: time.Now().Add(time.Hour).Unix()}, []string{"guessed"})
		wants("a forged link", w.Browser().Opens(w.address("console")+"open?t="+forged), http.StatusForbidden)
		expired := pass.Sign(pass.Link, pass.Pass{ID: "x", How: "slack", By: "T0SANDBOX/U0GRACE", Until: time.Now().Unix()}, []string{personKey})
		wants("an expired link", w.Browser().Opens(w.address("console")+"open?t="+expired), http.StatusGone)
		wants("a page without a session", w.Browser().Opens(w.address("console")+"releases/"+id), http.StatusUnauthorized)
		wants("another method", w.Browser().does(request(t, http.MethodDelete, w.address("console")+"releases/"+id)), http.StatusMethodNotAllowed)
		wants("a release that is none", w.Browser().Opens(lookAt(t, m)).Goes("/releases/checkout-000000000000"), http.StatusNotFound)

		fields := grace.Form()
		linus := w.Browser().Opens(w.linkFor(m, "U0LINUS")).Continues()
		wants("a form of another session", linus.Posts("?do=approve", fields), http.StatusForbidden)
		none := url.Values{"step": fields["step"], "digest": fields["digest"]}
		wants("a form of another site", grace.Posts("?do=approve", none), http.StatusForbidden)
		grace.Goes("/releases/" + id)
		wants("a form that does something else", grace.Posts("?do=explode", fields), http.StatusBadRequest)
		w.stillAsks(id)

		fields.Set("digest", strings.Repeat("0", 32))
		grace.Goes("/releases/"+id).Posts("?do=approve", fields)
		w.stillAsks(id)
		if trail := Story(w.asItIs(id)); !strings.Contains(trail, "does not count") {
			t.Errorf("an answer to another question left no line:\n%s", trail)
		}
	})
}

func request(t *testing.T, method, address string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// After one rotation links and sessions still open; after two they do not.
func TestRotatedKeys(t *testing.T) {
	Run(t, func(w *World) {
		_, m := w.asked()
		link, second, look := w.linkFor(m, "U0GRACE"), w.linkFor(m, "U0LINUS"), lookAt(t, m)
		rotate := func() {
			t.Helper()
			for _, name := range []string{"links", "people"} {
				w.rotate(name, name+" rotated "+time.Now().String())
			}
		}
		rotate()
		if b := w.Browser().Opens(link).Continues(); b.Status != http.StatusOK {
			t.Errorf("after one rotation the link shows %d", b.Status)
		}
		rotate()
		if b := w.Browser().Opens(second); b.Status != http.StatusForbidden {
			t.Errorf("after two rotations a link that names somebody shows %d", b.Status)
		}
		if b := w.Browser().Opens(look); b.Status != http.StatusForbidden {
			t.Errorf("after two rotations the link shows %d", b.Status)
		}
	})
}
