package page

import (
	"io"
	"net/http"
)

// RefusedView is the page for something that cannot be shown or done: an expired link, an unknown release.
type RefusedView struct {
	frame

	Status int    `json:"status"`
	Head   string `json:"head"`
	Text   string `json:"text"`
	Remedy string `json:"remedy,omitempty"`
	Link   string `json:"-"` // the link that the button opens, once
}

// Refused is the page that says why, and what to do about it.
func Refused(status int, title, text, remedy string) RefusedView {
	v := RefusedView{Status: status, Head: or(title, http.StatusText(status)), Text: text, Remedy: remedy}
	v.frame = frame{Title: v.Head + " · Sluice", Tone: Calm}
	if status >= http.StatusInternalServerError {
		v.Tone = Alarm
	}
	return v
}

// Door is the page with one button, which opens a link that names a person.
func Door(name, link string) RefusedView {
	v := RefusedView{Head: "Continue as " + name, Text: "This link opens the release once, as you. Do not pass it on.", Link: link}
	v.frame = frame{Title: v.Head + " · Sluice", Tone: Waiting}
	return v
}

// HTML writes the page for people.
func (v RefusedView) HTML(w io.Writer) error { return write(w, "refused.html", v) }

// JSON writes the same facts for programs.
func (v RefusedView) JSON(w io.Writer) error { return writeJSON(w, v) }
