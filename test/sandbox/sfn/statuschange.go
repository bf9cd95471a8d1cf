package sfn

import (
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// StatusChangeDetailType is the detail-type of the events that executions send to the default bus.
const StatusChangeDetailType = "Step Functions Execution Status Change"

// maxEventData is the escaped input and output that fit into an event.
const maxEventData = 248 * 1024

// A StatusChange is the detail of an Execution Status Change event, as AWS writes it: times in milliseconds, input and
// output as JSON strings, left out when they are too large together.
// https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
type StatusChange struct {
	ExecutionArn           string    `json:"executionArn"`
	StateMachineArn        string    `json:"stateMachineArn"`
	StateMachineVersionArn *string   `json:"stateMachineVersionArn"`
	StateMachineAliasArn   *string   `json:"stateMachineAliasArn"`
	Name                   string    `json:"name"`
	Status                 string    `json:"status"`
	StartDate              int64     `json:"startDate"`
	StopDate               *int64    `json:"stopDate"`
	Input                  *string   `json:"input"`
	InputDetails           *Included `json:"inputDetails"`
	Output                 *string   `json:"output"`
	OutputDetails          *Included `json:"outputDetails"`
	Error                  *string   `json:"error"`
	Cause                  *string   `json:"cause"`
}

// Included tells whether the event carries the data, or whether DescribeExecution must be asked.
type Included struct {
	Included bool `json:"included"`
}

// announce emits the execution's present status. An execution that the service's end cut short says nothing more.
func (e *execution) announce() {
	s := e.service
	if s.options.Emit == nil || s.ctx.Err() != nil {
		return
	}
	s.options.Emit(s.ctx, StatusChangeDetailType, []string{e.arn}, e.statusChange())
}

func (e *execution) statusChange() StatusChange {
	e.mu.Lock()
	defer e.mu.Unlock()
	c := StatusChange{
		ExecutionArn: e.arn, StateMachineArn: e.machine.arn, Name: e.name,
		Status: string(e.status), StartDate: e.started.UnixMilli(),
	}
	if e.status != types.ExecutionStatusRunning {
		stopped := e.stopped.UnixMilli()
		c.StopDate = &stopped
	}
	if e.fault != nil {
		c.Error, c.Cause = optional(e.fault.name), optional(e.fault.cause)
	}
	outputSize := 0
	if e.status == types.ExecutionStatusSucceeded {
		outputSize = escapedSize(e.output)
		c.OutputDetails = &Included{outputSize <= maxEventData}
		if c.OutputDetails.Included {
			c.Output = &e.output
		}
	}
	c.InputDetails = &Included{escapedSize(e.input.text)+outputSize <= maxEventData}
	if c.InputDetails.Included {
		c.Input = &e.input.text
	}
	return c
}

// escapedSize is the size of the text as a JSON string.
func escapedSize(text string) int {
	if len(text) < maxEventData/12 {
		return len(text) // two such texts fit however much escaping they need (a byte becomes at most six)
	}
	b, _ := json.Marshal(text) // a string always marshals
	return len(b)
}
