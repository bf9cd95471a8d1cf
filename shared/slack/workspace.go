// Package slack writes about releases into Slack: one message for each release, which is updated in place, and a thread below
// it with the details.
//
// The rules are those of https://docs.slack.dev/reference/methods/chat.postMessage and chat.update.
package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Workspace is a Slack workspace, as the bot of an app sees it. It is safe for concurrent use.
type Workspace struct {
	http  *http.Client
	base  string // https://slack.com/api
	token func(context.Context) (string, error)
}

// New opens the workspace of a bot token; base is the address of Slack's methods.
func New(client *http.Client, base string, token func(context.Context) (string, error)) *Workspace {
	return &Workspace{http: client, base: strings.TrimSuffix(base, "/"), token: token}
}

// A Refusal is Slack's answer to a call that it understood and did not carry out.
type Refusal struct {
	Method string
	Code   string // such as channel_not_found
}

// Error says what went wrong, and what to do if that is known.
func (r *Refusal) Error() string {
	said := fmt.Sprintf("calling Slack's %s: %s", r.Method, r.Code)
	if remedy := remedies[r.Code]; remedy != "" {
		return said + "; " + remedy
	}
	return said
}

var remedies = map[string]string{
	"channel_not_found": "write the channel's id (C...) into the definition, and invite the app to the channel",
	"not_in_channel":    "invite the app to the channel",
	"is_archived":       "choose a channel that is not archived",
	"invalid_auth":      "put the app's bot token (xoxb-...) into the secret",
	"not_authed":        "put the app's bot token (xoxb-...) into the secret",
	"account_inactive":  "install the app again, and put its new bot token into the secret",
	"token_revoked":     "install the app again, and put its new bot token into the secret",
	"missing_scope":     "give the app the scopes chat:write and, for user groups, usergroups:read, and install it again",
	"no_such_subteam":   "write the user group's id (S...) into the definition",
}

// IsGone says whether the message to update does not exist any more.
func IsGone(err error) bool {
	var r *Refusal
	return errors.As(err, &r) && r.Code == "message_not_found"
}

// outgoing is the body of chat.postMessage and chat.update. Parse and LinkNames are always sent, because by default chat.update turns words that look
// like links and mentions into such (https://docs.slack.dev/reference/methods/chat.update).
type outgoing struct {
	Channel string  `json:"channel"`
	TS      string  `json:"ts,omitempty"`        // of the message to update
	Thread  string  `json:"thread_ts,omitempty"` // of the message to reply to
	Text    string  `json:"text"`
	Blocks  []block `json:"blocks,omitempty"`
	Unfurl  *bool   `json:"unfurl_links,omitempty"`

	Parse     string `json:"parse"`
	LinkNames bool   `json:"link_names"`
}

// verbatim makes Slack take the top-level text as it is.
const verbatim = "none"

// Post writes a message and returns its timestamp, which is its id within the channel.
func (w *Workspace) Post(ctx context.Context, channel string, m Message) (ts string, err error) {
	return w.call(ctx, "chat.postMessage", outgoing{Channel: channel, Text: m.Text, Blocks: m.blocks, Unfurl: new(bool), Parse: verbatim})
}

// Update writes over a message. IsGone means that somebody deleted it.
func (w *Workspace) Update(ctx context.Context, channel, ts string, m Message) error {
	_, err := w.call(ctx, "chat.update", outgoing{Channel: channel, TS: ts, Text: m.Text, Blocks: m.blocks, Parse: verbatim})
	return err
}

// Reply writes into a message's thread.
func (w *Workspace) Reply(ctx context.Context, channel, ts string, m Message) error {
	_, err := w.call(ctx, "chat.postMessage", outgoing{Channel: channel, Thread: ts, Text: m.Text, Blocks: m.blocks, Unfurl: new(bool), Parse: verbatim})
	return err
}

// Members lists the ids of the users in a user group. team is the workspace, which Slack needs with a token of a whole organisation.
func (w *Workspace) Members(ctx context.Context, team, group string) ([]string, error) {
	form := url.Values{"usergroup": {group}, "team_id": {team}}
	answer, err := w.send(ctx, "usergroups.users.list", "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
	return answer.Users, err
}

// mostAnswer bounds what is read of an answer.
const mostAnswer = 1 << 20

func (w *Workspace) call(ctx context.Context, method string, o outgoing) (ts string, err error) {
	body, err := json.Marshal(o)
	if err != nil {
		return "", fmt.Errorf("calling Slack's %s: %w", method, err)
	}
	answer, err := w.send(ctx, method, "application/json; charset=utf-8", bytes.NewReader(body))
	return answer.TS, err
}

// incoming is what methods answer.
type incoming struct {
	OK    bool     `json:"ok"`
	Error string   `json:"error"`
	TS    string   `json:"ts"`
	Users []string `json:"users"`
}

func (w *Workspace) send(ctx context.Context, method, kind string, body io.Reader) (incoming, error) {
	token, err := w.token(ctx)
	if err != nil {
		return incoming{}, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.base+"/"+method, body)
	if err != nil {
		return incoming{}, fmt.Errorf("calling Slack's %s: %w", method, err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", kind)
	response, err := w.http.Do(request)
	if err != nil {
		return incoming{}, fmt.Errorf("calling Slack's %s: %w", method, err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK { // 429 with Retry-After, 5xx: the event is tried again
		return incoming{}, fmt.Errorf("calling Slack's %s: it answered %s", method, response.Status)
	}
	return read(method, response.Body)
}

// read decodes Slack's answer. Refusals come with status 200, too.
func read(method string, body io.Reader) (incoming, error) {
	var answer incoming
	if err := json.NewDecoder(io.LimitReader(body, mostAnswer)).Decode(&answer); err != nil {
		return incoming{}, fmt.Errorf("reading the answer of Slack's %s: %w", method, err)
	}
	if !answer.OK {
		return incoming{}, &Refusal{Method: method, Code: answer.Error}
	}
	return answer, nil
}
