package slack_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sluice/test/sandbox/slack"
)

// call makes a call with a body of "token channel json-fields".
func call(t *testing.T, w *slack.Workspace, method, token, body string) (answer struct {
	OK        bool
	Error, TS string
},
) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/api/"+method, strings.NewReader(body))
	r.Header.Set("Authorization", token)
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil || rec.Code != http.StatusOK {
		t.Fatalf("%d %s: %v", rec.Code, rec.Body, err)
	}
	return answer
}

func TestRefusalsAreThoseOfSlack(t *testing.T) {
	w := slack.New("xoxb-1", "C1")
	for want, c := range map[string][3]string{
		"not_authed":        {"chat.postMessage", "", `{"channel":"C1","text":"x"}`},
		"invalid_auth":      {"chat.postMessage", "Bearer xoxb-2", `{"channel":"C1","text":"x"}`},
		"channel_not_found": {"chat.postMessage", "Bearer xoxb-1", `{"channel":"C2","text":"x"}`},
		"no_text":           {"chat.postMessage", "Bearer xoxb-1", `{"channel":"C1"}`},
		"msg_too_long":      {"chat.postMessage", "Bearer xoxb-1", `{"channel":"C1","text":"` + strings.Repeat("x", 40_001) + `"}`},
		"invalid_blocks":    {"chat.postMessage", "Bearer xoxb-1", `{"channel":"C1","text":"x","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"` + strings.Repeat("x", 3001) + `"}}]}`},
		"message_not_found": {"chat.update", "Bearer xoxb-1", `{"channel":"C1","ts":"1.2","text":"x"}`},
		"thread_not_found":  {"chat.postMessage", "Bearer xoxb-1", `{"channel":"C1","thread_ts":"1.2","text":"x"}`},
		"invalid_json":      {"chat.postMessage", "Bearer xoxb-1", `{"channel":"C1","text":"x","nonsense":1}`},
		"unknown_method":    {"chat.delete", "Bearer xoxb-1", `{"channel":"C1","text":"x"}`},
	} {
		if got := call(t, w, c[0], c[1], c[2]); got.OK || got.Error != want {
			t.Errorf("%s %s answers %+v, want %s", c[0], c[2][:min(60, len(c[2]))], got, want)
		}
	}
	if n := len(w.Messages()); n != 0 {
		t.Errorf("%d messages were written all the same", n)
	}
}

func TestPageShowsMessagesAndBelievesNoText(t *testing.T) {
	w := slack.New("xoxb-1", "C1")
	first := call(t, w, "chat.postMessage", "Bearer xoxb-1", `{"channel":"C1","text":"old"}`)
	call(t, w, "chat.update", "Bearer xoxb-1", `{"channel":"C1","ts":"`+first.TS+`","text":"*new* <@U1> <!date^0^{time}|noon> &lt;b&gt; <script>alert(1)</script>"}`)
	call(t, w, "chat.postMessage", "Bearer xoxb-1", `{"channel":"C1","thread_ts":"`+first.TS+`","text":"a detail"}`)
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/", nil))
	page, _ := io.ReadAll(rec.Body)
	for _, want := range []string{"<b>new</b>", "<b>@U1</b>", "noon", "&lt;b&gt;", "a detail", "edited"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page does not show %q:\n%s", want, page)
		}
	}
	for _, ban := range []string{"<script>alert", "old"} {
		if strings.Contains(string(page), ban) {
			t.Errorf("the page shows %q", ban)
		}
	}
}

