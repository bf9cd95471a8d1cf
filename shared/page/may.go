package page

import (
	"slices"

	"sluice/shared/rollout"
)

// May is what the visitor can do about a release.
type May struct {
	Answer   *Form              `json:"answer,omitempty"`  // approve or reject
	Refused  *rollout.Rejection `json:"refused,omitempty"` // why they cannot answer the question that is open
	AskAgain bool               `json:"askAgain"`          // those whom the open question asks
	Abort    bool               `json:"abort"`
	Promote  bool               `json:"promote"`
	Override bool               `json:"override"` // of the gates that are shut
	Freeze   bool               `json:"freeze"`   // its service, or lift that freeze
	Undo     bool               `json:"undo"`     // its promotion may be taken back, as far as its own record knows
}

// Form says what an answer is about. It is sent with the form and comes back with the answer.
type Form struct {
	Step   int    `json:"step"` // counted from 0, as the record does
	Digest string `json:"digest"`
}

// Any says whether there is anything to do.
func (m May) Any() bool { return m.Answer != nil || m.Abort || m.Promote || m.Override || m.Undo }

func may(r rollout.Release, v Visitor) May {
	var m May
	if v.Person == "" {
		return m
	}
	m.Freeze = true
	m.Undo = r.End == rollout.Succeeded && !r.Reverted && r.Stable != ""
	if !runs(r) {
		return m
	}
	forward := r.Cause == nil && r.Abort == nil && r.Rejection == nil && r.End == ""
	m.Abort = forward
	m.Promote = forward && !r.Started.IsZero()
	m.Override = forward && mayOverride(r, v.Person)
	m.AskAgain = asks(r) && forward
	if asks(r) && r.Abort == nil {
		m.Answer, m.Refused = answer(r, v.Person)
	}
	return m
}

// answer is the form for somebody who may answer, or why they may not.
func answer(r rollout.Release, person string) (*Form, *rollout.Rejection) {
	a, refusal := r.Question(r.Asked.Step, r.Asked.Digest)
	if refusal != nil {
		return nil, refusal
	}
	if !slices.Contains(a.From, person) {
		return nil, nil
	}
	if refusal := refused(r, a, person); refusal != nil {
		return nil, refusal
	}
	if _, given := r.Answers[r.AnswerKey(r.Asked.Step, person)]; given {
		return nil, rollout.Because("you have answered already", "nothing: an answer stands; abort the release to stop it")
	}
	return &Form{Step: r.Asked.Step, Digest: r.Asked.Digest}, nil
}

// refused applies the rules of answering to a person, by any name that the definition has for them: the page does not get around the rules.
func refused(r rollout.Release, a rollout.Approval, person string) *rollout.Rejection {
	p := r.Definition.People[person]
	for _, known := range [][2]string{{rollout.ByMail, p.Mail}, {rollout.BySlack, p.Slack}, {rollout.ByEvent, p.Event}, {rollout.ByCodePipeline, p.AWS}} {
		if known[1] == "" {
			continue
		}
		who, refusal := r.Respondent(a, known[0], known[1])
		if refusal == nil && who != person {
			return rollout.Because(known[1]+" also means "+who, "write each name at one person only, in the definition")
		}
		return refusal
	}
	return rollout.Because("no mail address, Slack user or event name of "+person+" is in the definition", "add one to people: and release again")
}
