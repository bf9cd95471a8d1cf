package sfn

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssfn "github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"sluice/test/sandbox/wire"
)

// StartExecution is idempotent in a narrow way only: the same name and the same input give the same execution while it
// runs. Afterwards, or with another input, the name is ExecutionAlreadyExists for 90 days.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
func (s *Service) StartExecution(_ context.Context, in *awssfn.StartExecutionInput) (*awssfn.StartExecutionOutput, error) {
	input, value, err := readInput(in.Input)
	if err != nil {
		return nil, err
	}
	name := aws.ToString(in.Name)
	if in.Name == nil {
		name = s.random.uuid()
	}
	if err := checkName(name); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.ctx.Err() != nil {
		return nil, &wire.Error{Status: 503, Code: "ServiceUnavailable", Message: "Step Functions of the sandbox is closing"}
	}
	m, err := s.machine(in.StateMachineArn)
	if err != nil {
		return nil, err
	}
	e, err := s.running(m, name, input)
	if err != nil {
		return nil, err
	}
	if e == nil {
		e = s.start(m, name, input, value, aws.ToString(in.TraceHeader))
	}
	return &awssfn.StartExecutionOutput{ExecutionArn: &e.arn, StartDate: &e.started}, nil
}

// running is the execution that a repeated start means, nil when the name is free.
func (s *Service) running(m *stateMachine, name, input string) (*execution, error) {
	e := s.executions[s.options.Home.ARN("states", "execution:"+m.name+":"+name)]
	if e == nil || e.expired() {
		return nil, nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.status == types.ExecutionStatusRunning && e.input.text == input {
		return e, nil
	}
	return nil, &types.ExecutionAlreadyExists{Message: aws.String("Execution Already Exists: '" + e.arn + "'")}
}

func readInput(in *string) (text string, value any, err error) {
	text = aws.ToString(in)
	if in == nil {
		text = "{}"
	}
	if len(text) > maxPayload {
		return "", nil, invalid("1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less than or equal to 262144")
	}
	if value, err = decode(text); err != nil {
		return "", nil, &types.InvalidExecutionInput{Message: aws.String("Invalid State Machine Execution Input: '" + err.Error() + "'")}
	}
	return text, value, nil
}

// StopExecution aborts a running execution; its task tokens are dead when the call returns. Stopping twice is no error.
func (s *Service) StopExecution(_ context.Context, in *awssfn.StopExecutionInput) (*awssfn.StopExecutionOutput, error) {
	e, err := s.wantExecution(in.ExecutionArn)
	if err != nil {
		return nil, err
	}
	e.end(types.ExecutionStatusAborted, "", said(in.Error, in.Cause))
	e.mu.Lock()
	defer e.mu.Unlock()
	return &awssfn.StopExecutionOutput{StopDate: aws.Time(e.stopped)}, nil
}

// said is the error and cause that a caller gave, nil when neither.
func said(name, cause *string) *failure {
	if name == nil && cause == nil {
		return nil
	}
	return &failure{name: aws.ToString(name), cause: aws.ToString(cause), located: true}
}

// DescribeExecution shows an execution up to 90 days after its end.
func (s *Service) DescribeExecution(_ context.Context, in *awssfn.DescribeExecutionInput) (*awssfn.DescribeExecutionOutput, error) {
	e, err := s.wantExecution(in.ExecutionArn)
	if err != nil {
		return nil, err
	}
	included := &types.CloudWatchEventsExecutionDataDetails{Included: true}
	e.mu.Lock()
	defer e.mu.Unlock()
	out := &awssfn.DescribeExecutionOutput{
		ExecutionArn: &e.arn, StateMachineArn: &e.machine.arn, Name: &e.name, Status: e.status,
		StartDate: &e.started, TraceHeader: optional(e.trace),
		Input: &e.input.text, InputDetails: included,
		RedriveCount: aws.Int32(0), RedriveStatus: types.ExecutionRedriveStatusNotRedrivable,
		RedriveStatusReason: aws.String(e.redriveReason()),
	}
	if e.status != types.ExecutionStatusRunning {
		out.StopDate = aws.Time(e.stopped)
	}
	if e.status == types.ExecutionStatusSucceeded {
		out.Output, out.OutputDetails = &e.output, included
	}
	if e.fault != nil {
		out.Error, out.Cause = optional(e.fault.name), optional(e.fault.cause)
	}
	return out, nil
}

func (e *execution) redriveReason() string {
	if e.status == types.ExecutionStatusRunning || e.status == types.ExecutionStatusSucceeded {
		return "Execution is " + string(e.status) + " and cannot be redriven"
	}
	return "RedriveExecution is not implemented by the sandbox"
}

// DescribeStateMachineForExecution shows the revision that the execution runs on, which may be an old one.
func (s *Service) DescribeStateMachineForExecution(_ context.Context, in *awssfn.DescribeStateMachineForExecutionInput) (*awssfn.DescribeStateMachineForExecutionOutput, error) {
	e, err := s.wantExecution(in.ExecutionArn)
	if err != nil {
		return nil, err
	}
	r := e.revision
	return &awssfn.DescribeStateMachineForExecutionOutput{
		StateMachineArn: &e.machine.arn, Name: &e.machine.name,
		Definition: &r.definition, RoleArn: &r.role, UpdateDate: &r.updated, RevisionId: optional(r.id),
		LoggingConfiguration: r.logging, TracingConfiguration: r.tracing,
	}, nil
}

// ListExecutions lists a machine's executions, newest first.
func (s *Service) ListExecutions(_ context.Context, in *awssfn.ListExecutionsInput) (*awssfn.ListExecutionsOutput, error) {
	if in.MapRunArn != nil {
		return nil, invalid("Map Runs (distributed Map) are not implemented by the sandbox")
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	m, err := s.machine(in.StateMachineArn)
	if err != nil {
		return nil, err
	}
	keep := func(i int) bool {
		e := m.executions[i]
		if in.StatusFilter == types.ExecutionStatusRunning && e.over.Load() {
			return false
		}
		if e.expired() || in.RedriveFilter == types.ExecutionRedriveFilterRedriven {
			return false
		}
		return in.StatusFilter == "" || in.StatusFilter == e.listItem().Status
	}
	places, next, err := pager{size: in.MaxResults, token: in.NextToken, reverse: true}.cut(len(m.executions), keep)
	if err != nil {
		return nil, err
	}
	out := &awssfn.ListExecutionsOutput{NextToken: next, Executions: []types.ExecutionListItem{}}
	for _, e := range pick(m.executions, places) {
		out.Executions = append(out.Executions, e.listItem())
	}
	return out, nil
}

func (e *execution) listItem() types.ExecutionListItem {
	e.mu.Lock()
	defer e.mu.Unlock()
	item := types.ExecutionListItem{
		ExecutionArn: &e.arn, StateMachineArn: &e.machine.arn, Name: &e.name, Status: e.status,
		StartDate: &e.started, RedriveCount: aws.Int32(0),
	}
	if e.status != types.ExecutionStatusRunning {
		item.StopDate = aws.Time(e.stopped)
	}
	return item
}
