package sfn

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// A stateMachine is a name, its current revision and everything that was started under it.
type stateMachine struct {
	arn, name  string
	created    time.Time
	current    *revision
	executions []*execution // oldest first
}

// A revision is what UpdateStateMachine replaces. Executions stay on the one that they started on.
type revision struct {
	id         string // "" is the first, which AWS gives no id
	definition string
	program    *program
	role       string
	logging    *types.LoggingConfiguration
	tracing    *types.TracingConfiguration
	updated    time.Time
}

// machine finds a state machine by ARN. The caller holds the lock.
func (s *Service) machine(arn *string) (*stateMachine, error) {
	if err := checkARN(arn, "stateMachine"); err != nil {
		return nil, err
	}
	m, ok := s.machines[*arn]
	if !ok {
		return nil, &types.StateMachineDoesNotExist{Message: aws.String("State Machine Does Not Exist: '" + *arn + "'")}
	}
	return m, nil
}

// retention is how long AWS keeps a closed execution and its name.
const retention = 90 * 24 * time.Hour

// execution finds an execution by ARN, nil when there is none (any more).
func (s *Service) execution(arn string) *execution {
	s.mu.RLock()
	e := s.executions[arn]
	s.mu.RUnlock()
	if e == nil || e.expired() {
		return nil
	}
	return e
}

func (e *execution) expired() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return !e.stopped.IsZero() && time.Since(e.stopped) > retention
}

func (s *Service) wantExecution(arn *string) (*execution, error) {
	if err := checkARN(arn, "execution"); err != nil {
		return nil, err
	}
	if e := s.execution(*arn); e != nil {
		return e, nil
	}
	return nil, &types.ExecutionDoesNotExist{Message: aws.String("Execution Does Not Exist: '" + *arn + "'")}
}

func checkARN(arn *string, kind string) error {
	parts := strings.Split(aws.ToString(arn), ":")
	if len(parts) < 7 || parts[0] != "arn" || parts[2] != "states" || parts[5] != kind {
		return &types.InvalidArn{Message: aws.String("Invalid Arn: '" + aws.ToString(arn) + "'")}
	}
	return nil
}

// checkName holds the naming rules that state machines and executions share.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
func checkName(name string) error {
	forbidden := func(r rune) bool {
		return r <= 0x20 || r >= 0x7f && r <= 0x9f || strings.ContainsRune("<>{}[]?*\"#%\\^|~`$&,;:/", r)
	}
	if name == "" || len([]rune(name)) > 80 || strings.ContainsFunc(name, forbidden) {
		return &types.InvalidName{Message: aws.String("Invalid Name: '" + name + "'")}
	}
	return nil
}

func invalid(message string) error { return &types.ValidationException{Message: aws.String(message)} }
