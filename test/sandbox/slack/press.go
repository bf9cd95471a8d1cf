package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Team is the id of the workspace.
const Team = "T0SANDBOX"

// App is what the app that writes here is set up with.
type App struct {
	Interactions  string       // URL that presses of buttons are posted to
	SigningSecret string       // with which they are signed
	HTTP          *http.Client // reaches it
	Self          string       // URL of this workspace, for answers that only one person sees
	Users         []string     // as whom a visitor of the page may press buttons
}

// A Whisper is an answer that only one person sees.
type Whisper struct{ User, Text string }

// Install sets the app up.
func (w *Workspace) Install(a App) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.app = a
}

// Whispers are what single people were told, in order.
func (w *Workspace) Whispers() []Whisper {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]Whisper(nil), w.whispers...)
}

// Press has a user of the workspace press a button of a message. The error is what Slack would show them: the app did not answer
// with 200 within three seconds.
func (w *Workspace) Press(ts, action, user string) error {
	body, err := w.Pressed(ts, action, Team, user)
	if err != nil {
		return err
	}
	return w.Send(body, time.Now())
}

// Pressed is the body that a press makes: a form with the field payload
// (https://docs.slack.dev/reference/interaction-payloads/block_actions-payload).
func (w *Workspace) Pressed(ts, action, team, user string) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range w.messages {
		for _, b := range m.Blocks {
			for _, e := range b.Elements {
				if m.TS == ts && e.ActionID == action {
					return w.payload(m, b, e, team, user), nil
				}
			}
		}
	}
	return "", fmt.Errorf("message %s has no button %q", ts, action)
}

func (w *Workspace) payload(m Message, _ Block, e Element, team, user string) string {
	w.presses = append(w.presses, user)
	text, _ := json.Marshal(map[string]any{ // of strings: it cannot fail
		"type": "block_actions", "api_app_id": "A0SANDBOX", "token": "deprecated", "trigger_id": "1.2.3",
		"team":         map[string]string{"id": team, "domain": "sandbox"},
		"user":         map[string]string{"id": user, "username": strings.ToLower(user), "team_id": team},
		"container":    map[string]any{"type": "message", "message_ts": m.TS, "channel_id": m.Channel, "is_ephemeral": false},
		"channel":      map[string]string{"id": m.Channel, "name": "releases"},
		"message":      map[string]string{"type": "message", "ts": m.TS, "text": m.Text},
		"response_url": fmt.Sprintf("%s/respond/%d", w.app.Self, len(w.presses)),
		"actions": []any{map[string]any{
			"type": "button", "action_id": e.ActionID, "block_id": "b", "value": e.Value, "action_ts": fmt.Sprintf("%d.000001", time.Now().Unix()),
			"text": map[string]any{"type": "plain_text", "text": e.Text.Text, "emoji": true},
		}},
	})
	return url.Values{"payload": {string(text)}}.Encode()
}

// Send posts a body as Slack does, signed at a time.
func (w *Workspace) Send(body string, at time.Time) error {
	w.mu.Lock()
	app := w.app
	w.mu.Unlock()
	if app.Interactions == "" {
		return errors.New("the app has no address for interactions")
	}
	timestamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(app.SigningSecret))
	fmt.Fprintf(mac, "v0:%s:%s", timestamp, body)
	r, err := http.NewRequest(http.MethodPost, app.Interactions, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	r.Header.Set("X-Slack-Request-Timestamp", timestamp)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	begun := time.Now()
	answer, err := app.HTTP.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	switch {
	case err != nil:
		return err
	case answer.StatusCode != http.StatusOK:
		return fmt.Errorf("the app answered %s: %s", answer.Status, text)
	case time.Since(begun) > 3*time.Second:
		return errors.New("the app answered too late")
	}
	return nil
}

// respond takes an answer to a press.
func (w *Workspace) respond(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n, err := strconv.Atoi(r.PathValue("press"))
	var a struct {
		Type    string `json:"response_type"`
		Replace bool   `json:"replace_original"`
		Text    string `json:"text"`
	}
	if err != nil || n < 1 || n > len(w.presses) || json.NewDecoder(r.Body).Decode(&a) != nil || a.Type != "ephemeral" || a.Replace {
		http.Error(rw, "invalid_payload", http.StatusBadRequest)
		return
	}
	w.whispers = append(w.whispers, Whisper{User: w.presses[n-1], Text: a.Text})
	_, _ = io.WriteString(rw, "ok")
}

// clicked is a press by whoever looks at the page of this workspace, as the user whom they choose.
func (w *Workspace) clicked(rw http.ResponseWriter, r *http.Request) {
	if err := w.Press(r.FormValue("ts"), r.FormValue("action"), r.FormValue("user")); err != nil {
		http.Error(rw, err.Error(), http.StatusBadGateway)
		return
	}
	rw.Header().Set("Location", "./") // http.Redirect would make it absolute, and does not know below which prefix this is served
	rw.WriteHeader(http.StatusSeeOther)
}
