package slack

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"sluice/events"
	"sluice/shared/rollout"
)

// What the buttons of a message do.
const (
	ActionApprove = "approve"
	ActionReject  = "reject"
	ActionPage    = "page" // sends the person who pressed it a link of their own to the page
	ActionLook    = "look" // opens the page for looking; Slack reports that press, too
)

// An Interaction is a button that somebody pressed.
type Interaction struct {
	Action string
	Value  Question
	User   string // team and user id: T0123/U0456
	Reply  string // address for an answer that only they see; anybody who has it can write there, so it is never logged
}

// Question names the question that a button answers.
type Question struct {
	Release string
	Step    int
	Digest  string
}

// String is the value of a button.
func (q Question) String() string { return fmt.Sprintf("%s|%d|%s", q.Release, q.Step, q.Digest) }

func readQuestion(s string) (Question, error) {
	parts := strings.Split(s, "|")
	if len(parts) != 3 {
		return Question{}, fmt.Errorf("reading a button of Slack: its value has %d parts, want 3", len(parts))
	}
	step, err := strconv.Atoi(parts[1])
	if err != nil {
		return Question{}, fmt.Errorf("reading a button of Slack: its step is no number")
	}
	return Question{Release: parts[0], Step: step, Digest: parts[2]}, nil
}

// ReadInteraction reads the body of a request whose signature was verified: a form with the field payload
// (https://docs.slack.dev/reference/interaction-payloads/block_actions-payload).
func ReadInteraction(body []byte) (Interaction, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return Interaction{}, fmt.Errorf("reading a button of Slack: it is no form")
	}
	var p struct {
		Type string `json:"type"`
		User struct {
			ID   string
			Team string `json:"team_id"`
		} `json:"user"`
		Team        *struct{ ID string } `json:"team"`
		ResponseURL string               `json:"response_url"`
		Actions     []struct {
			ActionID string `json:"action_id"`
			Value    string `json:"value"`
		} `json:"actions"`
	}
	if err := json.Unmarshal([]byte(form.Get("payload")), &p); err != nil {
		return Interaction{}, fmt.Errorf("reading a button of Slack: its payload is no JSON of that form")
	}
	// If the app is installed for a whole organisation, team is null, and the user's team_id counts
	// (https://github.com/slackapi/bolt-js/pull/1615). It may be the organisation's id, which begins with E.
	team := p.User.Team
	if p.Team != nil {
		team = p.Team.ID
	}
	if p.Type != "block_actions" || team == "" || len(p.Actions) != 1 {
		return Interaction{}, fmt.Errorf("reading a button of Slack: it is %.40q with %d actions, want one block action of a workspace", p.Type, len(p.Actions))
	}
	i := Interaction{Action: p.Actions[0].ActionID, User: team + "/" + p.User.ID, Reply: p.ResponseURL}
	if i.Action == ActionLook {
		return i, nil
	}
	i.Value, err = readQuestion(p.Actions[0].Value)
	return i, err
}

// buttons are the buttons below a message; nil when there are none. look is a link for everybody in the channel; answered: buttons can answer.
func buttons(r rollout.Release, look string, answered bool) *block {
	var elements []any
	if answered && asks(r) {
		q := Question{Release: r.ID, Step: r.Asked.Step, Digest: r.Asked.Digest}.String()
		what := fmt.Sprintf("%s of %s: %s", r.Candidate(), r.Service, r.Gets(r.Asked.Step))
		elements = append(elements,
			button{Type: "button", ID: ActionApprove, Text: words("Approve"), Value: q, Style: "primary", Confirm: confirmed("Approve?", what, "Approve")},
			button{Type: "button", ID: ActionReject, Text: words("Reject"), Value: q, Style: "danger", Confirm: confirmed("Reject?", what, "Reject")},
			button{Type: "button", ID: ActionPage, Text: words("Answer on the page"), Value: q})
	}
	if look != "" {
		elements = append(elements, button{Type: "button", ID: ActionLook, Text: words("Look at it"), URL: look})
	}
	if len(elements) == 0 {
		return nil
	}
	return &block{Type: "actions", Elements: elements}
}

// A button is one of https://docs.slack.dev/reference/block-kit/block-elements/button-element.
type button struct {
	Type    string        `json:"type"`
	ID      string        `json:"action_id"`
	Text    text          `json:"text"`
	Value   string        `json:"value,omitempty"`
	URL     string        `json:"url,omitempty"`
	Style   string        `json:"style,omitempty"`
	Confirm *confirmation `json:"confirm,omitempty"`
}

// A confirmation keeps a slip of the finger from deciding.
type confirmation struct {
	Title   text `json:"title"`
	Text    text `json:"text"`
	Confirm text `json:"confirm"`
	Deny    text `json:"deny"`
}

// confirmed asks once more; Slack takes 300 characters.
func confirmed(title, what, yes string) *confirmation {
	return &confirmation{Title: words(title), Text: words(cut(events.Visible(what), 300)), Confirm: words(yes), Deny: words("Not yet")}
}
