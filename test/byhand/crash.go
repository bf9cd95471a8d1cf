package byhand

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// Crashing tells a test once for each AWS call that a function makes in it, and for each of them twice: the call is refused before it
// has done anything, or it is carried out and the function does not hear of it. The test calls the function as often as Lambda or the
// state machine would.
func Crashing(t *testing.T, function string, o scenario.Options, definition string, test func(w *World)) {
	t.Helper()
	for at := 1; ; at++ {
		reached := false
		for _, late := range []bool{false, true} {
			t.Run(fmt.Sprintf("call %d, late %t", at, late), func(t *testing.T) {
				c := &crash{at: at, late: late}
				with := o
				with.Middleware = append([]wire.Middleware{For(function, c.meet)}, o.Middleware...)
				RunWith(t, with, definition, func(w *World) {
					test(w)
					if c.operation != "" {
						reached = true
						t.Logf("it died at %s", c.operation)
					}
				})
			})
		}
		if !reached && at == 1 && !t.Failed() {
			t.Errorf("%s makes no call in this test, so it dies at none", function)
		}
		if !reached {
			return
		}
	}
}

// died is an error that no SDK tries again, and that no adapter knows.
var died = &wire.Error{Status: http.StatusBadRequest, Code: "Died", Message: "it died"}

// crash ends one call.
type crash struct {
	at   int
	late bool

	mu        sync.Mutex
	made      int
	operation string
}

func (c *crash) meet(next wire.Handler) wire.Handler {
	return func(ctx context.Context, call *wire.Call) (any, error) {
		if !c.due(call.Operation) {
			return next(ctx, call)
		}
		if c.late {
			_, _ = next(ctx, call) // nobody hears what came of it
		}
		return nil, died
	}
}

func (c *crash) due(operation string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made++; c.made != c.at {
		return false
	}
	c.operation = operation
	return true
}

// Again calls a function until it succeeds, three times at most and a minute later each time, as Lambda does with what it is invoked with
// asynchronously (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html).
func (w *World) Again(function string, payload any) {
	w.T.Helper()
	var err error
	for range 3 {
		if _, err = w.Call(function, payload); err == nil {
			return
		}
		w.Pass(time.Minute)
	}
	w.T.Fatalf("%s: %v", function, err)
}
