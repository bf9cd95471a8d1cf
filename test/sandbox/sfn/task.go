package sfn

import (
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// A task is what a Task state calls: a function by its ARN, or lambda:invoke with or without a task token.
type task struct {
	function           string // ARN, when Resource is a function
	resource           string // "invoke" or "invoke.waitForTaskToken" otherwise
	callback           bool
	timeout, heartbeat amount
}

// kinds are the history events of a task; a bare function has names of its own.
type kinds struct {
	scheduled, started, succeeded, failed, timedOut types.HistoryEventType
}

var (
	taskKinds = kinds{
		types.HistoryEventTypeTaskScheduled, types.HistoryEventTypeTaskStarted, types.HistoryEventTypeTaskSucceeded,
		types.HistoryEventTypeTaskFailed, types.HistoryEventTypeTaskTimedOut,
	}
	functionKinds = kinds{
		types.HistoryEventTypeLambdaFunctionScheduled, types.HistoryEventTypeLambdaFunctionStarted,
		types.HistoryEventTypeLambdaFunctionSucceeded, types.HistoryEventTypeLambdaFunctionFailed,
		types.HistoryEventTypeLambdaFunctionTimedOut,
	}
)

func (t *task) kinds() *kinds {
	if t.function != "" {
		return &functionKinds
	}
	return &taskKinds
}

// resultLimitName is how AWS names the task in States.DataLimitExceeded.
func (t *task) resultLimitName() string {
	if t.function != "" {
		return t.function
	}
	return "lambda"
}

// runTask is one attempt of a Task state. A task that waits for its token gets a new one each time.
func (v *visit) runTask(s scope) (any, error) {
	var open *callback
	if v.state.task.callback {
		open = v.run.listen()
		defer open.close()
		s.context.token = open.token
	}
	args, err := v.arguments(s)
	if err != nil {
		return nil, err
	}
	limits, err := v.state.task.limits(s)
	if err != nil {
		return nil, err
	}
	sent, err := v.schedule(args, limits)
	if err != nil {
		return nil, err
	}
	result, err := v.await(sent, open, limits)
	return v.settle(result, err)
}

func (t *task) limits(s scope) (*limits, error) {
	timeout, err := t.timeout.value(s, "TimeoutSeconds")
	if err != nil {
		return nil, err
	}
	heartbeat, err := t.heartbeat.value(s, "HeartbeatSeconds")
	if err != nil {
		return nil, err
	}
	if t.timeout.set && timeout == 0 || t.heartbeat.set && heartbeat == 0 {
		return nil, runtimeFailure("TimeoutSeconds and HeartbeatSeconds must be positive")
	}
	return &limits{timeout, heartbeat}, nil
}

// schedule records the task and lets the function run; its reply comes on the channel.
func (v *visit) schedule(args any, given *limits) (<-chan reply, error) {
	c, err := v.newCall(args)
	if err != nil {
		return nil, err
	}
	text := encode(args)
	if len(text) > maxPayload {
		return nil, dataLimit(v.state.name)
	}
	if err := v.record(event{kind: v.state.task.kinds().scheduled, state: v.state, text: text, limits: given}); err != nil {
		return nil, err
	}
	if err := v.record(event{kind: v.state.task.kinds().started, state: v.state}); err != nil {
		return nil, err
	}
	return v.run.service.invoke(c), nil
}

// settle records how the attempt ended.
func (v *visit) settle(result document, err error) (any, error) {
	kinds := v.state.task.kinds()
	if err == nil && len(result.text) > maxPayload {
		err = dataLimit(v.state.task.resultLimitName())
	}
	f, failed := asFailure(err)
	switch {
	case failed && f.name == statesTimeout && f.cause == "":
		_ = v.record(event{kind: kinds.timedOut, state: v.state, fault: f})
	case failed:
		_ = v.record(event{kind: kinds.failed, state: v.state, fault: f})
	case err == nil:
		err = v.record(event{kind: kinds.succeeded, state: v.state, text: result.text})
	}
	return result.value, err
}
