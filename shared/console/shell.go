package console

import (
	"fmt"

	"sluice/events"
	"sluice/shared/rollout"
)

// A Shell makes commands for people.
type Shell struct {
	Bus, Environment string
	Addresses        bool // functions have addresses here: the command sluice can speak to them
}

// Answer is the command that answers the release's open question; empty when nobody is asked. Where functions have no addresses, it is an event.
func (s Shell) Answer(r rollout.Release) (string, error) {
	if r.Asks() == nil {
		return "", nil
	}
	if s.Addresses {
		return fmt.Sprintf("sluice approve %s -e %s (or reject)", r.Service, s.Environment), nil
	}
	return events.Command(s.Bus, events.AnswerGiven, events.AnswerRequest{
		Release: r.ID, Step: r.Asked.Step, Digest: r.Asked.Digest, Answer: "approve-or-reject", By: "YOUR-NAME",
	})
}

// Read is the command that shows a release's record.
func (s Shell) Read(release string) string {
	return "sluice get " + release + " -e " + s.Environment
}
