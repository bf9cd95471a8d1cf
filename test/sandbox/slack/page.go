package slack

import (
	_ "embed"
	"html"
	"html/template"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{"marks": marks, "read": read, "clock": clock}).Parse(pageText))

// shown is a message with its thread.
type shown struct {
	Message
	Replies []Message
}

// view is what the page shows.
type view struct {
	Users    []string // whom a visitor may be
	Whispers []Whisper
	Messages []*shown
	Asks     bool // there are buttons to press: the page keeps still for a while
}

// page shows the newest message first.
func (w *Workspace) page(rw http.ResponseWriter, _ *http.Request) {
	var list []*shown
	threads := map[string]*shown{}
	for _, m := range w.Messages() {
		if to := threads[m.Thread]; m.Thread != "" && to != nil {
			to.Replies = append(to.Replies, m)
			continue
		}
		s := &shown{Message: m}
		threads[m.TS] = s
		list = append([]*shown{s}, list...)
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.mu.Lock()
	v := view{Users: w.app.Users, Messages: list, Whispers: w.whispers[max(0, len(w.whispers)-3):]}
	w.mu.Unlock()
	for _, m := range list {
		v.Asks = v.Asks || slices.ContainsFunc(m.Blocks, func(b Block) bool {
			return slices.ContainsFunc(b.Elements, func(e Element) bool { return e.Value != "" })
		})
	}
	_ = pageTemplate.Execute(rw, v)
}

// clock is the time of day of a timestamp.
func clock(ts string) string {
	seconds, _, _ := strings.Cut(ts, ".")
	n, _ := strconv.ParseInt(seconds, 10, 64)
	return time.Unix(n, 0).Format("15:04:05")
}

var (
	tokens = regexp.MustCompile(`<([^<>]*)>`)
	bold   = regexp.MustCompile(`\*([^*\n]+)\*`)
	code   = regexp.MustCompile("`([^`\n]+)`")
)

// marks turns Slack's marks into HTML; everything else is escaped (https://docs.slack.dev/messaging/formatting-message-text).
func marks(text string) template.HTML {
	var b strings.Builder
	at := 0
	for _, m := range tokens.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(plain(text[at:m[0]]))
		b.WriteString(token(text[m[2]:m[3]]))
		at = m[1]
	}
	b.WriteString(plain(text[at:]))
	return template.HTML(b.String()) //nolint:gosec // every part is escaped
}

// read is a text as its type wants it read.
func read(kind, text string) template.HTML {
	if kind == "plain_text" {
		return template.HTML(strings.ReplaceAll(html.EscapeString(text), "\n", "<br>")) //nolint:gosec // it is escaped
	}
	return marks(text)
}

func plain(s string) string {
	s = html.EscapeString(html.UnescapeString(s))
	s = code.ReplaceAllString(bold.ReplaceAllString(s, "<b>$1</b>"), "<code>$1</code>")
	return strings.ReplaceAll(s, "\n", "<br>")
}

// token is what stands between angle brackets: a person, or a moment with its text for those who cannot compute it.
func token(s string) string {
	target, label, labelled := strings.Cut(s, "|")
	if user, ok := strings.CutPrefix(target, "@"); ok {
		return "<b>@" + html.EscapeString(user) + "</b>"
	}
	if group, ok := strings.CutPrefix(target, "!subteam^"); ok {
		return "<b>@" + html.EscapeString(group) + "</b>"
	}
	if strings.HasPrefix(target, "https://") || strings.HasPrefix(target, "http://") {
		if !labelled {
			label = target
		}
		return `<a href="` + html.EscapeString(target) + `" target="_blank" rel="noreferrer">` + html.EscapeString(label) + `</a>`
	}
	if !labelled {
		label = target
	}
	return html.EscapeString(label)
}
