package page

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"sluice/shared/rollout"
)

// Question is what people are asked before a step, and what they said.
type Question struct {
	Step    int            `json:"step"` // counted from 1
	Steps   int            `json:"steps"`
	Weight  rollout.Weight `json:"weight"`
	Open    bool           `json:"open"`
	From    []string       `json:"from"`
	Quorum  int            `json:"quorum"`
	Missing int            `json:"missing"` // approvals
	Since   *Moment        `json:"since,omitempty"`
	Until   *Moment        `json:"until,omitempty"`
	Left    string         `json:"left,omitempty"`
	Silence string         `json:"silence,omitempty"` // what it means that nobody answers
	Answers []Answer       `json:"answers,omitempty"`
}

// Answer is what one person said.
type Answer struct {
	Person  string         `json:"person"`
	Approve bool           `json:"approve"`
	Comment string         `json:"comment,omitempty"`
	How     string         `json:"how,omitempty"`
	At      *Moment        `json:"at,omitempty"`
	Step    int            `json:"step"` // counted from 1
	Weight  rollout.Weight `json:"weight"`
}

// approval is what is asked before a step, even if another question, or none, is open now.
func approval(r rollout.Release, step int) *rollout.Approval {
	r.End, r.Asked = "", &rollout.Asked{Step: step}
	a, refusal := r.Question(step, "")
	if refusal != nil {
		return nil
	}
	return &a
}

// question is the last question that was asked; nil when none was.
func question(r rollout.Release, now time.Time) *Question {
	if r.Asked == nil {
		return nil
	}
	q := &Question{
		Step: r.Asked.Step + 1, Steps: len(r.Steps), Weight: r.At(r.Asked.Step).Weight, Open: asks(r),
		Since: moment(r.Asked.Since, now), Until: moment(r.Asked.Until, now),
	}
	if left := r.Asked.Until.Sub(now); q.Open && left > 0 {
		q.Left = span(left)
	}
	for _, a := range answers(r, now) {
		if a.Step == q.Step {
			q.Answers = append(q.Answers, a)
		}
	}
	if a := approval(r, r.Asked.Step); a != nil {
		a.Quorum = max(1, a.Quorum)
		q.From, q.Quorum, q.Missing = strings.Split(a.Asked(), ", "), a.Quorum, r.Tally(r.Asked.Step, *a).Missing
		q.Silence = silence(a.WhenSilent)
	}
	return q
}

func silence(s rollout.WhenSilent) string {
	if s == rollout.SilenceApproves {
		return "Silence counts as yes."
	}
	return "Silence counts as no: the release goes back."
}

// answers lists what people said, in the order in which they said it.
func answers(r rollout.Release, now time.Time) []Answer {
	given := make([]rollout.Answer, 0, len(r.Answers))
	for _, a := range r.Answers {
		given = append(given, a)
	}
	slices.SortFunc(given, func(a, b rollout.Answer) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Step, b.Step), strings.Compare(a.Person, b.Person))
	})
	var said []Answer
	for _, a := range given {
		said = append(said, Answer{
			Person: a.Person, Approve: a.Approve, Comment: a.Comment, How: how(a.How), At: moment(a.At, now), Step: a.Step + 1, Weight: r.At(a.Step).Weight,
		})
	}
	return said
}

// how is the way of answering in words.
func how(way string) string {
	switch way {
	case rollout.ByMail:
		return "on this page, by a link from a mail"
	case rollout.BySlack:
		return "in Slack"
	case rollout.ByEvent:
		return "by an event"
	case rollout.ByCodePipeline:
		return "in CodePipeline"
	case rollout.ByIAM:
		return "by sluice"
	}
	return way
}

// earlier lists the answers to questions before the last one.
func earlier(r rollout.Release, now time.Time) []Answer {
	return slices.DeleteFunc(answers(r, now), func(a Answer) bool { return r.Asked != nil && a.Step == r.Asked.Step+1 })
}
