package console

import (
	"sluice/events"
	"sluice/shared/rollout"
)

// A Shell makes commands of the AWS CLI for people, where the functions have no addresses and so there are no pages and no buttons.
type Shell struct{ Bus, Table string }

// Answer is the command that answers the release's open question; empty when nobody is asked.
func (s Shell) Answer(r rollout.Release) (string, error) {
	if r.Asks() == nil {
		return "", nil
	}
	return events.Command(s.Bus, events.AnswerGiven, events.AnswerRequest{
		Release: r.ID, Step: r.Asked.Step, Digest: r.Asked.Digest, Answer: "approve-or-reject", By: "YOUR-NAME",
	})
}

// Read is the command that shows a release's record.
func (s Shell) Read(release string) string {
	return "aws dynamodb get-item --table-name " + s.Table + ` --key '{"pk":{"S":"release#` + release + `"},"sk":{"S":"release"}}'`
}
