package page

import (
	"io"
	"net/http"
)

// RefusedView is the page of something that cannot be shown or done: a link that is too old, a release that nobody knows.
type RefusedView struct {
	frame

	Status int    `json:"status"`
	Head   string `json:"head"`
	Text   string `json:"text"`
	Remedy string `json:"remedy,omitempty"`
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

// HTML writes the page for people.
func (v RefusedView) HTML(w io.Writer) error { return write(w, "refused.html", v) }

// JSON writes the same facts for programs.
func (v RefusedView) JSON(w io.Writer) error { return writeJSON(w, v) }
