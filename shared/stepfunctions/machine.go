// Package stepfunctions starts, watches and wakes the executions that lead releases.
package stepfunctions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"sluice/shared/rollout"
)

type api interface {
	StartExecution(context.Context, *sfn.StartExecutionInput, ...func(*sfn.Options)) (*sfn.StartExecutionOutput, error)
	DescribeExecution(context.Context, *sfn.DescribeExecutionInput, ...func(*sfn.Options)) (*sfn.DescribeExecutionOutput, error)
	ListExecutions(context.Context, *sfn.ListExecutionsInput, ...func(*sfn.Options)) (*sfn.ListExecutionsOutput, error)
	SendTaskSuccess(context.Context, *sfn.SendTaskSuccessInput, ...func(*sfn.Options)) (*sfn.SendTaskSuccessOutput, error)
}

// Machine is Sluice's state machine.
type Machine struct {
	sfn api
	arn string
}

// New opens the state machine of that ARN. It may be empty in functions that only wake.
func New(cfg aws.Config, arn string) *Machine { return &Machine{sfn: sfn.NewFromConfig(cfg), arn: arn} }

// Execution is the ARN of the execution with a name.
func (m *Machine) Execution(name string) string {
	return strings.Replace(m.arn, ":stateMachine:", ":execution:", 1) + ":" + name
}

// Start begins an execution. Names are unique for 90 days, so if the name exists, the same event has started it before:
// that is success (https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html).
func (m *Machine) Start(ctx context.Context, name string, c rollout.Cursor) (arn string, err error) {
	input, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("encoding cursor: %w", err)
	}
	_, err = m.sfn.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &m.arn, Name: &name, Input: aws.String(string(input))})
	var exists *types.ExecutionAlreadyExists
	if err != nil && !errors.As(err, &exists) {
		return "", fmt.Errorf("starting execution %s: %w", name, err)
	}
	return m.Execution(name), nil
}

// Life is what became of an execution.
type Life int

// An execution is running, ended (well or badly), or was never started.
const (
	Running Life = iota
	Over
	NeverStarted
)

// Life says what became of an execution.
func (m *Machine) Life(ctx context.Context, arn string) (Life, error) {
	out, err := m.sfn.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
	var missing *types.ExecutionDoesNotExist
	switch {
	case errors.As(err, &missing):
		return NeverStarted, nil
	case err != nil:
		return Over, fmt.Errorf("reading execution %s: %w", arn, err)
	case out.Status == types.ExecutionStatusRunning:
		return Running, nil
	}
	return Over, nil
}

// AllRunning lists the executions that run, a thousand in one call: describing each would take a call each, and AWS allows 15 a second
// (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html). The list is eventually consistent, so an execution that is not on it
// may still run: Life knows.
func (m *Machine) AllRunning(ctx context.Context) (map[string]bool, error) {
	running := map[string]bool{}
	pages := sfn.NewListExecutionsPaginator(m.sfn, &sfn.ListExecutionsInput{StateMachineArn: &m.arn, StatusFilter: types.ExecutionStatusRunning, MaxResults: 1000})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing executions: %w", err)
		}
		for _, e := range page.Executions {
			running[aws.ToString(e.ExecutionArn)] = true
		}
	}
	return running, nil
}

// Bell records that there is news for a release, and knows which task to wake then.
type Bell interface {
	// Ring records that there is news for a release, and returns the token with which it waits; empty when it has never waited. If the release
	// does not wait yet, its next wait ends at once.
	Ring(ctx context.Context, release string, now time.Time) (token string, err error)
}

// Wake makes a release that waits, or is about to wait, look at the table. The caller has written its news before.
func (m *Machine) Wake(ctx context.Context, bell Bell, release string, now time.Time) error {
	token, err := bell.Ring(ctx, release, now)
	if err != nil || token == "" {
		return err
	}
	return m.end(ctx, token, rollout.NextBack)
}

// GoOn ends the wait that a task token stands for. A token that is used up, timed out or unknown is no error: the release
// has already gone on and looks at the table by itself.
func (m *Machine) GoOn(ctx context.Context, token string) error {
	return m.end(ctx, token, rollout.NextSettle)
}

// SeeOn ends a wait after the end of a release: hooks are left to see to, or may be.
func (m *Machine) SeeOn(ctx context.Context, token string) error {
	return m.end(ctx, token, rollout.NextAfter)
}

// end ends a wait. Only a release on its way back, and the hooks after an end, read what comes next: their functions alone know that all is done, so
// everybody else has them look again. Other states have one way on.
func (m *Machine) end(ctx context.Context, token string, next rollout.Next) error {
	_, err := m.sfn.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: &token, Output: aws.String(strconv.Quote(string(next)))})
	var timedOut *types.TaskTimedOut
	var missing *types.TaskDoesNotExist
	var invalid *types.InvalidToken
	if errors.As(err, &timedOut) || errors.As(err, &missing) || errors.As(err, &invalid) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("waking the state machine: %w", err)
	}
	return nil
}
