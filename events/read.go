package events

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode"
)

// Malformed says what is wrong with an event, and what its sender should write. To try such an event again never helps: its
// receiver tells the sender, or lets it go to the dead-letter queue.
type Malformed struct {
	Field  string // "detail.revision"
	Wrong  string // "is missing"
	Remedy string // "write the Lambda version to release, such as \"42\""
}

// Error is the fault in one line.
func (m *Malformed) Error() string { return fmt.Sprintf("%s %s: %s", m.Field, m.Wrong, m.Remedy) }

// Decode reads JSON. If a field cannot be read, the error is a Malformed that names the field below at ("the event" or "detail");
// all other fields are read all the same.
func Decode(data []byte, at string, to any) error {
	err := json.Unmarshal(data, to)
	var kind *json.UnmarshalTypeError
	var own *Malformed
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own):
		return own
	case errors.As(err, &kind):
		return &Malformed{Field: below(at, kind.Field), Wrong: "holds " + article(kind.Value), Remedy: "write " + wanted(kind.Type)}
	}
	return &Malformed{Field: at, Wrong: "cannot be read: " + err.Error(), Remedy: "send valid JSON"}
}

func below(at, field string) string {
	if field == "" {
		return at
	}
	if at == "the event" {
		return field
	}
	return at + "." + field
}

func article(value string) string {
	value, _, _ = strings.Cut(value, " ") // "number 1e999": the number may be as long as the event
	if strings.HasPrefix(value, "a") || strings.HasPrefix(value, "o") {
		return "an " + value
	}
	return "a " + value
}

func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return `text in quotes, such as "42"`
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list"
	}
	return "an object"
}

// longest is how much of a free text is kept, in bytes. A release's record must stay below the 400 KB of a DynamoDB item,
// however long the texts are that people send.
const longest = 1024

// Line makes a text from outside fit for records, mails and logs: short, in one line, and without invisible characters (see Visible).
// Blanks that break lines become spaces.
func Line(s string) string {
	cut := len(s) > longest
	if cut {
		s = strings.ToValidUTF8(s[:longest], "")
	}
	s = Visible(strings.Map(blank, s))
	if limit := longest - len("…"); len(s) > longest || cut && len(s) > limit {
		s = strings.TrimSuffix(cutAt(s, limit), string(joiner)) // a joiner at the end would join a picture to nothing
		cut = true
	}
	if cut {
		s += "…"
	}
	return strings.TrimSpace(s)
}

// blank is a space for a character that breaks a line or leaves a gap in it; other characters stay.
func blank(r rune) rune {
	if unicode.IsControl(r) && unicode.IsSpace(r) || r == '\u2028' || r == '\u2029' {
		return ' '
	}
	return r
}
