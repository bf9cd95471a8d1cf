package events

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Word is what a person said to a release in Slack, on the page or in CodePipeline. It never crosses a bus: the function that has
// recognised the person (button, command, console or pipeline) invokes decide with it, and no other function may.
type Word struct {
	Release string    `json:"release,omitempty"`
	Service string    `json:"service,omitempty"` // of freeze and unfreeze, which name no release; empty: all services
	Until   time.Time `json:"until,omitzero"`    // of freeze: when it ends by itself
	Do      string    `json:"do"`                // one of Does
	Step    int       `json:"step,omitempty"`    // the step that is asked about, 0-based; of approve and reject
	Digest  string    `json:"digest,omitempty"`  // of the question that the person saw; of approve and reject
	How     string    `json:"how"`               // how the person was recognised: slack, mail, codepipeline or iam
	By      string    `json:"by"`                // the name under which that way knows them: people.<name>.slack, .mail or .aws
	Comment string    `json:"comment,omitempty"`
	Gate    string    `json:"gate,omitempty"`   // of override: the one gate to override; empty: all that are shut
	Origin  string    `json:"origin,omitempty"` // address and browser, for the record
	At      time.Time `json:"at,omitzero"`      // when it was said, if it arrives late: a word from before the question does not answer it
}

// What a person may do besides answering.
const (
	Abort    = "abort"
	Promote  = "promote"
	Override = "override"
	Undo     = "undo" // takes a promotion back
	Freeze   = "freeze"
	Unfreeze = "unfreeze"
	AskAgain = "ask-again"
)

// Does lists what a word may do.
var Does = []string{Approve, Reject, Abort, Promote, Override, Undo, Freeze, Unfreeze, AskAgain}

// oneOf writes names for people: "approve, reject or abort".
func oneOf(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// Spoken is the payload with which decide is invoked. An event on a bus cannot look like it, because a sender cannot choose the fields
// of the envelope.
type Spoken struct {
	Word *Word `json:"word"`
}

// Heard is what decide answers about a word: what was done, or why the word does not count and what to do instead. Those who send words without
// waiting read the same in the record.
type Heard struct {
	Done   bool   `json:"done"`
	Says   string `json:"says"`             // one sentence
	Remedy string `json:"remedy,omitempty"` // of a word that does not count
}

// Enquiry is the payload with which other functions ask slack who is in a user group. An event on a bus cannot look like it.
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
	answers, freezes := w.Do == Approve || w.Do == Reject, w.Freezes()
	switch {
	case freezes && w.Release != "":
		return &Malformed{"word.release", "is there", "a freeze is of a service, or of all: leave it out"}
	case freezes && w.Service != "" && !plainName.MatchString(w.Service):
		return &Malformed{"word.service", fmt.Sprintf("is %.60q, which is no service name", w.Service), "write it as in its definition"}
	case w.Do == Freeze && strings.TrimSpace(w.Comment) == "":
		return &Malformed{"word.comment", "is missing", "say why: it stays where people read it"}
	case !freezes && !releaseID.MatchString(w.Release):
		return &Malformed{"word.release", fmt.Sprintf("is %.60q, which is no release id", w.Release), "write it as the release's events say it, such as checkout-1f0c2b3a4d5e"}
	case !slices.Contains(Does, w.Do):
		return &Malformed{"word.do", fmt.Sprintf("is %.60q", w.Do), "write " + oneOf(Does)}
	case w.By == "" || w.How == "":
		return &Malformed{"word.by", "is missing", "say who it was, and how they were recognised"}
	case answers && (w.Digest == "" || w.Step < 0):
		return &Malformed{"word.digest", "is missing", "say which question the person saw"}
	}
	return nil
}

// Freezes says whether the word is about a freeze.
func (w Word) Freezes() bool { return w.Do == Freeze || w.Do == Unfreeze }
