package console

import (
	"sluice/events"
	"sluice/shared/rollout"
)

// A Shell is the way that is left where the functions have no addresses, and so people no pages and no buttons: the AWS CLI.
type Shell struct{ Bus, Table string }

// Answer is the command that answers what the release waits with; empty: nobody is asked.
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
