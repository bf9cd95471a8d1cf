package slack

import (
	"encoding/json"
	"errors"
)

// A Block is a part of a message: a section, a context or actions (https://docs.slack.dev/reference/block-kit/blocks).
type Block struct {
	Type     string    `json:"type"`
	Text     *Text     `json:"text,omitempty"`
	Elements []Element `json:"elements,omitempty"`
}

// Text is text in Slack's own marks (mrkdwn), or without any (plain_text).
type Text struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Verbatim bool   `json:"verbatim"`
}

// An Element is a text of a context, or a button of actions.
type Element struct {
	Type     string          `json:"type"`
	Text     Label           `json:"text"`
	Verbatim bool            `json:"verbatim,omitempty"`
	ActionID string          `json:"action_id,omitempty"`
	Value    string          `json:"value,omitempty"`
	URL      string          `json:"url,omitempty"`
	Style    string          `json:"style,omitempty"`
	Confirm  json.RawMessage `json:"confirm,omitempty"`
}

// Label is a text as elements have it: a context's is a string, a button's an object of type plain_text.
type Label struct {
	Text  string
	Plain bool
}

// UnmarshalJSON takes both forms.
func (l *Label) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &l.Text) == nil {
		return nil
	}
	var t Text
	if err := json.Unmarshal(b, &t); err != nil || t.Type != "plain_text" {
		return errors.New("a label is a string or a plain_text object")
	}
	l.Text, l.Plain = t.Text, true
	return nil
}

// valid says whether Slack would take these blocks; kinds that Sluice does not use are not known here.
func valid(blocks []Block) bool {
	if len(blocks) > 50 {
		return false
	}
	for _, b := range blocks {
		switch {
		case b.Type == "section" && b.Text != nil && len(b.Elements) == 0 && b.Text.valid():
		case b.Type == "context" && b.Text == nil && len(b.Elements) > 0 && len(b.Elements) <= 10 && all(b.Elements, Element.isText):
		case b.Type == "actions" && b.Text == nil && len(b.Elements) > 0 && len(b.Elements) <= 25 && all(b.Elements, Element.isButton):
		default:
			return false
		}
	}
	return true
}

func all(elements []Element, is func(Element) bool) bool {
	seen := map[string]bool{}
	for _, e := range elements {
		if !is(e) || (e.ActionID != "" && seen[e.ActionID]) {
			return false
		}
		seen[e.ActionID] = true
	}
	return true
}

func (t Text) valid() bool {
	return (t.Type == "mrkdwn" || t.Type == "plain_text" && !t.Verbatim) && fits(t.Text, 3000)
}

func (e Element) isText() bool {
	return Text{Type: e.Type, Text: e.Text.Text, Verbatim: e.Verbatim}.valid() && !e.Text.Plain && e.ActionID == ""
}

// isButton holds a button to https://docs.slack.dev/reference/block-kit/block-elements/button-element.
func (e Element) isButton() bool {
	style := e.Style == "" || e.Style == "primary" || e.Style == "danger"
	return e.Type == "button" && e.Text.Plain && fits(e.Text.Text, 75) && fits(e.ActionID, 255) && len(e.Value) <= 2000 && len(e.URL) <= 3000 && style && confirms(e.Confirm)
}

// confirms holds a confirmation dialog to its limits; there need not be one.
func confirms(text json.RawMessage) bool {
	if text == nil {
		return true
	}
	var c struct{ Title, Text, Confirm, Deny Label }
	return json.Unmarshal(text, &c) == nil && fits(c.Title.Text, 100) && fits(c.Text.Text, 300) && fits(c.Confirm.Text, 30) && fits(c.Deny.Text, 30)
}

func fits(s string, most int) bool { return s != "" && len([]rune(s)) <= most }
