package secretsmanager

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// A Form is what the text of a secret looks like. People put secrets in by hand. If they put in something else by mistake, the error says
// what it looks like and what the right form is; it never holds the text, or a part of it that says anything.
type Form struct {
	right    string            // what the text should be, such as "the bot token of the app (xoxb-...)"
	mistaken map[string]string // what a wrong text may begin with, and what that text is
	own      bool              // people choose the text themselves, so any text may be right
	least    int               // a text with fewer characters can be guessed
}

// The forms of the secrets.
var (
	Any       = Form{right: "the text itself", own: true}
	Key       = Form{right: `a long text that nobody knows: "$(openssl rand -base64 48)"`, own: true, least: 16}
	BotToken  = Form{right: "the app's bot token (xoxb-...), of OAuth & Permissions", mistaken: slackTokens}
	Signing   = Form{right: "the app's Signing Secret (32 letters and digits), of Basic Information", mistaken: joined(slackTokens, "xoxb-", "a bot token")}
	HostToken = Form{right: "a token of GitHub (github_pat_... or ghp_...)", mistaken: map[string]string{
		"SHA256:": "a fingerprint", "ssh-": "a public key of SSH", "-----BEGIN": "a private key", "https://": "an address", "xox": "a token of Slack", "glpat-": "a token of GitLab",
	}}
)

var slackTokens = map[string]string{
	"xapp-": "an app-level token", "xoxp-": "a person's token", "xoxe": "a token that refreshes others", "xoxa-": "a workspace token", "xoxc-": "a token of a browser",
	"https://": "an address", "github_pat_": "a token of GitHub",
}

func joined(some map[string]string, beginning, what string) map[string]string {
	all := map[string]string{beginning: what}
	for b, w := range some {
		all[b] = w
	}
	return all
}

// ErrUnfit means that the text in a secret cannot be what is meant.
var ErrUnfit = errors.New("what is in it is something else")

// IsNotSetUp says whether a secret is missing or unfit: the part that needs it is not set up, and releases go on without it.
func IsNotSetUp(err error) bool { return errors.Is(err, ErrMissing) || errors.Is(err, ErrUnfit) }

// Odd says what is odd about a text, in a few words that follow "it"; "" when nothing is. For a text that people choose themselves it is only a hint:
// the other side may have the same text.
func Odd(text string) string {
	var object map[string]json.RawMessage
	switch {
	case text == "":
		return "is empty"
	case placeholder(text):
		return "is the placeholder of a command"
	case json.Unmarshal([]byte(text), &object) == nil:
		return fmt.Sprintf("is JSON (%s) and no plain text", count(len(object), "key"))
	case len(text) > 1 && strings.ContainsAny(text[:1], "\"'`") && text[:1] == text[len(text)-1:]:
		return "has quotation marks around it"
	case strings.ContainsAny(text, "\r\n"):
		return fmt.Sprintf("has %d lines", strings.Count(text, "\n")+1)
	case strings.ContainsFunc(text, unicode.IsSpace):
		return "has a space in it"
	case strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }):
		return "has a character in it that cannot be seen"
	}
	return ""
}

// wrong says why a text cannot have the form, in words that follow "it"; "" when it can.
func (f Form) wrong(text string) string {
	for beginning, what := range f.mistaken {
		if strings.HasPrefix(text, beginning) {
			return fmt.Sprintf("begins with %s, which is %s", beginning, what)
		}
	}
	odd := Odd(text)
	switch {
	case odd != "" && (!f.own || text == "" || placeholder(text)):
		return odd
	case len([]rune(text)) < f.least:
		return fmt.Sprintf("has %s, and whoever guesses it has it; fewer than %d are too few", count(len([]rune(text)), "character"), f.least)
	}
	return ""
}

// read is a secret's text without the invisible characters that a command, an editor or a page leaves at its ends, and what is wrong with it.
func (f Form) read(text string) (string, string) {
	text = strings.TrimFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("\ufeff\u200b\u200c\u200d\u2060", r)
	})
	return text, f.wrong(text)
}

// placeholder says whether a text only stands for the real one: "...", "<Signing Secret>", "xoxb-...", "github_pat_...".
func placeholder(text string) bool {
	const longest = len("github_pat_...")
	return len(text) <= longest && (strings.HasSuffix(text, "...") || strings.HasSuffix(text, "…")) || strings.HasPrefix(text, "<") && strings.HasSuffix(text, ">") || strings.HasPrefix(text, "$(")
}

func count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}
