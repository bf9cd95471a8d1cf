package sfn

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// maxEvents is the length of a history at which an execution must have ended: the last event is its end, good or bad.
// https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
const maxEvents = 25_000

// An event is one entry of an execution's history, kept small: texts are shared with the documents that flow through
// the states, and everything that AWS derives from the state is derived when somebody asks (history_details.go).
type event struct {
	kind     types.HistoryEventType
	at       int64 // Unix milliseconds
	previous int32 // id of the event that led to this one; 0 is none
	index    int32 // of a Map iteration, or the length of a Map
	state    *state
	text     string // input, output or parameters
	fault    *failure
	limits   *limits // of a scheduled task
}

// limits are the seconds that a task was given; 0 is none.
type limits struct{ timeout, heartbeat int64 }

// add appends to the history and gives the event's id. It fails with errEnded once the execution is over, and ends the
// execution when only the last place of the history is left.
func (e *execution) add(ev event) (int32, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.status != types.ExecutionStatusRunning {
		return 0, errEnded
	}
	if len(e.events) >= maxEvents-1 {
		e.endLocked(types.ExecutionStatusFailed, "", runtimeFailure("The execution reached the maximum number of history events (%d).", maxEvents))
		return 0, errEnded
	}
	ev.at = time.Now().UnixMilli()
	e.events = append(e.events, ev)
	return int32(len(e.events)), nil
}

// Path gives the names of the states that an execution entered, in order; those of parallel branches and Map iterations
// come as they were entered. It is empty for an execution that does not exist.
func (s *Service) Path(executionARN string) []string {
	var names []string
	for _, ev := range s.snapshot(executionARN) {
		if ev.state != nil && ev.kind == ev.state.entered {
			names = append(names, ev.state.name)
		}
	}
	return names
}

// Transitions counts what AWS bills: each state entered and each retry.
func (s *Service) Transitions(executionARN string) int {
	entered := len(s.Path(executionARN))
	if e := s.execution(executionARN); e != nil {
		e.mu.Lock()
		defer e.mu.Unlock()
		return entered + e.retries
	}
	return entered
}

func (s *Service) snapshot(executionARN string) []event {
	e := s.execution(executionARN)
	if e == nil {
		return nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.events[:len(e.events):len(e.events)] // events are never changed, only added
}
