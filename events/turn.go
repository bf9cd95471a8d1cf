package events

import (
	"encoding/json"
	"time"
)

// Input is where an action of Step Functions has its request.
const Input = "Input"

// TurnEvent is what the state machine for stages (infra/stage.asl.json) invokes a function with, again and again until the release has ended.
type TurnEvent struct {
	Turn *Turn `json:"turn"` // nil: it is a job of CodePipeline
}

// Turn is one look at the release that an action of Step Functions waits for.
type Turn struct {
	Execution string          `json:"execution"` // name; CodePipeline makes it of the action execution's id, so each run of the action has its own
	Since     time.Time       `json:"since"`     // when the execution began
	Asks      json.RawMessage `json:"asks"`      // the execution's input: a StageRequest
	Release   string          `json:"release"`   // id, as the turn before has answered it; empty while nobody has begun it
}

// executionName is the form of an execution's name, as far as a request's key can carry it: CodePipeline's are ids, with a prefix
// (https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html).
const executionName expression = `^[A-Za-z0-9_-]{1,80}$`

// Known says whether the turn is of an execution at all.
func (t Turn) Known() bool {
	return executionName.MatchString(t.Execution) && !t.Since.IsZero() && (t.Release == "" || IsReleaseID(t.Release))
}

// Reads reads what the execution asks for. The error is a Malformed, whose field is one of Input. Step Functions has read the input as JSON before: of a
// field that stood there twice, one is left.
func (t Turn) Reads() (StageRequest, error) {
	var s StageRequest
	if err := s.decode(Input, string(t.Asks)); err != nil {
		return s, err
	}
	return s, s.check(Input)
}
