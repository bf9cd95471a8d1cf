package sfn_test

import (
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// attempts runs a task that always fails with the error and gives the seconds between its attempts.
func attempts(t *testing.T, name, retry string) (gaps []float64) {
	inHouse(t, func(t *testing.T, h *house) {
		var last time.Time
		h.functions["f"] = func(map[string]any) (any, error) {
			if !last.IsZero() {
				gaps = append(gaps, time.Since(last).Seconds())
			}
			last = time.Now()
			return nil, functionError{name, ""}
		}
		wantError(t, h.run(`"A":`+task("f", `"End":true,"Retry":[`+retry+`]`), `{}`), types.ExecutionStatusFailed, name)
	})
	return gaps
}

func TestRetryDelays(t *testing.T) {
	tests := map[string]struct {
		retry string
		want  []float64
	}{
		"three times by default, doubling from a second": {`{"ErrorEquals":["E"]}`, []float64{1, 2, 4}},
		"MaxAttempts 0 is never":                         {`{"ErrorEquals":["E"],"MaxAttempts":0},{"ErrorEquals":["States.ALL"]}`, nil},
		"MaxDelaySeconds caps the backoff":               {`{"ErrorEquals":["E"],"IntervalSeconds":3,"BackoffRate":3,"MaxAttempts":4,"MaxDelaySeconds":10}`, []float64{3, 9, 10, 10}},
		"BackoffRate 1 is steady":                        {`{"ErrorEquals":["States.TaskFailed"],"BackoffRate":1.0,"MaxAttempts":2}`, []float64{1, 1}},
		"only the first retrier that matches counts":     {`{"ErrorEquals":["X","E"],"MaxAttempts":1},{"ErrorEquals":["States.ALL"],"MaxAttempts":5}`, []float64{1}},
		"another error is not retried":                   {`{"ErrorEquals":["X"]}`, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := attempts(t, "E", test.retry); !slices.Equal(got, test.want) {
				t.Errorf("waits of %v seconds, want %v", got, test.want)
			}
		})
	}
}

func TestFullJitterStaysBelowThePlannedDelay(t *testing.T) {
	got := attempts(t, "E", `{"ErrorEquals":["E"],"IntervalSeconds":10,"BackoffRate":1,"MaxAttempts":50,"JitterStrategy":"FULL"}`)
	if len(got) != 50 {
		t.Fatalf("%d retries", len(got))
	}
	if slices.Max(got) >= 10 || slices.Max(got) < 9 || slices.Min(got) > 1 {
		t.Errorf("waits %v do not fill [0, 10)", got)
	}
}

func TestRetriersCountSeparatelyAndAnewAtEachVisit(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		calls := 0
		h.functions["f"] = func(map[string]any) (any, error) {
			calls++
			return nil, functionError{[]string{"X", "Y"}[calls%2], ""}
		}
		execution := h.start(h.create(`"A":`+task("f", `"Next":"B","Retry":[{"ErrorEquals":["X"],"MaxAttempts":2},{"ErrorEquals":["Y"],"MaxAttempts":2}],
			"Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":null,"Next":"B"}]`)+`,
			"B":{"Type":"Choice","Choices":[{"Variable":"$$.State.EnteredTime","TimestampGreaterThan":"2000-01-01T00:00:07Z","Next":"C"}],"Default":"A"},"C":{"Type":"Succeed"}`), `{}`)
		h.finish(execution)
		if calls != 10 {
			t.Errorf("%d calls, want 5 at each of 2 visits", calls)
		}
		if got, want := h.Path(execution), []string{"A", "B", "A", "B", "C"}; !slices.Equal(got, want) {
			t.Errorf("path %v, want %v", got, want)
		}
		if got := h.Transitions(execution); got != 13 {
			t.Errorf("%d transitions, want 5 states and 8 retries", got)
		}
	})
}

func TestRetryCountIsInTheContextObject(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.functions["f"] = func(in map[string]any) (any, error) {
			if in["n"] == 2.0 {
				return "done", nil
			}
			return nil, functionError{"E", ""}
		}
		got := h.run(`"A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"f","Payload":{"n.$":"$$.State.RetryCount"}},
			"Retry":[{"ErrorEquals":["States.ALL"]}],"OutputPath":"$.Payload","End":true}`, `{}`)
		wantOutput(t, got, `"done"`)
	})
}
