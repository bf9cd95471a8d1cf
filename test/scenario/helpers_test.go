package scenario

import (
	"context"
	"path"
	"slices"
	"strings"

	"sluice/shared/rollout"
	"sluice/test/sandbox/wire"
)

// with replaces parts of a definition: old, new, old, new.
func with(definition string, oldnew ...string) string {
	return strings.NewReplacer(oldnew...).Replace(definition)
}

func equal(got, want []string) bool { return slices.Equal(got, want) }

func always() bool { return true }

func (w *World) recorded(id string) rollout.Release {
	w.T.Helper()
	r, err := w.Store.Release(w.ctx, id)
	w.must(err)
	return r
}

// fail makes a function's calls of an operation ("lambda:*") fail as long as a condition holds.
func fail(function, operation string, holds func() bool) []wire.Middleware {
	return []wire.Middleware{func(next wire.Handler) wire.Handler {
		return func(ctx context.Context, call *wire.Call) (any, error) {
			if match(call, function, operation) && holds() {
				return nil, &wire.Error{Status: 500, Code: "ServiceException", Message: "a story's fault"}
			}
			return next(ctx, call)
		}
	}}
}

// on does something right before a function's call of an operation.
func on(function, operation string, do func()) []wire.Middleware {
	return []wire.Middleware{func(next wire.Handler) wire.Handler {
		return func(ctx context.Context, call *wire.Call) (any, error) {
			if match(call, function, operation) {
				do()
			}
			return next(ctx, call)
		}
	}}
}

func match(call *wire.Call, function, operation string) bool {
	if call.Caller == "" || FunctionOf(call.Caller) != function {
		return false
	}
	ok, _ := path.Match(operation, call.Service+":"+call.Operation)
	return ok
}
