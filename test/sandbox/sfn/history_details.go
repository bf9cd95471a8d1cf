package sfn

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// A reader turns events into AWS's form; withData keeps inputs and outputs.
type reader struct {
	run      *execution
	withData bool
}

// event gives entry number id (from 1) its AWS form.
func (r reader) event(id int, ev event) types.HistoryEvent {
	out := types.HistoryEvent{
		Id: int64(id), PreviousEventId: int64(ev.previous), Type: ev.kind, Timestamp: aws.Time(time.UnixMilli(ev.at).UTC()),
	}
	switch {
	case ev.state == nil:
		r.executionDetails(&out, ev)
	case ev.kind == ev.state.entered:
		out.StateEnteredEventDetails = &types.StateEnteredEventDetails{Name: &ev.state.name, Input: r.text(ev), InputDetails: r.whole()}
	case ev.kind == ev.state.exited:
		out.StateExitedEventDetails = &types.StateExitedEventDetails{Name: &ev.state.name, Output: r.text(ev), OutputDetails: r.whole()}
	case ev.state.each != nil:
		mapDetails(&out, ev)
	case ev.state.task != nil && ev.state.task.function != "":
		r.functionDetails(&out, ev)
	case ev.state.task != nil:
		r.taskDetails(&out, ev)
	}
	return out
}

func (r reader) text(ev event) *string {
	if !r.withData {
		return nil
	}
	return aws.String(ev.text)
}

func (r reader) whole() *types.HistoryEventExecutionDataDetails {
	if !r.withData {
		return nil
	}
	return &types.HistoryEventExecutionDataDetails{Truncated: false}
}

func (r reader) executionDetails(out *types.HistoryEvent, ev event) {
	name, cause := faultTexts(ev.fault)
	switch ev.kind {
	case types.HistoryEventTypeExecutionStarted:
		out.ExecutionStartedEventDetails = &types.ExecutionStartedEventDetails{
			Input: r.text(ev), InputDetails: r.whole(), RoleArn: &r.run.revision.role,
		}
	case types.HistoryEventTypeExecutionSucceeded:
		out.ExecutionSucceededEventDetails = &types.ExecutionSucceededEventDetails{Output: r.text(ev), OutputDetails: r.whole()}
	case types.HistoryEventTypeExecutionFailed:
		out.ExecutionFailedEventDetails = &types.ExecutionFailedEventDetails{Error: name, Cause: cause}
	case types.HistoryEventTypeExecutionTimedOut:
		out.ExecutionTimedOutEventDetails = &types.ExecutionTimedOutEventDetails{Error: name, Cause: cause}
	case types.HistoryEventTypeExecutionAborted:
		out.ExecutionAbortedEventDetails = &types.ExecutionAbortedEventDetails{Error: name, Cause: cause}
	}
}

func faultTexts(f *failure) (name, cause *string) {
	if f == nil {
		return nil, nil
	}
	return optional(f.name), optional(f.cause)
}

func mapDetails(out *types.HistoryEvent, ev event) {
	iteration := &types.MapIterationEventDetails{Name: &ev.state.name, Index: ev.index}
	switch ev.kind {
	case types.HistoryEventTypeMapStateStarted:
		out.MapStateStartedEventDetails = &types.MapStateStartedEventDetails{Length: ev.index}
	case types.HistoryEventTypeMapIterationStarted:
		out.MapIterationStartedEventDetails = iteration
	case types.HistoryEventTypeMapIterationSucceeded:
		out.MapIterationSucceededEventDetails = iteration
	case types.HistoryEventTypeMapIterationFailed:
		out.MapIterationFailedEventDetails = iteration
	case types.HistoryEventTypeMapIterationAborted:
		out.MapIterationAbortedEventDetails = iteration
	}
}

func (r reader) taskDetails(out *types.HistoryEvent, ev event) {
	name, cause := faultTexts(ev.fault)
	resource, kind := &ev.state.task.resource, aws.String("lambda")
	switch ev.kind {
	case types.HistoryEventTypeTaskScheduled:
		out.TaskScheduledEventDetails = &types.TaskScheduledEventDetails{
			Resource: resource, ResourceType: kind, Region: &r.run.service.options.Home.Region, Parameters: r.text(ev),
			TimeoutInSeconds: positive(ev.limits.timeout), HeartbeatInSeconds: positive(ev.limits.heartbeat),
		}
	case types.HistoryEventTypeTaskStarted:
		out.TaskStartedEventDetails = &types.TaskStartedEventDetails{Resource: resource, ResourceType: kind}
	case types.HistoryEventTypeTaskSubmitted:
		out.TaskSubmittedEventDetails = &types.TaskSubmittedEventDetails{Resource: resource, ResourceType: kind, Output: r.text(ev), OutputDetails: r.whole()}
	case types.HistoryEventTypeTaskSucceeded:
		out.TaskSucceededEventDetails = &types.TaskSucceededEventDetails{Resource: resource, ResourceType: kind, Output: r.text(ev), OutputDetails: r.whole()}
	case types.HistoryEventTypeTaskFailed:
		out.TaskFailedEventDetails = &types.TaskFailedEventDetails{Resource: resource, ResourceType: kind, Error: name, Cause: cause}
	case types.HistoryEventTypeTaskTimedOut:
		out.TaskTimedOutEventDetails = &types.TaskTimedOutEventDetails{Resource: resource, ResourceType: kind, Error: name, Cause: cause}
	}
}

func (r reader) functionDetails(out *types.HistoryEvent, ev event) {
	name, cause := faultTexts(ev.fault)
	switch ev.kind {
	case types.HistoryEventTypeLambdaFunctionScheduled:
		out.LambdaFunctionScheduledEventDetails = &types.LambdaFunctionScheduledEventDetails{
			Resource: &ev.state.task.function, Input: r.text(ev), InputDetails: r.whole(), TimeoutInSeconds: positive(ev.limits.timeout),
		}
	case types.HistoryEventTypeLambdaFunctionSucceeded:
		out.LambdaFunctionSucceededEventDetails = &types.LambdaFunctionSucceededEventDetails{Output: r.text(ev), OutputDetails: r.whole()}
	case types.HistoryEventTypeLambdaFunctionFailed:
		out.LambdaFunctionFailedEventDetails = &types.LambdaFunctionFailedEventDetails{Error: name, Cause: cause}
	case types.HistoryEventTypeLambdaFunctionTimedOut:
		out.LambdaFunctionTimedOutEventDetails = &types.LambdaFunctionTimedOutEventDetails{Error: name, Cause: cause}
	}
}

func positive(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}