// Members are told to whoever may read them, by a form.
func TestMembersOfAGroup(t *testing.T) {
	w := slack.New("xoxb-1", "C1")
	w.Group("S1", "U1", "U2")
	list := func(token, kind, body string) string {
		r := httptest.NewRequest(http.MethodPost, "/api/usergroups.users.list", strings.NewReader(body))
		r.Header.Set("Authorization", token)
		r.Header.Set("Content-Type", kind)
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, r)
		return strings.TrimSpace(rec.Body.String())
	}
	const form = "application/x-www-form-urlencoded"
	for want, c := range map[string][3]string{
		`{"ok":true,"users":["U1","U2"]}`:          {"Bearer xoxb-1", form, "usergroup=S1&team_id=" + slack.Team},
		`{"error":"no_such_subteam","ok":false}`:   {"Bearer xoxb-1", form, "usergroup=S2"},
		`{"error":"team_not_found","ok":false}`:    {"Bearer xoxb-1", form, "usergroup=S1&team_id=T0OTHER"},
		`{"error":"invalid_auth","ok":false}`:      {"Bearer xoxb-2", form, "usergroup=S1"},
		`{"error":"not_authed","ok":false}`:        {"", form, "usergroup=S1"},
		`{"error":"invalid_post_type","ok":false}`: {"Bearer xoxb-1", "application/json", `{"usergroup":"S1"}`},
		`{"error":"invalid_arguments","ok":false}`: {"Bearer xoxb-1", form, "usergroup=S1&include_disabled=true"},
	} {
		if got := list(c[0], c[1], c[2]); got != want {
			t.Errorf("%v answers %s, want %s", c, got, want)
		}
	}
	w.Withhold("usergroups:read")
	if got := list("Bearer xoxb-1", form, "usergroup=S1"); !strings.Contains(got, "missing_scope") {
		t.Errorf("without the scope: %s", got)
	}
}

// Whoever presses a button on the page comes back to it, wherever it is served.
func TestPressLeadsBackToThePage(t *testing.T) {
	w := slack.New("xoxb-1", "C1")
	app := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer app.Close()
	w.Install(slack.App{Interactions: app.URL, HTTP: app.Client()})
	m := call(t, w, "chat.postMessage", "Bearer xoxb-1", `{"channel":"C1","text":"x","blocks":[{"type":"actions","elements":[{"type":"button","action_id":"go","value":"1","text":{"type":"plain_text","text":"Go"}}]}]}`)
	r := httptest.NewRequest(http.MethodPost, "/click", strings.NewReader("action=go&user=U1&ts="+m.TS))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	if at := rec.Header().Get("Location"); rec.Code != http.StatusSeeOther || at != "./" {
		t.Errorf("%d to %q: %s", rec.Code, at, rec.Body)
	}
}

// What the fake does not notice, a story could not: each way in which a message reaches people is one that Slack documents.
func TestMessagesReachThoseWhomSlackWouldCall(t *testing.T) {
	const section = `{"channel":"C1","text":"x","parse":"none","blocks":[{"type":"section","text":{"type":%q,"verbatim":%t,"text":%q}}]}`
	for name, c := range map[string]struct {
		body string
		want int
	}{
		"marks":                           {`{"channel":"C1","text":"<!channel> <@U1> <!subteam^S1> <https://a|b>"}`, 4},
		"escaped":                         {`{"channel":"C1","text":"&lt;!channel&gt; @here"}`, 0},
		"words, where Slack looks for it": {`{"channel":"C1","text":"@here #general https://a.example","parse":"full"}`, 3},
		"marks in a section":              {fmt.Sprintf(section, "mrkdwn", true, "<!here> @here"), 1},
		"words in a section":              {fmt.Sprintf(section, "mrkdwn", false, "<!here> @here"), 2},
		"text without marks":              {fmt.Sprintf(section, "plain_text", false, "<!here> @here"), 0},
	} {
		w := slack.New("xoxb-1", "C1")
		if a := call(t, w, "chat.postMessage", "Bearer xoxb-1", c.body); !a.OK {
			t.Fatalf("%s: %s", name, a.Error)
		}
		if got := w.Messages()[0].Reaches(); len(got) != c.want {
			t.Errorf("%s: it reaches %q, want %d", name, got, c.want)
		}
	}
	w := slack.New("xoxb-1", "C1")
	first := call(t, w, "chat.postMessage", "Bearer xoxb-1", `{"channel":"C1","text":"x"}`)
	call(t, w, "chat.update", "Bearer xoxb-1", `{"channel":"C1","ts":"`+first.TS+`","text":"@here"}`)
	if got := w.Messages()[0].Reaches(); len(got) != 1 {
		t.Errorf("an update that does not say parse reaches %q: its default is to look for words", got)
	}
}
