package sfn_test

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssfn "github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/smithy-go"

	"sluice/test/sandbox/sfn"
	"sluice/test/sandbox/wire"
)

const role = "arn:aws:iam::123456789012:role/machine"

// A function stands for a Lambda: it sees its payload and answers.
type function func(payload map[string]any) (any, error)

// A house is a service with functions, in a bubble of virtual time.
type house struct {
	*sfn.Service
	t         *testing.T
	functions map[string]function // by name

	mu     sync.Mutex
	events []sfn.StatusChange
	calls  []string // ARNs
}

// inHouse runs a test in virtual time.
func inHouse(t *testing.T, test func(t *testing.T, h *house)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := &house{t: t, functions: map[string]function{}}
		h.Service = sfn.New(t.Context(), sfn.Options{
			Home:   wire.Home{Region: "us-east-1", Account: "123456789012"},
			Invoke: h.invoke,
			Emit: func(_ context.Context, _ string, _ []string, detail any) {
				h.mu.Lock()
				defer h.mu.Unlock()
				h.events = append(h.events, detail.(sfn.StatusChange))
			},
			Rand: rand.NewPCG(1, 2),
		})
		defer h.Close()
		test(t, h)
	})
}

func (h *house) invoke(_ context.Context, _, arn string, payload []byte) ([]byte, *sfn.FunctionError, error) {
	h.mu.Lock()
	h.calls = append(h.calls, arn)
	h.mu.Unlock()
	var in map[string]any
	_ = json.Unmarshal(payload, &in)
	name := strings.Split(arn, ":")[6]
	f, ok := h.functions[name]
	if !ok {
		return nil, nil, &wire.Error{Status: 404, Code: "ResourceNotFoundException", Message: "Function not found: " + arn}
	}
	out, err := f(in)
	var failed *sfn.FunctionError
	if fe := (functionError{}); errors.As(err, &fe) {
		return nil, &sfn.FunctionError{Type: fe.kind, Message: fe.message}, nil
	}
	b, _ := json.Marshal(out)
	return b, failed, err
}

// A functionError is what a function under test returns to fail by itself.
type functionError struct{ kind, message string }

func (e functionError) Error() string { return e.kind + ": " + e.message }

// create makes a machine of states (a JSON object's members) that begin at "A".
func (h *house) create(states string) string {
	h.t.Helper()
	return h.createRaw(`{"StartAt": "A", "States": {` + states + `}}`)
}

func (h *house) createRaw(definition string) string {
	h.t.Helper()
	out, err := h.CreateStateMachine(h.t.Context(), &awssfn.CreateStateMachineInput{
		Name: aws.String("machine"), Definition: &definition, RoleArn: aws.String(role),
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return *out.StateMachineArn
}

func (h *house) start(machine, input string) string {
	h.t.Helper()
	out, err := h.StartExecution(h.t.Context(), &awssfn.StartExecutionInput{StateMachineArn: &machine, Input: &input})
	if err != nil {
		h.t.Fatal(err)
	}
	return *out.ExecutionArn
}

func (h *house) describe(execution string) *awssfn.DescribeExecutionOutput {
	h.t.Helper()
	out, err := h.DescribeExecution(h.t.Context(), &awssfn.DescribeExecutionInput{ExecutionArn: &execution})
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

// pass lets virtual time go by, and everything that is due settle.
func (h *house) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// finish lets virtual time pass until the execution is over.
func (h *house) finish(execution string) *awssfn.DescribeExecutionOutput {
	h.t.Helper()
	for range 1000 {
		synctest.Wait()
		if out := h.describe(execution); out.Status != types.ExecutionStatusRunning {
			return out
		}
		time.Sleep(time.Hour)
	}
	h.t.Fatal("the execution does not end")
	return nil
}

// run runs states to their end.
func (h *house) run(states, input string) *awssfn.DescribeExecutionOutput {
	h.t.Helper()
	return h.finish(h.start(h.create(states), input))
}

func (h *house) history(execution string) []types.HistoryEvent {
	h.t.Helper()
	var all []types.HistoryEvent
	in := &awssfn.GetExecutionHistoryInput{ExecutionArn: &execution, MaxResults: 1000}
	for {
		out, err := h.GetExecutionHistory(h.t.Context(), in)
		if err != nil {
			h.t.Fatal(err)
		}
		all = append(all, out.Events...)
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return all
		}
	}
}

func kindsOf(events []types.HistoryEvent) string {
	var names []string
	for _, e := range events {
		names = append(names, string(e.Type))
	}
	return strings.Join(names, " ")
}

// wantOutput compares as JSON values.
func wantOutput(t *testing.T, got *awssfn.DescribeExecutionOutput, want string) {
	t.Helper()
	if got.Status != types.ExecutionStatusSucceeded {
		t.Fatalf("%s: %s: %s, want %s", got.Status, aws.ToString(got.Error), aws.ToString(got.Cause), want)
	}
	var v any
	d := json.NewDecoder(strings.NewReader(want))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	canonical, _ := json.Marshal(v)
	if *got.Output != string(canonical) {
		t.Errorf("output %s, want %s", *got.Output, canonical)
	}
}

func wantError(t *testing.T, got *awssfn.DescribeExecutionOutput, status types.ExecutionStatus, name string) {
	t.Helper()
	if got.Status != status || aws.ToString(got.Error) != name {
		t.Errorf("%s with error %q (%s), want %s with %q", got.Status, aws.ToString(got.Error), aws.ToString(got.Cause), status, name)
	}
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code {
		t.Errorf("error %v, want %s", err, code)
	}
}

// task writes a lambda:invoke state that calls function f with the input; more are further members.
func task(f, more string) string {
	return `{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "` + f + `", "Payload.$": "$"}, ` + more + `}`
}

// callback writes a task that hands its token to function f.
func callback(f, more string) string {
	return `{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "Parameters": {"FunctionName": "` + f + `", "Payload": {"token.$": "$$.Task.Token"}}, ` + more + `}`
}
