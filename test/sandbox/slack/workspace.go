// Package slack is a Slack workspace on this machine: the methods that Sluice calls, held to the limits that Slack documents,
// and a page that shows what was written (https://docs.slack.dev/reference/methods).
package slack

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Message is what stands in a channel now.
type Message struct {
	Channel string
	TS      string // its id within the channel, made of the time
	Thread  string // of the message that it replies to; "" is none
	Text    string
	Blocks  []Block
	Edits   int
	Unfurls bool // Slack would fetch its links, to show what is behind them
	Parses  bool // Slack makes mentions and links of words in Text that look like them
}

// Workspace is safe for concurrent use.
type Workspace struct {
	token    string
	channels []string
	mux      *http.ServeMux

	mu       sync.Mutex
	last     int64 // microseconds of the last timestamp
	messages []Message
	failing  int // calls that will fail
	app      App
	presses  []string // who pressed a button, by the number of the press
	whispers []Whisper
	groups   map[string][]string // users, by the id of their group
	withheld []string            // scopes that the app was not given
}

// New makes a workspace with an app that has this bot token and was invited to these channels.
func New(token string, channels ...string) *Workspace {
	w := &Workspace{token: token, channels: channels, mux: http.NewServeMux()}
	w.mux.HandleFunc("POST /api/chat.postMessage", w.method(w.post))
	w.mux.HandleFunc("POST /api/chat.update", w.method(w.update))
	w.mux.HandleFunc("POST /api/usergroups.users.list", w.members)
	w.mux.HandleFunc("POST /api/{method}", w.method(func(call) (answer, string) { return answer{}, "unknown_method" }))
	w.mux.HandleFunc("POST /respond/{press}", w.respond)
	w.mux.HandleFunc("POST /click", w.clicked)
	w.mux.HandleFunc("GET /{$}", w.page)
	return w
}

// ServeHTTP answers the methods below /api/, and the page.
func (w *Workspace) ServeHTTP(rw http.ResponseWriter, r *http.Request) { w.mux.ServeHTTP(rw, r) }

// Fails makes the next calls fail, as when Slack is down.
func (w *Workspace) Fails(calls int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failing = calls
}

// Messages is what stands in the workspace, in the order in which it was written.
func (w *Workspace) Messages() []Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.messages)
}

// Delete removes a message, as people may.
func (w *Workspace) Delete(ts string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.messages = slices.DeleteFunc(w.messages, func(m Message) bool { return m.TS == ts })
}

// call is what both methods take; a field that is not listed is refused, so that nothing is believed to work that was not tried.
type call struct {
	Channel     string  `json:"channel"`
	TS          string  `json:"ts"`
	Thread      string  `json:"thread_ts"`
	Text        string  `json:"text"`
	Blocks      []Block `json:"blocks"`
	UnfurlLinks *bool   `json:"unfurl_links"`
	Parse       string  `json:"parse"`
	LinkNames   bool    `json:"link_names"`
}

type answer struct {
	OK      bool   `json:"ok"`
	Error   string `json:"error,omitempty"`
	Channel string `json:"channel,omitempty"`
	TS      string `json:"ts,omitempty"`
}

// method wraps what all methods share: who calls, and that a refusal is an answer with status 200.
func (w *Workspace) method(do func(call) (answer, string)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.failing > 0 {
			w.failing--
			http.Error(rw, "upstream connect error", http.StatusServiceUnavailable)
			return
		}
		a, refusal := w.checked(r, do)
		if refusal != "" {
			a = answer{Error: refusal}
		}
		a.OK = refusal == ""
		rw.Header().Set("Content-Type", "application/json; charset=utf-8")
		_ = json.NewEncoder(rw).Encode(a)
	}
}

func (w *Workspace) checked(r *http.Request, do func(call) (answer, string)) (answer, string) {
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); {
	case !bearer:
		return answer{}, "not_authed"
	case token != w.token:
		return answer{}, "invalid_auth"
	case err != nil || media != "application/json":
		return answer{}, "invalid_post_type"
	}
	var c call
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if d.Decode(&c) != nil {
		return answer{}, "invalid_json"
	}
	switch {
	case !slices.Contains(w.channels, c.Channel):
		return answer{}, "channel_not_found"
	case c.Text == "" && len(c.Blocks) == 0:
		return answer{}, "no_text"
	case len(c.Text) > 40_000:
		return answer{}, "msg_too_long"
	case !valid(c.Blocks):
		return answer{}, "invalid_blocks"
	}
	return do(c)
}

func (w *Workspace) post(c call) (answer, string) {
	if c.Thread != "" && w.find(c.Channel, c.Thread) == nil {
		return answer{}, "thread_not_found"
	}
	w.last = max(w.last+1, time.Now().UnixMicro())
	m := Message{Channel: c.Channel, TS: fmt.Sprintf("%d.%06d", w.last/1e6, w.last%1e6), Thread: c.Thread, Text: c.Text, Blocks: c.Blocks, Unfurls: c.UnfurlLinks == nil || *c.UnfurlLinks, Parses: c.Parse == "full" || c.LinkNames}
	w.messages = append(w.messages, m)
	return answer{Channel: c.Channel, TS: m.TS}, ""
}

func (w *Workspace) update(c call) (answer, string) {
	m := w.find(c.Channel, c.TS)
	if m == nil {
		return answer{}, "message_not_found"
	}
	m.Text, m.Blocks, m.Parses = c.Text, c.Blocks, c.Parse != "none" || c.LinkNames
	m.Edits++
	return answer{Channel: c.Channel, TS: c.TS}, ""
}

func (w *Workspace) find(channel, ts string) *Message {
	for i, m := range w.messages {
		if m.Channel == channel && m.TS == ts {
			return &w.messages[i]
		}
	}
	return nil
}
