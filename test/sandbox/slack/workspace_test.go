package slack_test

import (
	"encoding/json"
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
