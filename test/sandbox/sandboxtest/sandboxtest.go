// Package sandboxtest is what the tests of adapters have in common: an empty sandbox that ends with the test, an AWS that
// fails when it is told to, and a record of what was called.
package sandboxtest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/aws/smithy-go"

	"sluice/test/sandbox"
	"sluice/test/sandbox/wire"
)

// Boot starts an empty sandbox.
func Boot(t *testing.T, middleware ...wire.Middleware) *sandbox.Sandbox {
	t.Helper()
	return BootWith(t, sandbox.Options{Middleware: middleware})
}

// BootWith starts a sandbox that ends with the test.
func BootWith(t *testing.T, o sandbox.Options) *sandbox.Sandbox {
	t.Helper()
	box, err := sandbox.Boot(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	return box
}

// Always is longer than any client tries.
const Always = 1000

// Fail answers an operation's first calls with an error ("states:StartExecution"). SDK clients try again what is
// throttled or the server's fault, three times in all, with seconds between: use it in virtual time.
func Fail(operation string, times int, err error) wire.Middleware {
	return replace(operation, times, func(context.Context, *wire.Call, wire.Handler) (any, error) { return nil, err })
}

// Answer gives an operation's first calls an answer of the test's own, where the sandbox would never give that one.
func Answer(operation string, times int, output any) wire.Middleware {
	return replace(operation, times, func(context.Context, *wire.Call, wire.Handler) (any, error) { return output, nil })
}

// LoseAnswer carries an operation's first call out and cuts the connection before its answer.
func LoseAnswer(operation string) wire.Middleware {
	return replace(operation, 1, func(ctx context.Context, call *wire.Call, next wire.Handler) (any, error) {
		_, _ = next(ctx, call) // whatever it was, nobody hears it
		return nil, wire.ErrHangUp
	})
}

// After does something when an operation's first call was carried out and its caller has not heard of that yet.
func After(operation string, do func()) wire.Middleware {
	return replace(operation, 1, func(ctx context.Context, call *wire.Call, next wire.Handler) (any, error) {
		out, err := next(ctx, call)
		do()
		return out, err
	})
}

func replace(operation string, times int, by func(context.Context, *wire.Call, wire.Handler) (any, error)) wire.Middleware {
	var mu sync.Mutex
	return func(next wire.Handler) wire.Handler {
		return func(ctx context.Context, call *wire.Call) (any, error) {
			mu.Lock()
			due := name(call) == operation && times > 0
			if due {
				times--
			}
			mu.Unlock()
			if due {
				return by(ctx, call, next)
			}
			return next(ctx, call)
		}
	}
}

func name(call *wire.Call) string { return call.Service + ":" + call.Operation }

// Code is AWS's name of an error, "" for any other.
func Code(err error) string {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return ""
	}
	return api.ErrorCode()
}

// Calls keeps every call that was made.
type Calls struct {
	mu   sync.Mutex
	made []wire.Call
}

// Keep is the middleware that records.
func (c *Calls) Keep(next wire.Handler) wire.Handler {
	return func(ctx context.Context, call *wire.Call) (any, error) {
		c.mu.Lock()
		c.made = append(c.made, *call)
		c.mu.Unlock()
		return next(ctx, call)
	}
}

// Of lists the calls of an operation ("states:StartExecution"), in order.
func (c *Calls) Of(operation string) []wire.Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	var made []wire.Call
	for _, call := range c.made {
		if name(&call) == operation {
			made = append(made, call)
		}
	}
	return made
}
