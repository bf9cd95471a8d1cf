package wire

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/traits"
)

// ErrHangUp, returned by a middleware, makes the server cut the connection without an answer: the client cannot know
// whether the call was carried out. That is what a crash between two calls, or a lost packet, looks like to it.
var ErrHangUp = errors.New("connection cut without an answer")

// Error is the code and the message.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// ErrorCode is part of smithy.APIError.
func (e *Error) ErrorCode() string { return e.Code }

// ErrorMessage is part of smithy.APIError.
func (e *Error) ErrorMessage() string { return e.Message }

// ErrorFault is part of smithy.APIError.
func (e *Error) ErrorFault() smithy.ErrorFault {
	if e.Status >= 500 {
		return smithy.FaultServer
	}
	return smithy.FaultClient
}

// Validation is the refusal of an input that breaks a documented constraint.
func Validation(format string, args ...any) *Error {
	return &Error{Code: "ValidationException", Message: fmt.Sprintf(format, args...)}
}

// AccessDenied is the refusal of a caller; lambda and the other REST services answer it with 403, the rest with 400.
func AccessDenied(format string, args ...any) *Error {
	return &Error{Code: "AccessDeniedException", Message: fmt.Sprintf(format, args...)}
}

// Throttled is the refusal of one call too many, which SDK clients retry with backoff.
func Throttled(format string, args ...any) *Error {
	return &Error{Code: "ThrottlingException", Message: fmt.Sprintf(format, args...)}
}

// Internal is a fault of the service itself, which SDK clients retry.
func Internal(format string, args ...any) *Error {
	return &Error{Status: http.StatusInternalServerError, Code: "InternalFailure", Message: fmt.Sprintf(format, args...)}
}

// NotImplemented names an operation that exists at AWS and not here. Clients do not retry a 501.
func NotImplemented(op string) *Error {
	return notImplemented(op, "it is not among the AWS calls that Sluice makes")
}

func notImplemented(op, hint string) *Error {
	return &Error{
		Status:  http.StatusNotImplemented,
		Code:    "NotImplementedException",
		Message: fmt.Sprintf("sandbox: %s is not implemented; %s", op, hint),
	}
}

// queryCodes has the query protocol's names of errors that every service shares:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CommonErrors.html
var queryCodes = map[string]string{
	"AccessDeniedException":               "AccessDenied",
	"ValidationException":                 "ValidationError",
	"ThrottlingException":                 "Throttling",
	"MissingAuthenticationTokenException": "MissingAuthenticationToken",
	"UnrecognizedClientException":         "InvalidClientTokenId",
	"InvalidSignatureException":           "SignatureDoesNotMatch",
}

// A fault is an error on its way to the client, with what the protocols want to know of it.
type fault struct {
	api       smithy.APIError
	shape     string // the error's name in the model: __type of JSON and CBOR
	queryCode string // its name in the query protocol, which for some services differs ("AWS.SimpleQueueService...")
	status    int    // by the model, else 0
	plan      *plan  // of a modelled error's members, else nil
	value     reflect.Value
}

// faultOf takes any error of an operation. One that is not a smithy.APIError is a bug or a cancelled call, so it
// becomes an InternalFailure that says what it is.
func faultOf(err error) fault {
	var api smithy.APIError
	if !errors.As(err, &api) {
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			api = &Error{Status: http.StatusServiceUnavailable, Code: "ServiceUnavailable", Message: err.Error()}
		} else {
			api = Internal("sandbox: %v", err)
		}
	}
	f := fault{api: api, shape: api.ErrorCode(), queryCode: api.ErrorCode()}
	if own, ok := api.(*Error); ok {
		f.status = own.Status
		if code := queryCodes[own.Code]; code != "" {
			f.queryCode = code
		}
		return f
	}
	f.value = reflect.Indirect(reflect.ValueOf(api))
	if f.value.Kind() != reflect.Struct || !fromSDK(f.value.Type()) {
		return f
	}
	if p, err := planOf(f.value.Type()); err == nil {
		f.plan = p
	}
	f.consult(modelOf(f.value.Type()))
	return f
}

// consult takes names and status from the error's schema, if it has one.
func (f *fault) consult(m model) {
	if m.schema == nil {
		return
	}
	f.shape = m.schema.ID().Name
	f.queryCode = f.shape
	if t, ok := smithy.SchemaTrait[*traits.HTTPError](m.schema); ok {
		f.status = t.Code
	}
	if t, ok := smithy.SchemaTrait[*traits.AWSQueryError](m.schema); ok {
		f.queryCode = t.ErrorCode
	}
}

// rpcStatus is the HTTP status of the protocols that know only two: 400 and 500, whatever the model says for REST. A
// status that the service chose itself stands.
func (f fault) rpcStatus() int {
	switch {
	case f.plan == nil && f.status != 0:
		return f.status
	case f.server():
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

// server tells whose fault it is, as the protocols' Sender and Receiver.
func (f fault) server() bool {
	return f.api.ErrorFault() == smithy.FaultServer || f.status >= 500
}

func (f fault) sender() string {
	if f.server() {
		return "Receiver"
	}
	return "Sender"
}
