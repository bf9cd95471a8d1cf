package lambda

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// unhandled is the FunctionError of every failed invocation of an OS-only runtime.
const unhandled = "Unhandled"

// A runner finds or starts an execution environment for a version: Lambda's init phase. Its error is a throttle.
type runner interface {
	acquire(ctx context.Context, v *version) (environment, error)
}

// An environment runs one invocation at a time.
type environment interface {
	initialised() time.Duration // how long the cold start took that this invocation paid for; 0 if it was warm
	invoke(ctx context.Context, v invocation) outcome
}

// An invocation is one event on its way to an environment.
type invocation struct {
	id, arn, trace string // the ARN as it was called, with its qualifier
	client         string // client context, base64
	payload        []byte
	timeout        time.Duration
	deadline       time.Time
	log            func(line []byte)
}

// An outcome is what the environment made of an invocation.
type outcome struct {
	payload []byte
	fault   string // "" or unhandled
	status  string // what REPORT says of a failure Lambda itself noticed: "timeout", "error"
	memory  int    // the most megabytes the environment ever used; 0 if unknown
}

// inProcessRunner looks handlers up by function and version.
type inProcessRunner func(functionName, version string) Handler

func (r inProcessRunner) acquire(_ context.Context, v *version) (environment, error) {
	if h := r(*v.config.FunctionName, *v.config.Version); h != nil {
		return inProcess{h}, nil
	}
	return nil, nil
}

// acquire asks the runners in turn. A version that none can run gets an environment that says so.
func (s *Service) acquire(v *version) (environment, error) {
	var runners []runner
	if s.o.InProcess != nil {
		runners = append(runners, inProcessRunner(s.o.InProcess))
	}
	if s.processes != nil {
		runners = append(runners, s.processes)
	}
	for _, r := range runners {
		if e, err := r.acquire(s.ctx, v); e != nil || err != nil {
			return e, err
		}
	}
	return broken{"Runtime.InvalidEntrypoint", "no handler in this process and no runner of processes"}, nil
}

// broken is an environment that failed before it could take an event.
type broken struct{ errorType, message string }

func (broken) initialised() time.Duration { return 0 }

func (b broken) invoke(_ context.Context, v invocation) outcome {
	return failed(v, b.errorType, b.message)
}

// failed is what Lambda answers in a function's place.
func failed(v invocation, errorType, message string) outcome {
	payload, err := json.Marshal(struct {
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}{errorType, fmt.Sprintf("RequestId: %s Error: %s", v.id, message)})
	if err != nil {
		panic(fmt.Sprintf("marshalling two strings: %v", err))
	}
	return outcome{payload: payload, fault: unhandled, status: "error"}
}

func timedOut(v invocation) outcome {
	o := failed(v, "Sandbox.Timedout", fmt.Sprintf("Task timed out after %.2f seconds", v.timeout.Seconds()))
	o.status = "timeout"
	return o
}

// responded accepts a response of at most the size Lambda carries back.
func responded(payload []byte) outcome {
	if len(payload) <= maxSync {
		return outcome{payload: payload}
	}
	return reported(tooLarge(len(payload)))
}

// failure is the errorType and errorMessage of a failed invocation's payload, as far as it has any.
func failure(payload []byte) (errorType, message string) {
	var e struct {
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}
	if json.Unmarshal(payload, &e) != nil {
		return "", string(payload)
	}
	return e.Type, e.Message
}

// logsJSON tells whether a version asked for structured logs.
func logsJSON(c types.FunctionConfiguration) bool {
	return c.LoggingConfig != nil && c.LoggingConfig.LogFormat == types.LogFormatJson
}
