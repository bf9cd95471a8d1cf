// Package page makes the pages that people see in a browser: one release, all services, and a refusal.
//
// A page is a view, built from records by a pure function, and written as HTML or as JSON with the same facts. The caller gives
// the visitor, the time and the nonce. The HTML works without script; with script it keeps itself up to date and never
// overwrites what somebody types.
package page

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"strings"
)

// Visitor is the person who looks at the page.
type Visitor struct {
	Person  string // their name in Definition.People; empty: may only look
	Name    string // as they like to be called; empty: Person
	Session string // is in a hidden field of every form and comes back, against posts from other sites
}

// Notice is the result of the visitor's last act. It is shown once, above the page.
type Notice struct {
	Text   string `json:"text"`
	Remedy string `json:"remedy,omitempty"`
	Bad    bool   `json:"bad,omitempty"` // it did not work
}

// The addresses that forms post to, relative to the page of a release.
const (
	Approve  = "?do=approve"
	Reject   = "?do=reject"
	Abort    = "?do=abort"
	Promote  = "?do=promote"
	Overrule = "?do=override"
	Undo     = "?do=undo"
	Remind   = "?do=ask-again"
	Halt     = "?do=freeze"
	Thaw     = "?do=unfreeze"
)

// The fields of the forms.
const (
	FieldSession = "session"
	FieldStep    = "step"   // of the question, counted from 0
	FieldDigest  = "digest" // of what the visitor saw when they answered (invariant I7)
	FieldComment = "comment"
	FieldReason  = "reason"
	FieldFor     = "for" // how long a freeze stands, such as 4h
)

// Home is the path of the list.
const Home = "/"

// Path is the path of a release's page.
func Path(release string) string { return "/releases/" + url.PathEscape(release) }

// Policy is the Content-Security-Policy of the pages. It allows what they need and nothing else.
func Policy(nonce string) string {
	source := "'nonce-" + base64Only(nonce) + "'"
	if base64Only(nonce) == "" {
		source = "'none'"
	}
	return strings.Join([]string{
		"default-src 'none'", "style-src " + source, "script-src " + source, "img-src data:", "connect-src 'self'",
		"form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
	}, "; ")
}

// base64Only drops the characters with which a nonce could end its own directive.
func base64Only(nonce string) string {
	return strings.Map(func(c rune) rune {
		if c < 0x80 && strings.ContainsRune("+/-_=", c) || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			return c
		}
		return -1
	}, nonce)
}

// frame is what all pages have in common.
type frame struct {
	Title string `json:"title"` // title of the browser's tab; the state comes first
	Tone  Tone   `json:"tone"`
	Now   Moment `json:"now,omitzero"`
	Every int    `json:"-"` // seconds after which script asks again; 0: the page does not change any more
	Blind bool   `json:"-"` // without script the whole page is loaded again, because nobody can be typing in it
	Nonce string `json:"-"` // of the Content-Security-Policy
	Who   string `json:"visitor,omitempty"`
}

// Favicon is the picture in the browser's tab: a dot in the colour of the tone.
func (f frame) Favicon() template.URL {
	const picture = "data:image/svg+xml,%%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%%3E%%3Ccircle cx='8' cy='8' r='7' fill='%%23%s'/%%3E%%3C/svg%%3E"
	return template.URL(strings.ReplaceAll(fmt.Sprintf(picture, f.Tone.color()), " ", "%20")) //nolint:gosec // constants only
}

//go:embed assets
var assets embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"css": func() (template.CSS, error) {
		b, err := assets.ReadFile("assets/page.css")
		return template.CSS(b), err
	},
	"js": func() (template.JS, error) { b, err := assets.ReadFile("assets/page.js"); return template.JS(b), err },
	"do": func() map[string]string { return acts },
}).ParseFS(assets, "assets/*.html"))

// acts are the names of addresses and fields for the templates; the handler reads the same.
var acts = map[string]string{
	"Approve": Approve, "Reject": Reject, "Abort": Abort, "Promote": Promote, "Override": Overrule, "Undo": Undo, "AskAgain": Remind, "Freeze": Halt, "Unfreeze": Thaw, "For": FieldFor, "Home": Home,
	"Session": FieldSession, "Step": FieldStep, "Digest": FieldDigest, "Comment": FieldComment, "Reason": FieldReason,
}

// write renders to a buffer first: half a page is worse than none.
func write(w io.Writer, name string, view any) error {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, view); err != nil {
		return fmt.Errorf("rendering page %s: %w", name, err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

func writeJSON(w io.Writer, view any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(view)
}
