package rollout

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Approval has people asked before a step's traffic moves.
type Approval struct {
	Before     Before     `json:"before,omitempty"`     // first or last
	Step       int        `json:"step,omitempty"`       // a step's number, counted from 1, instead of Before
	From       []string   `json:"from"`                 // who may answer, by their names in Definition.People
	Quorum     int        `json:"quorum,omitempty"`     // how many different people must approve; default 1
	Within     Duration   `json:"within,omitzero"`      // how long the question stays open; default 24h
	WhenSilent WhenSilent `json:"whenSilent,omitempty"` // what their silence means
}

// Before names a step by what it does.
type Before string

// The steps with names: the first that gives the candidate traffic, and the one at 100 %.
const (
	BeforeFirst Before = "first"
	BeforeLast  Before = "last"
)

// WhenSilent says what it means that the time of a question runs out.
type WhenSilent string

// What silence may mean.
const (
	SilenceRejects  WhenSilent = "reject"
	SilenceApproves WhenSilent = "approve"
)

// Person is somebody who may answer, and the names by which the ways of answering know them. All names count when the
// author of a commit and whoever started a release are excluded.
type Person struct {
	Mail   string `json:"mail,omitempty"`
	GitHub string `json:"github,omitempty"` // login
	Slack  string `json:"slack,omitempty"`  // team and user id: T0123/U0456
	Event  string `json:"event,omitempty"`  // the name under which senders on the bus may answer for them; none: nobody may
}

// is says whether a name that came from outside means this person.
func (p Person) is(name, own string) bool {
	return slices.ContainsFunc([]string{own, p.Mail, p.GitHub, p.Slack, p.Event}, func(n string) bool {
		return n != "" && strings.EqualFold(n, strings.TrimSpace(name))
	})
}

// Asked is the question that a release waits with.
type Asked struct {
	Step   int       `json:"step"` // before which people are asked, counted from 0
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until"`
	Digest string    `json:"digest"`           // of what is asked about
	Closed bool      `json:"closed,omitempty"` // counted: no answer comes in any more
}

// Answer is what one person said to a question.
type Answer struct {
	Step    int       `json:"step"`
	Person  string    `json:"person"` // by their name in the definition
	Approve bool      `json:"approve"`
	Comment string    `json:"comment,omitempty"`
	How     string    `json:"how"`              // event, mail or slack
	Origin  string    `json:"origin,omitempty"` // address and browser that it came from
	At      time.Time `json:"at"`
}

// Key keeps one answer of a person to a question.
func (a Answer) Key() string { return AnswerKey(a.Step, a.Person) }

// AnswerKey is the key of a person's answer about a step.
func AnswerKey(step int, person string) string { return fmt.Sprintf("%d/%s", step, person) }

// approval is what has to be approved before a step.
func (r Release) approval(step int) *Approval {
	for i, a := range r.Definition.Approvals {
		if a.index(r.Steps) == step {
			return &r.Definition.Approvals[i]
		}
	}
	for i, a := range r.Holds {
		if a.Step-1 == step {
			return &r.Holds[i]
		}
	}
	return nil
}

// Hold has people asked before a step, unless they are asked there anyway.
func (r Release) Hold(step int, q Question) Release {
	if r.approval(step) == nil {
		r.Holds = append(slices.Clone(r.Holds), q.Approval(step))
	}
	return r
}

// index is the step before which the approval is asked for, counted from 0.
func (a Approval) index(steps []Step) int {
	switch a.Before {
	case BeforeFirst:
		return slices.IndexFunc(steps, func(s Step) bool { return s.Weight > None })
	case BeforeLast:
		return len(steps) - 1
	}
	return a.Step - 1
}

// Pending is the first question that has to be answered before a step may move traffic. A release that jumps ahead, because
// somebody promotes it at once, answers the questions that it passes.
func (r Release) Pending(step int) (question int, a *Approval) {
	for s := 0; s <= min(step, len(r.Steps)); s++ {
		if found := r.approval(s); found != nil && !slices.Contains(r.Approved, s) {
			return s, found
		}
	}
	return 0, nil
}

