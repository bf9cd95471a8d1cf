package lambda

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"time"

	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

// inProcess is the environment of a handler in this process. It is always warm.
type inProcess struct{ handler Handler }

func (inProcess) initialised() time.Duration { return 0 }

// invoke runs the handler under the deadline of the invocation. Lambda kills an environment at its deadline; a goroutine
// cannot be killed, so its context ends and what it answers afterwards is thrown away.
func (p inProcess) invoke(ctx context.Context, v invocation) outcome {
	ctx, cancel := context.WithDeadline(ctx, v.deadline)
	defer cancel()
	done := make(chan outcome, 1)
	go func() {
		makeRoom()
		done <- call(withInvocation(ctx, v), p.handler, v)
	}()
	select {
	case o := <-done:
		if !time.Now().Before(v.deadline) { // a handler that gave up because its context ended was still too late
			return timedOut(v)
		}
		return o
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return timedOut(v)
		}
		return failed(v, "Runtime.ExitError", "Runtime exited because the sandbox closed")
	}
}

// makeRoom grows a goroutine's stack at once to what a handler needs on its way through the SDK, which would otherwise copy it
// four times on the way down.
//
//go:noinline
func makeRoom() {
	var room [20 << 10]byte
	room[len(room)-1] = 1
	runtime.KeepAlive(&room)
}

// withInvocation tells the handler what aws-lambda-go tells it.
func withInvocation(ctx context.Context, v invocation) context.Context {
	//nolint:staticcheck // aws-lambda-go and the X-Ray SDK agree on this plain string as the key
	ctx = context.WithValue(ctx, "x-amzn-trace-id", v.trace)
	return lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{AwsRequestID: v.id, InvokedFunctionArn: v.arn})
}

// call runs the handler and makes of its error or panic the JSON that aws-lambda-go makes (lambda/errors.go, panic.go).
func call(ctx context.Context, h Handler, v invocation) (o outcome) {
	defer func() {
		if p := recover(); p != nil {
			o = reported(panicResponse(p))
		}
	}()
	payload, err := h(ctx, v.payload)
	if err != nil {
		return reported(errorResponse(err))
	}
	return responded(payload)
}

func errorResponse(err error) messages.InvokeResponse_Error {
	if own, ok := err.(messages.InvokeResponse_Error); ok { //nolint:errorlint // aws-lambda-go does not unwrap either
		return own
	}
	return messages.InvokeResponse_Error{Message: err.Error(), Type: typeName(err)}
}

func panicResponse(p any) messages.InvokeResponse_Error {
	if own, ok := p.(messages.InvokeResponse_Error); ok {
		return own
	}
	return messages.InvokeResponse_Error{Message: fmt.Sprintf("%v", p), Type: typeName(p), StackTrace: stack()}
}

// typeName is the name of a value's Go type, without package and pointer.
func typeName(v any) string {
	t := reflect.TypeOf(v)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name()
}

// stack lists the frames of a panic, from the one that panicked.
func stack() []*messages.InvokeResponse_Error_StackFrame {
	const hidden = 5 // Callers, stack, panicResponse, the deferred function, runtime.gopanic
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(hidden, pcs)])
	var out []*messages.InvokeResponse_Error_StackFrame
	for {
		f, more := frames.Next()
		out = append(out, &messages.InvokeResponse_Error_StackFrame{Path: f.File, Line: int32(f.Line), Label: f.Function})
		if !more {
			return out
		}
	}
}

func reported(e messages.InvokeResponse_Error) outcome {
	payload, err := json.Marshal(e)
	if err != nil {
		payload = []byte(`{"errorType":"Runtime.SerializationError","errorMessage":"the error could not be written as JSON"}`)
	}
	return outcome{payload: payload, fault: unhandled}
}
