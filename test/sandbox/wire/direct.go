package wire

import (
	"context"
	"errors"
	"io"
	"net/http"
	"reflect"
	"sync/atomic"

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
	var stumbled atomic.Bool
	return func(stack *middleware.Stack) error {
		retry, ok := stack.Finalize.Get("Retry")
		if !ok {
			return errors.New("finding the step of the SDK that tries again: there is none")
		}
		return stack.Initialize.Add(&direct{server: s, principal: principalARN, retry: retry, stumbled: &stumbled}, middleware.After)
	}
}

// direct is the last of what the SDK does with an input, after its validation. No step that comes after this one is made.
type direct struct {
	server    *Server
	principal string
	retry     middleware.FinalizeMiddleware
	stumbled  *atomic.Bool // a call of the same config has failed
}

func (*direct) ID() string { return "Direct" }

// HandleInitialize carries the call out as often as the SDK tries it. Until a call fails its retries have nothing to do: the quota that
// they keep is full, and what succeeds at once leaves it so.
func (d *direct) HandleInitialize(ctx context.Context, in middleware.InitializeInput, _ middleware.InitializeHandler) (out middleware.InitializeOutput, metadata middleware.Metadata, err error) {
	if d.stumbled.Load() {
		return d.persist(ctx, func(ctx context.Context) (any, error) { return d.try(ctx, in.Parameters) })
	}
	out.Result, err = d.try(ctx, in.Parameters)
	if err == nil || ctx.Err() != nil { // which nothing mends
		return out, metadata, err
	}
	d.stumbled.Store(true)
	first := &attempt{out.Result, err}
	return d.persist(ctx, func(ctx context.Context) (any, error) {
		if known := first; known != nil {
			first = nil
			return known.output, known.err
		}
		return d.try(ctx, in.Parameters)
	})
}

// attempt is what a try came to.
type attempt struct {
	output any
	err    error
}

// persist has the SDK try as often as it does.
func (d *direct) persist(ctx context.Context, try func(context.Context) (any, error)) (out middleware.InitializeOutput, metadata middleware.Metadata, err error) {
	next := middleware.FinalizeHandlerFunc(func(ctx context.Context, _ middleware.FinalizeInput) (middleware.FinalizeOutput, middleware.Metadata, error) {
		output, err := try(ctx)
		return middleware.FinalizeOutput{Result: output}, middleware.Metadata{}, err
	})
	ended, metadata, err := d.retry.HandleFinalize(ctx, middleware.FinalizeInput{Request: noRequest}, next)
	return middleware.InitializeOutput(ended), metadata, err
}

// noRequest is what the SDK copies for each try.
var noRequest = &smithyhttp.Request{Request: &http.Request{Header: http.Header{}}}

func (d *direct) try(ctx context.Context, input any) (any, error) {
	if err := ctx.Err(); err != nil {
		return nil, &smithyhttp.RequestSendError{Err: err}
	}
	rewind(input)
	output, err := d.server.direct(ctx, d.principal, input)
	if ended := ctx.Err(); ended != nil {
		err = &smithyhttp.RequestSendError{Err: ended}
	}
	return output, err
}

// rewind has the next try send the same body again, as the SDK does with a stream (smithyhttp.Request.RewindStream).
func rewind(input any) {
	body := reflect.Indirect(reflect.ValueOf(input)).FieldByName("Body")
	if !body.IsValid() || body.Kind() != reflect.Interface || body.IsNil() {
		return
	}
	if stream, seeks := body.Interface().(io.Seeker); seeks {
		_, _ = stream.Seek(0, io.SeekStart)
	}
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
