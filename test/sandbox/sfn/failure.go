package sfn

import (
	"errors"
	"fmt"
)

// Error names of the States Language that this interpreter raises or matches.
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
const (
	statesAll               = "States.ALL"
	statesTaskFailed        = "States.TaskFailed"
	statesTimeout           = "States.Timeout"
	statesHeartbeatTimeout  = "States.HeartbeatTimeout"
	statesRuntime           = "States.Runtime"
	statesDataLimitExceeded = "States.DataLimitExceeded"
	statesNoChoiceMatched   = "States.NoChoiceMatched"
	statesResultPathFailure = "States.ResultPathMatchFailure"
)

// A failure is an error in the sense of the States Language: a name for Retry and Catch, a cause for people.
type failure struct {
	name, cause string
	missedBeat  bool // a States.Timeout that was a missed heartbeat
	located     bool // its cause already names the state
}

func (f *failure) Error() string { return f.name + ": " + f.cause }

// errEnded says that the line of control must stop without a word: the execution is over, a sibling branch failed, or
// the service is closing.
var errEnded = errors.New("the execution has ended")

// runtimeFailure is a definition that cannot be carried out on this data; it always fails the execution.
func runtimeFailure(format string, args ...any) *failure {
	return &failure{name: statesRuntime, cause: fmt.Sprintf(format, args...)}
}

// asFailure reports the States Language error that err is, if it is one.
func asFailure(err error) (*failure, bool) {
	var f *failure
	ok := errors.As(err, &f)
	return f, ok
}

// matches tells whether an entry of ErrorEquals names this failure. As documented: States.Runtime always fails the
// execution, States.DataLimitExceeded is caught by its own name only, States.TaskFailed is everything but a time-out.
// A missed heartbeat is reported as States.Timeout and can be told apart by States.HeartbeatTimeout.
func (f *failure) matches(pattern string) bool {
	switch {
	case f.name == statesRuntime:
		return false
	case pattern == f.name:
		return true
	case f.name == statesDataLimitExceeded:
		return false
	case pattern == statesAll:
		return true
	case pattern == statesTaskFailed:
		return f.name != statesTimeout
	}
	return pattern == statesHeartbeatTimeout && f.missedBeat
}

func (f *failure) matchesAny(patterns []string) bool {
	for _, p := range patterns {
		if f.matches(p) {
			return true
		}
	}
	return false
}

// output is what a catcher's ResultPath receives. AWS writes the cause even when there is none.
func (f *failure) output() any {
	return map[string]any{"Error": f.name, "Cause": f.cause}
}
