package rollout

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Approval says that people are asked before a step's traffic moves.
type Approval struct {
	Before     Before     `json:"before,omitempty"`     // first or last
	Step       int        `json:"step,omitempty"`       // a step's number, counted from 1, instead of Before
	From       []string   `json:"from,omitempty"`       // who may answer, by their names in Definition.People
	SlackTeam  string     `json:"slackTeam,omitempty"`  // a user group of Slack whose members may answer, too: T0123/S0456
	Pipeline   *Pipeline  `json:"pipeline,omitempty"`   // a manual approval action of CodePipeline that asks the same question
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

// WhenSilent says what it means when the time of a question runs out.
type WhenSilent string

// What silence may mean.
const (
	SilenceRejects  WhenSilent = "reject"
	SilenceApproves WhenSilent = "approve"
)

// Asked is the question that a release waits for people to answer.
type Asked struct {
	Step   int       `json:"step"` // the step before which people are asked, counted from 0
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until"`
	Digest string    `json:"digest"`           // stands for what is asked about (Release.Digest)
	Closed bool      `json:"closed,omitempty"` // counted: no answer comes in any more
	Again  time.Time `json:"again,omitzero"`   // when somebody had people asked again
}

// approval is the approval that is needed before a step; nil when none is.
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

// Hold adds a question before a step, unless people are asked there anyway.
func (r Release) Hold(step int, q Question) Release {
	if r.approval(step) == nil {
		r.Holds = append(slices.Clone(r.Holds), q.Approval(step))
	}
	return r
}

// index is the step before which the approval is asked for, counted from 0.
func (a Approval) index(steps []Step) int {
	if a.Before != "" {
		return a.Before.index(steps)
	}
	return a.Step - 1
}

// index is the step that is named, counted from 0.
func (b Before) index(steps []Step) int {
	if b == BeforeFirst {
		return slices.IndexFunc(steps, func(s Step) bool { return s.Weight > None })
	}
	return len(steps) - 1
}

// Pending is the first question that has to be answered before a step may move traffic. If somebody promotes a release at once, the
// questions of the steps that it jumps over have to be answered, too.
func (r Release) Pending(step int) (question int, a *Approval) {
	for s := 0; s <= min(step, len(r.Steps)); s++ {
		if found := r.approval(s); found != nil && !r.approved(s, *found) {
			return s, found
		}
	}
	return 0, nil
}

// approved says whether the question before a step was closed with yes. It is not enough that Approved lists the step: the
// answers, which only decide may write, must say yes, or the definition must say that silence approves (invariant I10).
func (r Release) approved(step int, a Approval) bool {
	t := r.Tally(step, a)
	return slices.Contains(r.Approved, step) && t.Rejected == nil && (t.Missing == 0 || a.WhenSilent == SilenceApproves && r.silent(step))
}

// silent says whether people were silent about the release as it stands. Before anything has moved, its preview may have changed since they were asked.
func (r Release) silent(step int) bool {
	return r.Preview == nil || !r.BakeUntil.IsZero() || r.Asked != nil && r.Asked.Digest == r.Digest(step)
}

// Digest stands for what an answer is about: this release, its revision, its plan, the step and what its preview says. An answer to anything else does
// not count (invariant I7).
func (r Release) Digest(step int) string {
	plan, _ := json.Marshal(r.Steps) // values of these types never fail
	about := fmt.Appendf(nil, "%s\x00%s\x00%s\x00%s\x00%d", r.ID, r.Service, r.Revision.Version, plan, step)
	if r.Preview != nil {
		about = append(about, "\x00"+r.Preview.Digest...)
	}
	sum := sha256.Sum256(about)
	return hex.EncodeToString(sum[:16])
}

// Question finds the approval that an answer is about. If there is none, it says why: the release has ended, it asks nothing, or
// it asks something else. digest may be empty when the way of answering does not carry it. No clock decides: the question stays
// open until it is counted.
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
	case r.Preview != nil && r.Asked.Digest != r.Digest(step):
		return *a, Because("the target was changed since, and with it what the release would do", "look at the release: people are asked again")
	case r.Asked.Closed:
		return *a, Because("the question is closed", "nothing: what was decided stands; abort the release to stop it")
	}
	return *a, nil
}
