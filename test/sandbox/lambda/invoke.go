package lambda

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-lambda-go/lambda/messages"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// Payload limits: 6 MB and some framing for a synchronous call, 1 MB for an event since 2026-01-29
// (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
const (
	maxSync  = 6_291_556
	maxAsync = 1_048_576
)

// A Result is the end of a synchronous call: FunctionError is "" or "Unhandled", and then the payload describes the
// error, from which ErrorType and ErrorMessage are read.
type Result struct {
	Payload         []byte
	FunctionError   string
	ExecutedVersion string
	ErrorType       string
	ErrorMessage    string
}

// Call invokes a function (a name or ARN, with or without qualifier) and waits for its end. The error says why it was not
// run: it does not exist, or was throttled. A function that ran and failed is a Result.
func (s *Service) Call(ctx context.Context, function string, payload []byte) (Result, error) {
	r, err := s.request(&awslambda.InvokeInput{FunctionName: &function, Payload: payload}, maxSync)
	if err != nil {
		return Result{}, err
	}
	a, err := s.execute(ctx, r)
	if err != nil {
		return Result{}, err
	}
	out := Result{Payload: a.payload, FunctionError: a.fault, ExecutedVersion: a.version}
	if a.fault != "" {
		out.ErrorType, out.ErrorMessage = failure(a.payload)
	}
	return out, nil
}

// CallAsync queues an event for a function and returns at once.
func (s *Service) CallAsync(_ context.Context, function string, payload []byte) error {
	r, err := s.request(&awslambda.InvokeInput{FunctionName: &function, Payload: payload}, maxAsync)
	if err != nil {
		return err
	}
	return s.enqueue(r)
}

// Invoke is the API's call: synchronous, as an event, or a dry run that only checks that the call could be made.
func (s *Service) Invoke(ctx context.Context, in *awslambda.InvokeInput) (*awslambda.InvokeOutput, error) {
	if in.DurableExecutionName != nil || in.TenantId != nil {
		return nil, missing("durable execution and tenant isolation")
	}
	limit := maxSync
	if in.InvocationType == types.InvocationTypeEvent {
		limit = maxAsync
	}
	r, err := s.request(in, limit)
	if err != nil {
		return nil, err
	}
	switch in.InvocationType {
	case types.InvocationTypeEvent:
		return &awslambda.InvokeOutput{StatusCode: 202}, s.enqueue(r)
	case types.InvocationTypeDryRun:
		return &awslambda.InvokeOutput{StatusCode: 204}, s.exists(r.ref)
	case types.InvocationTypeRequestResponse, "":
		return s.invokeNow(ctx, r, in.LogType)
	}
	return nil, invalid("Unknown invocation type: %s", in.InvocationType)
}

func (s *Service) invokeNow(ctx context.Context, r request, log types.LogType) (*awslambda.InvokeOutput, error) {
	r.tail = log == types.LogTypeTail
	a, err := s.execute(ctx, r)
	if err != nil {
		return nil, err
	}
	out := &awslambda.InvokeOutput{StatusCode: 200, Payload: a.payload, ExecutedVersion: new(a.version)}
	if a.fault != "" {
		out.FunctionError = new(a.fault)
	}
	if r.tail {
		out.LogResult = new(base64.StdEncoding.EncodeToString(a.log))
	}
	return out, nil
}

// request checks a call's name and payload. A call without a payload sends the empty object.
func (s *Service) request(in *awslambda.InvokeInput, limit int) (request, error) {
	ref, err := s.refer(in.FunctionName, in.Qualifier)
	if err != nil {
		return request{}, err
	}
	if len(in.Payload) > limit {
		return request{}, &types.RequestTooLargeException{
			Message: new(fmt.Sprintf("Request must be smaller than %d bytes for the InvokeFunction operation", limit)),
			Type:    new(byUser),
		}
	}
	payload := in.Payload
	if len(payload) == 0 {
		payload = []byte("{}")
	}
	if !json.Valid(payload) {
		return request{}, &types.InvalidRequestContentException{
			Message: new("Could not parse request body into json: Could not parse payload into json"), Type: new(byUser),
		}
	}
	return request{id: newID(), client: deref(in.ClientContext), ref: ref, payload: payload}, nil
}

// exists answers a function that cannot be called because it is not there.
func (s *Service) exists(ref reference) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _, err := s.findVersion(ref)
	return err
}

// tooLarge is the error of a function whose response Lambda does not carry.
func tooLarge(size int) messages.InvokeResponse_Error {
	return messages.InvokeResponse_Error{
		Type:    "Function.ResponseSizeTooLarge",
		Message: fmt.Sprintf("Response payload size (%d bytes) exceeded maximum allowed payload size (%d bytes).", size, maxSync),
	}
}
