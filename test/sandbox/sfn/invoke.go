package sfn

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/smithy-go"

	"sluice/test/sandbox/wire"
)

// A call is one invocation of a function.
type call struct {
	role, function string
	payload        string
	wrapped        bool // by lambda:invoke, whose result is an envelope around the payload
}

// newCall reads the function and its payload from a task's effective arguments.
func (v *visit) newCall(args any) (call, error) {
	role := v.run.revision.role
	if f := v.state.task.function; f != "" {
		return call{role: role, function: f, payload: encode(args)}, nil
	}
	members, _ := args.(map[string]any)
	name, ok := members["FunctionName"].(string)
	if !ok || name == "" {
		return call{}, runtimeFailure("The FunctionName of lambda:invoke must be a string, got: %s", encode(members["FunctionName"]))
	}
	if !strings.HasPrefix(name, "arn:") {
		name = v.run.service.options.Home.ARN("lambda", "function:"+name)
	}
	if q, given := members["Qualifier"]; given {
		qualifier, ok := q.(string)
		if !ok {
			return call{}, runtimeFailure("The Qualifier of lambda:invoke must be a string, got: %s", encode(q))
		}
		name += ":" + qualifier
	}
	payload := "{}"
	if p, given := members["Payload"]; given {
		payload = encode(p)
	}
	return call{role: role, function: name, payload: payload, wrapped: true}, nil
}

// A reply is how a call ended.
type reply struct {
	call   call
	output []byte
	fault  *FunctionError
	err    error
}

// invoke runs a function beside its state: a function goes on when its state has timed out or its execution was stopped.
func (s *Service) invoke(c call) <-chan reply {
	done := make(chan reply, 1)
	if s.options.Invoke == nil {
		done <- reply{call: c, err: errors.New("no Lambda is attached to the sandbox's Step Functions")}
		return done
	}
	s.work.Go(func() {
		output, fault, err := s.options.Invoke(s.ctx, c.role, c.function, []byte(c.payload))
		done <- reply{call: c, output: output, fault: fault, err: err}
	})
	return done
}

// result is the task's result, or the error that the States Language sees.
func (r reply) result() (document, error) {
	switch {
	case r.err != nil:
		return document{}, refusedCall(r.err)
	case r.fault != nil:
		return document{}, r.functionFailure()
	}
	text := string(r.output)
	if text == "" {
		text = "null"
	}
	value, err := decode(text)
	if err != nil {
		return document{}, runtimeFailure("the function's output is not JSON: %v", err)
	}
	if !r.call.wrapped {
		return document{value: value, text: text}, nil
	}
	envelope := map[string]any{"Payload": value, "StatusCode": number(http.StatusOK)}
	if version := executedVersion(r.call.function); version != "" {
		envelope["ExecutedVersion"] = version
	}
	return newDocument(envelope), nil
}

// executedVersion is the version that the ARN names. Behind an alias only Lambda knows it, so it is left out, as are
// the transport's SdkHttpMetadata and SdkResponseMetadata.
func executedVersion(functionARN string) string {
	parts := strings.Split(functionARN, ":")
	if len(parts) < 8 {
		return "$LATEST"
	}
	q := parts[7]
	if q == "$LATEST" || strings.Trim(q, "0123456789") == "" {
		return q
	}
	return ""
}

// functionFailure carries errorType as the name, for Retry and Catch, and the function's error payload as the cause.
// https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
func (r reply) functionFailure() error {
	name := r.fault.Type
	if name == "" {
		name = "Lambda.Unknown"
	}
	cause := string(r.output)
	if cause == "" || !json.Valid(r.output) {
		cause = encode(map[string]any{"errorMessage": r.fault.Message, "errorType": r.fault.Type})
	}
	return &failure{name: name, cause: cause, located: true}
}

// refusedCall names an invocation that Lambda did not carry out: Lambda.<code>, where errors that its SDK does not
// model (AccessDeniedException first of all) are Lambda.AWSLambdaException; no answer at all is Lambda.SdkClientException.
func refusedCall(err error) error {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return &failure{name: "Lambda.SdkClientException", cause: err.Error()}
	}
	name := api.ErrorCode()
	if name == "AccessDeniedException" || !strings.HasSuffix(name, "Exception") {
		name = "AWSLambdaException"
	}
	status := ""
	var known *wire.Error
	if errors.As(err, &known) && known.Status != 0 {
		status = fmt.Sprintf("Status Code: %d; ", known.Status)
	}
	return &failure{
		name:  "Lambda." + name,
		cause: fmt.Sprintf("%s (Service: AWSLambda; %sError Code: %s)", api.ErrorMessage(), status, api.ErrorCode()),
	}
}
