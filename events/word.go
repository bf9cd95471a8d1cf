package events

import (
	"fmt"
	"time"
)

// Word is what a person said on Slack or on the page, to a release. It never crosses a bus: whoever has recognised the person
// (button, console, pipeline) invokes decide with it, and nobody else may.
type Word struct {
	Release string    `json:"release"`
	Do      string    `json:"do"`               // approve, reject, abort, promote or override
	Step    int       `json:"step,omitempty"`   // that is asked about, 0-based; of approve and reject
	Digest  string    `json:"digest,omitempty"` // of the question that the person saw; of approve and reject
	How     string    `json:"how"`              // how the person was recognised: slack, mail or codepipeline
	By      string    `json:"by"`               // the name under which that way knows them: people.<name>.slack, .mail or .aws
	Comment string    `json:"comment,omitempty"`
	Gate    string    `json:"gate,omitempty"`   // of override: the one gate that is meant; empty: all that are shut
	Origin  string    `json:"origin,omitempty"` // address and browser, for the record
	At      time.Time `json:"at,omitzero"`      // when it was said, where it comes late: what was said before the question is no answer to it
}

// What a person may do besides answering.
const (
	Abort    = "abort"
	Promote  = "promote"
	Override = "override"
)

// Spoken is the payload that decide is invoked with. An event on a bus cannot have it: its sender does not choose the fields of
// the envelope.
type Spoken struct {
	Word *Word `json:"word"`
}

// Enquiry is the payload that slack is invoked with by those who have to know who is in a user group. An event on a bus cannot have it.
type Enquiry struct {
	Group string `json:"group,omitempty"` // team and group id: T0123/S0456
}

// Members is the answer to an Enquiry.
type Members struct {
	Users []string `json:"users,omitempty"` // their ids
}

// Check says what is wrong with a word.
func (w *Word) Check() error {
	for _, text := range []*string{&w.By, &w.How, &w.Comment, &w.Origin, &w.Digest, &w.Gate} {
		*text = Line(*text)
	}
	answers := w.Do == Approve || w.Do == Reject
	switch {
	case !releaseID.MatchString(w.Release):
		return &Malformed{"word.release", fmt.Sprintf("is %.60q, which is no release id", w.Release), "write it as the release's events say it, such as checkout-1f0c2b3a4d5e"}
	case !answers && w.Do != Abort && w.Do != Promote && w.Do != Override:
		return &Malformed{"word.do", fmt.Sprintf("is %.60q", w.Do), "write approve, reject, abort, promote or override"}
	case w.By == "" || w.How == "":
		return &Malformed{"word.by", "is missing", "say who it was, and how they were recognised"}
	case answers && (w.Digest == "" || w.Step < 0):
		return &Malformed{"word.digest", "is missing", "say which question the person saw"}
	}
	return nil
}
