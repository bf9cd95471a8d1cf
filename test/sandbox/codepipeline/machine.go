package codepipeline

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

// An Execution is what an action has Step Functions carry out.
type Execution struct{ Machine, Name, Input string }

// An Executed is how an execution of Step Functions has ended.
type Executed struct {
	ARN    string // of the execution
	Failed string // why; empty when it has succeeded
}

// executes says whether an action is an execution of Step Functions.
func (a *action) executes() bool {
	return a.ActionTypeId.Category == types.ActionCategoryInvoke && aws.ToString(a.ActionTypeId.Provider) == "StepFunctions"
}

// execution is what an action has carried out: "By default, the action execution ID is used as the state machine execution name. If a prefix is provided, it
// is prepended to the action execution ID with a hyphen"; without an input it is "an empty JSON object {}"
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-StepFunctions.html).
func (a *action) execution(configuration map[string]string) Execution {
	e := Execution{Machine: configuration["StateMachineArn"], Name: *a.last.ActionExecutionId, Input: configuration["Input"]}
	if prefix := configuration["ExecutionNamePrefix"]; prefix != "" {
		e.Name = prefix + "-" + e.Name
	}
	if e.Input == "" {
		e.Input = "{}"
	}
	return e
}

// execute has Step Functions carry an action out. What later actions may read is the machine and the execution, and not the execution's output, which
// goes into an artifact. Of a failed one the pipeline is believed to show the status and nothing of its cause.
func (s *Service) execute(p *pipeline, st *stage, a *action, e *execution) {
	configuration, unresolved := e.resolve(a.Configuration)
	wanted, role, last := a.execution(configuration), p.roleOf(a.RoleArn), a.last
	go func() {
		var done Executed
		var err error
		if unresolved == "" {
			done, err = s.Execute(s.ctx, role, wanted)
		}
		if s.ctx.Err() != nil {
			return
		}
		s.mu.Lock()
		code, status := "JobFailed", types.ActionExecutionStatusSucceeded
		switch {
		case unresolved != "":
			code, done.Failed = "InvalidActionConfiguration", unresolvable(unresolved)
		case err != nil:
			done.Failed = err.Error()
		}
		if done.ARN != "" {
			last.ExternalExecutionId = &done.ARN
		}
		if done.Failed != "" {
			status, last.ErrorDetails = types.ActionExecutionStatusFailed, &types.ErrorDetails{Code: &code, Message: &done.Failed}
		} else {
			a.made = map[string]string{"StateMachineArn": wanted.Machine, "ExecutionArn": done.ARN}
		}
		told := s.ends(p, st, a, e, status)
		s.mu.Unlock()
		s.tell(told)
	}()
}