// Digest is what an answer is about: this release, its revision, its plan and the step. An answer to anything else does not
// count (invariant I7).
func (r Release) Digest(step int) string {
	plan, _ := json.Marshal(r.Steps) // of these types it cannot fail
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%s\x00%d", r.ID, r.Service, r.Revision.Version, plan, step))
	return hex.EncodeToString(sum[:16])
}

// Tally is how the answers to a question stand.
type Tally struct {
	Approved []string // who approved, by name
	Rejected *Answer  // one rejection is enough
	Missing  int      // approvals that are missing for the quorum
}

// Tally counts the answers to the question before a step.
func (r Release) Tally(step int, a Approval) Tally {
	t := Tally{Missing: a.Quorum}
	for _, name := range a.From {
		answer, given := r.Answers[AnswerKey(step, name)]
		switch {
		case !given:
		case answer.Approve:
			t.Approved = append(t.Approved, name)
		case t.Rejected == nil || answer.At.Before(t.Rejected.At):
			t.Rejected = &answer
		}
	}
	t.Missing = max(0, a.Quorum-len(t.Approved))
	return t
}

// Closed says whether another answer would change nothing.
func (t Tally) Closed() bool { return t.Rejected != nil || t.Missing == 0 }

// Respondent finds out who answers, and refuses whoever may not: one that nobody knows or that is not asked, the author of
// the revision, and whoever started the release. by is the name that the way of answering (how) knows them by.
func (r Release) Respondent(a Approval, how, by string) (person string, refusal *Rejection) {
	for _, name := range a.From {
		p := r.Definition.People[name]
		if known := p.knownAs(how); known == "" || !strings.EqualFold(known, by) {
			continue
		}
		if p.is(r.Revision.Author, name) {
			return name, Because(name+" is the author of the revision", "ask somebody else of "+strings.Join(a.From, ", "))
		}
		if p.is(r.By, name) {
			return name, Because(name+" started the release", "ask somebody else of "+strings.Join(a.From, ", "))
		}
		return name, nil
	}
	return "", Because(fmt.Sprintf("%.60q is not among those who are asked by %s", by, how), "ask one of "+strings.Join(a.From, ", "))
}

// Known finds the person whom a way of answering knows by a name; "" is nobody.
func (d Definition) Known(how, by string) string {
	for _, name := range slices.Sorted(maps.Keys(d.People)) {
		if known := d.People[name].knownAs(how); known != "" && strings.EqualFold(known, by) {
			return name
		}
	}
	return ""
}

// knownAs is the name that a way of answering knows a person by.
func (p Person) knownAs(how string) string {
	switch how {
	case ByEvent:
		return p.Event
	case BySlack:
		return p.Slack
	case ByMail:
		return p.Mail
	}
	return ""
}

// The ways in which people answer.
const (
	ByEvent = "event"
	BySlack = "slack"
	ByMail  = "mail"
)

// Question finds the approval that an answer is about, and says why there is none: the release has ended, nothing is asked, or
// something else. digest may be empty where a way of answering does not carry it. No clock is asked: the question is open until
// it was counted.
func (r Release) Question(step int, digest string) (Approval, *Rejection) {
	if r.End != "" {
		return Approval{}, Because("the release ended ("+string(r.End)+")", "look at the release that runs now")
	}
	if r.Asked == nil {
		return Approval{}, Because("the release asks nothing", "wait until it does")
	}
	a := r.approval(r.Asked.Step)
	switch {
	case a == nil:
		return Approval{}, Because("the release asks nothing", "wait until it does")
	case step != r.Asked.Step:
		return *a, Because(fmt.Sprintf("it is about step %d, and the release asks about step %d", step+1, r.Asked.Step+1), "answer what is asked now")
	case digest != "" && digest != r.Asked.Digest:
		return *a, Because("it is about something else than what is asked", "look at the release and answer again")
	case r.Asked.Closed:
		return *a, Because("the question is closed", "nothing: what was decided stands; abort the release to stop it")
	}
	return *a, nil
}
