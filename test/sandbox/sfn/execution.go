package sfn

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// An execution is one run of a state machine, on the revision that was current when it started.
type execution struct {
	service  *Service
	arn      string
	name     string
	machine  *stateMachine
	revision *revision
	input    document
	trace    string
	started  time.Time

	contextExecution, contextMachine any // "$$.Execution" and "$$.StateMachine"

	ctx    context.Context // ends with the execution, its time-out or the service
	cancel context.CancelFunc

	over    atomic.Bool // the status is not Running any more: known without the lock, which a list of thousands would take thousands of times
	mu      sync.Mutex
	status  types.ExecutionStatus
	stopped time.Time
	output  string
	fault   *failure // why it failed or was stopped; nil when nothing was said
	events  []event
	retries int
	issued  int64               // task tokens so far
	waiting map[int64]*callback // open task tokens by number
}

// start makes an execution and lets it run. The caller holds the service's lock and has checked the name.
func (s *Service) start(m *stateMachine, name, input string, value any, trace string) *execution {
	e := &execution{
		service: s, name: name, machine: m, revision: m.current, trace: trace,
		arn:     s.options.Home.ARN("states", "execution:"+m.name+":"+name),
		input:   document{value: value, text: input},
		started: time.Now().Truncate(time.Millisecond),
		status:  types.ExecutionStatusRunning,
		events:  make([]event, 0, 16),
	}
	e.contextMachine = map[string]any{"Id": m.arn, "Name": m.name}
	e.contextExecution = map[string]any{
		"Id": e.arn, "Name": name, "Input": value, "RoleArn": e.revision.role,
		"StartTime": isoTime(e.started), "RedriveCount": number(0),
	}
	e.ctx, e.cancel = context.WithTimeout(s.ctx, e.revision.program.timeout)
	_, _ = e.add(event{kind: types.HistoryEventTypeExecutionStarted, text: input}) // the first event always fits
	s.executions[e.arn] = e
	m.executions = append(m.executions, e)
	s.work.Go(e.run)
	return e
}

// run walks the machine from its start to its end. A machine's own time-out is nobody's to catch: it ends the
// execution as TIMED_OUT, without error or cause.
func (e *execution) run() {
	defer e.cancel()
	e.announce()
	t := &thread{run: e, ctx: e.ctx}
	out, err := t.walk(e.revision.program.body, e.input)
	f, failed := asFailure(err)
	switch {
	case err == nil:
		e.end(types.ExecutionStatusSucceeded, out.text, nil)
	case failed:
		e.end(types.ExecutionStatusFailed, "", f)
	case errors.Is(e.ctx.Err(), context.DeadlineExceeded):
		e.end(types.ExecutionStatusTimedOut, "", nil)
	}
	e.announce()
}

// end closes the execution if it is still open; only the first end counts. Its open task tokens die with it.
func (e *execution) end(status types.ExecutionStatus, output string, f *failure) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.endLocked(status, output, f)
}

var lastEvent = map[types.ExecutionStatus]types.HistoryEventType{
	types.ExecutionStatusSucceeded: types.HistoryEventTypeExecutionSucceeded,
	types.ExecutionStatusFailed:    types.HistoryEventTypeExecutionFailed,
	types.ExecutionStatusTimedOut:  types.HistoryEventTypeExecutionTimedOut,
	types.ExecutionStatusAborted:   types.HistoryEventTypeExecutionAborted,
}

func (e *execution) endLocked(status types.ExecutionStatus, output string, f *failure) bool {
	if e.status != types.ExecutionStatusRunning {
		return false
	}
	now := time.Now()
	e.over.Store(true)
	e.status, e.output, e.fault, e.stopped, e.waiting = status, output, f, now.Truncate(time.Millisecond), nil
	e.events = append(e.events, event{
		kind: lastEvent[status], at: now.UnixMilli(), previous: int32(len(e.events)), text: output, fault: f,
	})
	e.cancel()
	return true
}
