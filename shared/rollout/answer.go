package rollout

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Answer is what one person said to a question.
type Answer struct {
	Step    int       `json:"step"`
	Person  string    `json:"person"` // the name in the definition; for a member of a Slack group whom it does not know, team and user id
	Approve bool      `json:"approve"`
	Comment string    `json:"comment,omitempty"`
	How     string    `json:"how"`              // event, mail, slack or codepipeline
	Team    string    `json:"team,omitempty"`   // the user group of Slack through which they may answer
	Origin  string    `json:"origin,omitempty"` // address and browser that it came from
	At      time.Time `json:"at"`
	About   string    `json:"about,omitempty"` // the preview that they had seen (Preview.Digest): an answer to another one does not count
}

// Key is the answer's key in Release.Answers: one for each person, step and preview.
func (a Answer) Key() string {
	key := fmt.Sprintf("%d/%s", a.Step, a.Person)
	if a.About != "" {
		key += "/" + a.About
	}
	return key
}

// AnswerKey is the key of a person's answer about a step, as the release stands.
func (r Release) AnswerKey(step int, person string) string {
	return Answer{Step: step, Person: person, About: r.About()}.Key()
}

// About is the preview that people answer about; empty when the release has none.
func (r Release) About() string {
	if r.Preview == nil {
		return ""
	}
	return r.Preview.Digest
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
	for _, answer := range r.counting(step, a) {
		switch {
		case answer.Approve:
			t.Approved = append(t.Approved, answer.Person)
		case t.Rejected == nil || answer.At.Before(t.Rejected.At):
			t.Rejected = &answer
		}
	}
	t.Missing = max(0, a.Quorum-len(t.Approved))
	return t
}

// counting lists the answers of those who are asked: people in the order of the definition, then members of the Slack group.
func (r Release) counting(step int, a Approval) []Answer {
	var named, members []Answer
	for _, name := range a.From {
		if answer, given := r.Answers[r.AnswerKey(step, name)]; given {
			named = append(named, answer)
		}
	}
	for _, answer := range r.Answers {
		if answer.Step == step && answer.About == r.About() && answer.Team != "" && answer.Team == a.SlackTeam && !slices.Contains(a.From, answer.Person) {
			members = append(members, answer)
		}
	}
	slices.SortFunc(members, func(a, b Answer) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Person, b.Person)) })
	return append(named, members...)
}

// Closed says whether further answers change nothing.
func (t Tally) Closed() bool { return t.Rejected != nil || t.Missing == 0 }
