package scenario

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"sluice/test/sandbox/wire"
)

// What skips the wire protocols must not be another world: the same calls with the same answers, in the same order.
func TestWithoutTheProtocolsTheSameHappens(t *testing.T) {
	stories := map[string]func(w *World){
		"promoted": func(w *World) { w.Ended(w.Requested("2")) },
		"taken back by an alarm": func(w *World) {
			r := w.Requested("3")
			w.AtStep(r, 1)
			w.AlarmRed("checkout-errors")
			w.Ended(r)
		},
		"rejected": func(w *World) { w.Ended(w.Requested("77")) },
		"throttled and hung up on": func(w *World) {
			w.Ended(w.Requested("2"))
		},
	}
	for name, story := range stories {
		t.Run(name, func(t *testing.T) {
			var seen [2][]string
			for i, direct := range []bool{false, true} {
				o := Options{Direct: direct}
				if name == "throttled and hung up on" {
					o.Middleware = stumbling()
				}
				RunWith(t, o, func(w *World) {
					w.Given(Canary)
					story(w)
					seen[i] = w.trace()
				})
			}
			if diff := cmp.Diff(seen[0], seen[1]); diff != "" {
				t.Errorf("with the protocols (-) and without (+):\n%s", diff)
			}
		})
	}
}

// stumbling throttles each function's first call of each operation, and hangs up on the second.
func stumbling() []wire.Middleware {
	var mu sync.Mutex
	calls := map[string]int{}
	return []wire.Middleware{func(next wire.Handler) wire.Handler {
		return func(ctx context.Context, call *wire.Call) (any, error) {
			mu.Lock()
			calls[call.Caller+call.Operation]++
			n := calls[call.Caller+call.Operation]
			mu.Unlock()
			switch {
			case call.Caller != "" && n == 1:
				return nil, wire.Throttled("slow down")
			case call.Caller != "" && n == 2:
				return nil, wire.ErrHangUp
			}
			return next(ctx, call)
		}
	}}
}

// trace lists each function's calls and the codes that were answered.
func (w *World) trace() []string {
	var lines []string
	for _, f := range functionNames {
		for _, c := range w.Calls(f) {
			line := f + " " + c.Operation
			var api smithy.APIError
			if errors.As(c.Err, &api) {
				line += " " + api.ErrorCode()
			} else if c.Err != nil {
				line += fmt.Sprint(" ", c.Err)
			}
			lines = append(lines, line)
		}
	}
	return lines
}
