package slack_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"sluice/shared/slack"
)

// answering is a Slack that answers every call alike.
type answering struct {
	status int
	body   string
	asked  *http.Request
}

func (a *answering) RoundTrip(r *http.Request) (*http.Response, error) {
	a.asked = r
	return &http.Response{StatusCode: a.status, Status: "x", Body: io.NopCloser(strings.NewReader(a.body)), Request: r}, nil
}

func post(a *answering) (string, error) {
	token := func(context.Context) (string, error) { return "xoxb-secret", nil }
	return slack.New(&http.Client{Transport: a}, "https://slack.example/api/", token).Post(context.Background(), "C1", slack.Message{Text: "x"})
}

func TestAnswersOfSlackAreUnderstood(t *testing.T) {
	a := &answering{status: 200, body: `{"ok":true,"channel":"C1","ts":"1503435956.000247","message":{"text":"x"}}`}
	if ts, err := post(a); err != nil || ts != "1503435956.000247" {
		t.Errorf("%q, %v", ts, err)
	}
	if a.asked.URL.String() != "https://slack.example/api/chat.postMessage" || a.asked.Header.Get("Authorization") != "Bearer xoxb-secret" {
		t.Errorf("it called %s", a.asked.URL)
	}
	for want, a := range map[string]*answering{
		"invite the app":     {status: 200, body: `{"ok":false,"error":"channel_not_found"}`},
		"some_new_error":     {status: 200, body: `{"ok":false,"error":"some_new_error"}`},
		"it answered":        {status: 429, body: `{"ok":false,"error":"ratelimited"}`},
		"reading the answer": {status: 200, body: `<html>proxy</html>`},
	} {
		_, err := post(a)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "xoxb") {
			t.Errorf("%v, want %q", err, want)
		}
	}
	var refusal *slack.Refusal
	if _, err := post(&answering{status: 200, body: `{"ok":false,"error":"message_not_found"}`}); !errors.As(err, &refusal) || !slack.IsGone(err) {
		t.Errorf("%v is not known as a message that is gone", err)
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(200, `{"ok":true,"ts":"1.2"}`)
	f.Add(200, `{"ok":false}`)
	f.Add(503, ``)
	f.Fuzz(func(t *testing.T, status int, body string) {
		ts, err := post(&answering{status: status, body: body})
		if err == nil && status != 200 || err != nil && ts != "" {
			t.Errorf("%d %q: %q, %v", status, body, ts, err)
		}
	})
}
