package events

import (
	"encoding/json"
	"fmt"
	"time"
)

// Events that people and CI send to Sluice's bus, from any source but Sluice's own.
const (
	ReleaseRequested  = "release.requested"
	AbortRequested    = "release.abort-requested"
	PromoteRequested  = "release.promote-requested"
	OverrideRequested = "release.override-requested"
	AnswerGiven       = "release.answer-given"
)

// ReleaseRequest asks for a release: the detail of ReleaseRequested.
type ReleaseRequest struct {
	Service    string `json:"service"`              // as in the definition
	Parent     string `json:"parent,omitempty"`     // id of the release that this one is to be a part of
	Revision   string `json:"revision"`             // Lambda version, such as "42"
	Repository string `json:"repository,omitempty"` // where the commit is, with its host: "github/acme/checkout"
	Commit     string `json:"commit,omitempty"`     // commit that the revision was built from
	Author     string `json:"author,omitempty"`     // who wrote the commit
	Reason     string `json:"reason,omitempty"`     // why, for the record
	Requester  string `json:"requester,omitempty"`  // who or what asks; the event's source when empty
	Fixes      string `json:"fixes,omitempty"`      // what it mends, such as an incident: it may begin while a guard alarm is red
	Key        string `json:"key,omitempty"`        // the sender's own name for this request, at most 100 bytes; the same key makes one release
}

// ID is the id of the release that a request makes. A sender with a key knows the id before it sends the request, and may send the
// request again if it does not know whether it arrived.
func (r ReleaseRequest) ID(event string) string {
	if r.Key != "" {
		event = "key:" + r.Key
	}
	return ReleaseID(r.Service, r.Revision, event)
}

// Raw is the request as an event of Sluice's own, with which another function invokes trigger. The request needs a key.
func (r ReleaseRequest) Raw(now time.Time) (Raw, error) {
	detail, err := json.Marshal(r)
	if err != nil {
		return Raw{}, fmt.Errorf("encoding a request: %w", err)
	}
	e := Raw{ID: r.ID(""), DetailType: ReleaseRequested, Source: Source, Time: now, Detail: detail}
	_, err = ReadRequest(e)
	return e, err
}

// longestKey is how long a key may be, in bytes: it is a name, not a text.
const longestKey = 100

// ControlRequest asks something of a running release: the detail of AbortRequested, PromoteRequested and OverrideRequested.
type ControlRequest struct {
	Release string `json:"release"`          // release id
	By      string `json:"by"`               // who asks
	Reason  string `json:"reason,omitempty"` // why, for the record; an override needs it
	Gate    string `json:"gate,omitempty"`   // the one gate to override; empty: all that are shut
}

// AnswerRequest answers the open question of a release: the detail of AnswerGiven. EventBridge does not say who sent an event,
// so By is believed. Therefore it counts only for people to whom the definition gives a name for events.
type AnswerRequest struct {
	Release string `json:"release"` // release id
	Step    int    `json:"step"`    // the step that the question is about, 0-based, as in release.waiting
	Answer  string `json:"answer"`  // approve or reject
	By      string `json:"by"`      // people.<name>.event in the definition
	Comment string `json:"comment,omitempty"`
	Digest  string `json:"digest,omitempty"` // of the question, as in release.waiting
}

// The answers.
const (
	Approve = "approve"
	Reject  = "reject"
)

// ReleaseRequestPattern selects the events for trigger.
func ReleaseRequestPattern() Pattern { return pattern(ReleaseRequested) }

// ControlRequestPattern selects the events for decide.
func ControlRequestPattern() Pattern {
	return pattern(AbortRequested, PromoteRequested, OverrideRequested, AnswerGiven)
}

// ReadRequest reads the detail of a ReleaseRequested. A Malformed detail is returned as far as it could be read.
func ReadRequest(e Raw) (ReleaseRequest, error) {
	var r ReleaseRequest
	err := Decode(e.Detail, "detail", &r)
	for _, text := range []*string{&r.Service, &r.Revision, &r.Repository, &r.Commit, &r.Author, &r.Reason, &r.Requester, &r.Fixes, &r.Key, &r.Parent} {
		*text = Line(*text)
	}
	if r.Requester == "" {
		r.Requester = Line(e.Source)
	}
	parent := r.Parent
	if !IsReleaseID(parent) {
		r.Parent = "" // events must not name a parent that is no release id
	}
	switch {
	case err != nil:
		return r, err
	case r.Service == "":
		return r, &Malformed{"detail.service", "is missing", `write the service's name, such as "checkout"`}
	case !plainName.MatchString(r.Service):
		return r, &Malformed{"detail.service", fmt.Sprintf("is %.60q, which is no service name", r.Service), "write it as in its definition: 1 to 40 lower-case letters, digits and hyphens"}
	case r.Revision == "":
		return r, &Malformed{"detail.revision", "is missing: the request names no revision", `write what is to be released, such as the Lambda version "42"`}
	case !revision.MatchString(r.Revision):
		return r, &Malformed{"detail.revision", fmt.Sprintf("is %.60q, which is not a revision", r.Revision), `write it in 1 to 256 characters without spaces, such as the Lambda version "42"`}
	case len(r.Key) > longestKey:
		return r, &Malformed{"detail.key", fmt.Sprintf("has %d bytes", len(r.Key)), fmt.Sprintf("write a name of at most %d bytes, such as the id of the job that asks", longestKey)}
	case parent != r.Parent:
		return r, &Malformed{"detail.parent", fmt.Sprintf("is %.60q, which is no release id", parent), "write the id of the release that this one is a part of, such as shop-1f0c2b3a4d5e, or leave it out"}
	}
	return r, nil
}

// ReadControl reads the detail of an AbortRequested, PromoteRequested or OverrideRequested.
func ReadControl(e Raw) (ControlRequest, error) {
	var c ControlRequest
	err := Decode(e.Detail, "detail", &c)
	for _, text := range []*string{&c.Release, &c.By, &c.Reason, &c.Gate} {
		*text = Line(*text)
	}
	if c.By == "" {
		c.By = Line(e.Source)
	}
	switch {
	case err != nil:
		return c, err
	case c.Release == "":
		return c, &Malformed{"detail.release", "is missing", "write the id of the release, as its events say it"}
	case !releaseID.MatchString(c.Release):
		return c, &Malformed{"detail.release", fmt.Sprintf("is %.60q, which is no release id", c.Release), "write it as the release's events say it, such as checkout-1f0c2b3a4d5e"}
	}
	return c, nil
}

// ReadAnswer reads the detail of an AnswerGiven.
func ReadAnswer(e Raw) (AnswerRequest, error) {
	var a AnswerRequest
	err := Decode(e.Detail, "detail", &a)
	for _, text := range []*string{&a.Release, &a.Answer, &a.By, &a.Comment, &a.Digest} {
		*text = Line(*text)
	}
	switch {
	case err != nil:
		return a, err
	case !releaseID.MatchString(a.Release):
		return a, &Malformed{"detail.release", fmt.Sprintf("is %.60q, which is no release id", a.Release), "write it as the release's events say it, such as checkout-1f0c2b3a4d5e"}
	case a.Answer != Approve && a.Answer != Reject:
		return a, &Malformed{"detail.answer", fmt.Sprintf("is %.60q", a.Answer), "write approve or reject"}
	case a.By == "":
		return a, &Malformed{"detail.by", "is missing", "write who answers, as people.<name>.event in the definition does"}
	case a.Step < 0:
		return a, &Malformed{"detail.step", fmt.Sprintf("is %d", a.Step), "write the step that release.waiting told"}
	}
	return a, nil
}
