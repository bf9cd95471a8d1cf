package events

// ExecutionStatusChange is the detail-type of Step Functions' events. Their delivery is best effort, so sweep also looks by itself
// (https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html).
const (
	StatesSource          = "aws.states"
	ExecutionStatusChange = "Step Functions Execution Status Change"
)

// Execution is the detail of ExecutionStatusChange, as far as sweep reads it.
type Execution struct {
	ExecutionArn    string `json:"executionArn"`
	StateMachineArn string `json:"stateMachineArn"`
	Name            string `json:"name"`
	Status          string `json:"status"` // RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, PENDING_REDRIVE
	Input           string `json:"input"`  // JSON; left out when very large
}

// ExecutionPattern selects the events for sweep: executions of one state machine that ended badly.
func ExecutionPattern(stateMachineARN string) Pattern {
	return Pattern{
		"source": []string{StatesSource}, "detail-type": []string{ExecutionStatusChange},
		"detail": map[string]any{"status": []string{"FAILED", "TIMED_OUT", "ABORTED"}, "stateMachineArn": []string{stateMachineARN}},
	}
}
