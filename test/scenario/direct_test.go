package scenario

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"sluice/shared/dynamo"
	"sluice/test/sandbox/wire"
)

// mailsApart is a trace in which two mails at one instant are in no order: what they call is sorted, and they may share a secret that
// was read, or both read it.
func mailsApart(trace []string) []string {
	mails := func(call string) bool { return strings.HasPrefix(call, "notify ") }
	trace = slices.DeleteFunc(trace, func(call string) bool { return strings.HasPrefix(call, "notify secretsmanager:") })
	if first := slices.IndexFunc(trace, mails); first >= 0 {
		end := first
		for end < len(trace) && mails(trace[end]) {
			end++
		}
		slices.Sort(trace[first:end])
	}
	return trace
}

// What skips the wire protocols must not be another world: the same calls with the same answers, in the same order.
func TestWithoutTheProtocolsTheSameHappens(t *testing.T) {
	stories := map[string]func(w *World){
		"promoted": func(w *World) { w.Ended(w.Requested("2")) },
		"taken back by an alarm": func(w *World) {
			r := w.Requested("3")
			w.AtStep(r, 1)
			w.Pass(5 * time.Second) // not in the moment of the minute, when watch reads it
			w.AlarmRed("checkout-errors")
			w.Ended(r)
		},
		"rejected": func(w *World) { w.Ended(w.Requested("77")) },
	}
	for name, story := range stories {
		t.Run(name, func(t *testing.T) {
			var seen [2][]string
			for i, direct := range []bool{false, true} {
				RunWith(t, Options{Direct: direct}, func(w *World) {
					w.Given(Canary)
					story(w)
					seen[i] = mailsApart(w.trace())
				})
			}
			if diff := cmp.Diff(seen[0], seen[1]); diff != "" {
				t.Errorf("with the protocols (-) and without (+):\n%s", diff)
			}
		})
	}
}

// Retries, and what is left of an error when they are over, are those of the protocols.
func TestWithoutTheProtocolsTheSameGoesWrong(t *testing.T) {
	for name, answers := range map[string][]error{
		"throttled, then cut": {wire.Throttled("slow down"), wire.ErrHangUp, nil},
		"cut too often":       {wire.ErrHangUp, wire.ErrHangUp, wire.ErrHangUp, nil},
		"a fault of theirs":   {wire.Internal("oops"), nil},
		"a fault of ours":     {wire.Validation("bad key"), nil},
		"not there":           {&types.ResourceNotFoundException{Message: aws.String("no table")}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var seen [2]string
			for i, direct := range []bool{false, true} {
				calls := 0
				stumble := func(next wire.Handler) wire.Handler {
					return func(ctx context.Context, call *wire.Call) (any, error) {
						if call.Caller == "" || call.Operation != "GetItem" {
							return next(ctx, call)
						}
						calls++
						if err := answers[calls-1]; err != nil {
							return nil, err
						}
						return next(ctx, call)
					}
				}
				RunWith(t, Options{Direct: direct, Middleware: []wire.Middleware{stumble}}, func(w *World) {
					cfg, err := w.Sandbox.ConfigFor(stackName + "-plan")
					w.must(err)
					_, err = dynamo.New(cfg, tableName).Release(w.ctx, "checkout-1")
					var api smithy.APIError
					var missing *types.ResourceNotFoundException
					seen[i] = fmt.Sprint(calls, " calls, API error ", errors.As(err, &api), ", modelled ", errors.As(err, &missing), ", not found ", dynamo.IsNotFound(err))
				})
			}
			if seen[0] != seen[1] {
				t.Errorf("with the protocols %s\nwithout %s", seen[0], seen[1])
			}
		})
	}
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
