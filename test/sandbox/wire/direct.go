package wire

import (
	"context"
	"errors"
	"io"
	"net/http"
	"reflect"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Direct makes SDK clients call the server's operations without a protocol between: for the hundred thousands of
// releases of a fault search, where a call over the protocol costs ten times what it asks for. What is left out is
// serializing, signing and parsing; validation, retries, middlewares and the kinds of errors are those of the protocol,
// and a test compares both ways. Calls are made on behalf of the principal; "" is the person at the keyboard.
//
// It is for aws.Config.APIOptions. Operations must not keep their input or hand out what they go on changing, and callers must
// not change what they are handed, because nothing copies it.
func (s *Server) Direct(principalARN string) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		stack.Serialize.Clear()
		stack.Build.Clear()
		for _, id := range stack.Finalize.List() {
			if id != "Retry" {
				if _, err := stack.Finalize.Remove(id); err != nil {
					return err
				}
			}
		}
		stack.Deserialize.Clear()
		if err := stack.Initialize.Add(keepInput{}, middleware.After); err != nil {
			return err
		}
		return stack.Deserialize.Add(&direct{server: s, principal: principalARN}, middleware.After)
	}
}

type inputKey struct{}

// keepInput remembers the input: the steps after this one see a request only.
type keepInput struct{}

func (keepInput) ID() string { return "KeepInput" }

func (keepInput) HandleInitialize(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
	return next.HandleInitialize(context.WithValue(ctx, inputKey{}, in.Parameters), in)
}

type direct struct {
	server    *Server
	principal string
}

func (*direct) ID() string { return "Direct" }

func (d *direct) HandleDeserialize(ctx context.Context, _ middleware.DeserializeInput, _ middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	var out middleware.DeserializeOutput
	if err := ctx.Err(); err != nil {
		return out, middleware.Metadata{}, &smithyhttp.RequestSendError{Err: err}
	}
	output, err := d.server.direct(ctx, d.principal, ctx.Value(inputKey{}))
	if ended := ctx.Err(); ended != nil {
		err = &smithyhttp.RequestSendError{Err: ended}
	}
	out.Result = output
	return out, middleware.Metadata{}, err
}

// direct carries out a call by the type of its input.
func (s *Server) direct(ctx context.Context, principal string, input any) (any, error) {
	services, wrap := s.registered()
	op := operationOf(services, reflect.TypeOf(input))
	if op == nil {
		return nil, asAnswered(NotImplemented(awsmiddleware.GetServiceID(ctx) + ":" + awsmiddleware.GetOperationName(ctx)))
	}
	if principal != "" {
		ctx = WithCaller(ctx, principal)
	}
	output, err := carryOut(ctx, op, input, wrap)
	if err != nil {
		return nil, asAnswered(err)
	}
	return output, nil
}

func operationOf(services []*service, input reflect.Type) *operation {
	for _, s := range services {
		if op := s.byInput[input]; op != nil {
			return op
		}
	}
	return nil
}

// asAnswered is an operation's error as the SDK's transport and deserializer would give it.
func asAnswered(err error) error {
	if errors.Is(err, ErrHangUp) {
		return &smithyhttp.RequestSendError{Err: io.ErrUnexpectedEOF}
	}
	f := faultOf(err)
	status := f.status
	if status == 0 {
		status = f.rpcStatus()
	}
	return &awshttp.ResponseError{
		ResponseError: &smithyhttp.ResponseError{
			Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody}},
			Err:      f.asModelled(),
		},
		RequestID: "direct",
	}
}

// asModelled is the error that the SDK's deserializer makes: the modelled type, or a generic one with code and message.
func (f fault) asModelled() error {
	if own, ok := f.api.(*Error); ok {
		return &smithy.GenericAPIError{Code: own.Code, Message: own.Message, Fault: own.ErrorFault()}
	}
	return f.api
}
