package sfn_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"sluice/test/sandbox/wire"
)

func TestInvokeWrapsTheFunctionsAnswer(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.functions["f"] = func(in map[string]any) (any, error) { return map[string]any{"got": in["x"]}, nil }
		wantOutput(t, h.run(`"A":`+task("f", `"End":true`), `{"x":1}`), `{"ExecutedVersion":"$LATEST","Payload":{"got":1},"StatusCode":200}`)
	})
}

func TestFunctionARNAsResourceGivesTheBareAnswer(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.functions["f"] = func(in map[string]any) (any, error) { return in["x"], nil }
		execution := h.start(h.create(`"A":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f:live","End":true}`), `{"x":[1]}`)
		wantOutput(t, h.finish(execution), `[1]`)
		want := "ExecutionStarted TaskStateEntered LambdaFunctionScheduled LambdaFunctionStarted LambdaFunctionSucceeded TaskStateExited ExecutionSucceeded"
		if got := kindsOf(h.history(execution)); got != want {
			t.Errorf("history %s\nwant %s", got, want)
		}
	})
}

func TestFunctionNameMayBeAPathWithAQualifierBeside(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.functions["f"] = func(map[string]any) (any, error) { return 1, nil }
		got := h.run(`"A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName.$":"$.f","Qualifier":"7"},"End":true}`, `{"f":"f"}`)
		wantOutput(t, got, `{"ExecutedVersion":"7","Payload":1,"StatusCode":200}`)
		if want := []string{"arn:aws:lambda:us-east-1:123456789012:function:f:7"}; !slices.Equal(h.calls, want) {
			t.Errorf("called %v, want %v", h.calls, want)
		}
	})
}

func TestErrorNamesOfLambda(t *testing.T) {
	tests := map[string]struct {
		err         error
		name, cause string
	}{
		"the function failed":    {functionError{"NoStock", "none left"}, "NoStock", `{"errorMessage":"none left","errorType":"NoStock"}`},
		"throttled":              {&wire.Error{Status: 429, Code: "TooManyRequestsException", Message: "Rate Exceeded."}, "Lambda.TooManyRequestsException", "Rate Exceeded. (Service: AWSLambda; Status Code: 429; Error Code: TooManyRequestsException)"},
		"the role may not":       {&wire.Error{Status: 403, Code: "AccessDeniedException", Message: "no"}, "Lambda.AWSLambdaException", "no (Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException)"},
		"Lambda is unwell":       {&wire.Error{Status: 500, Code: "ServiceException", Message: "oops"}, "Lambda.ServiceException", "oops (Service: AWSLambda; Status Code: 500; Error Code: ServiceException)"},
		"nobody answered at all": {errors.New("connection refused"), "Lambda.SdkClientException", "connection refused"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inHouse(t, func(t *testing.T, h *house) {
				h.functions["f"] = func(map[string]any) (any, error) { return nil, test.err }
				got := h.run(`"A":`+task("f", `"End":true`), `{}`)
				wantError(t, got, types.ExecutionStatusFailed, test.name)
				if *got.Cause != test.cause {
					t.Errorf("cause %s, want %s", *got.Cause, test.cause)
				}
			})
		})
	}
}

func TestMissingFunction(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		wantError(t, h.run(`"A":`+task("nobody", `"End":true`), `{}`), types.ExecutionStatusFailed, "Lambda.ResourceNotFoundException")
	})
}

func TestTaskTimeoutLeavesTheFunctionRunning(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		finished := false
		h.functions["f"] = func(map[string]any) (any, error) {
			time.Sleep(time.Minute)
			finished = true
			return nil, nil
		}
		execution := h.start(h.create(`"A":`+task("f", `"TimeoutSecondsPath":"$.limit","End":true,"Catch":[{"ErrorEquals":["States.TaskFailed"],"Next":"B"},{"ErrorEquals":["States.Timeout"],"ResultPath":"$.e","Next":"B"}]`)+`,"B":{"Type":"Succeed"}`), `{"limit":5}`)
		got := h.finish(execution)
		wantOutput(t, got, `{"limit":5,"e":{"Error":"States.Timeout","Cause":""}}`)
		if took := got.StopDate.Sub(*got.StartDate); took != 5*time.Second {
			t.Errorf("took %v", took)
		}
		if time.Sleep(time.Hour); !finished {
			t.Error("the function was cut off")
		}
	})
}

func TestUncaughtTaskTimeoutFailsTheExecution(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.functions["f"] = func(map[string]any) (any, error) { time.Sleep(time.Minute); return nil, nil }
		wantError(t, h.run(`"A":`+task("f", `"TimeoutSeconds":5,"End":true`), `{}`), types.ExecutionStatusFailed, "States.Timeout")
	})
}

func TestTimeoutPathMustBeANumber(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		wantError(t, h.run(`"A":`+task("f", `"TimeoutSecondsPath":"$.limit","End":true`), `{"limit":"5"}`), types.ExecutionStatusFailed, "States.Runtime")
	})
}

func TestMachineTimeoutCannotBeCaught(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.functions["f"] = func(map[string]any) (any, error) { time.Sleep(time.Hour); return nil, nil }
		got := h.finish(h.start(h.createRaw(`{"StartAt":"A","TimeoutSeconds":60,"States":{"A":`+
			task("f", `"End":true,"Retry":[{"ErrorEquals":["States.ALL"]}],"Catch":[{"ErrorEquals":["States.ALL"],"Next":"B"}]`)+`,"B":{"Type":"Succeed"}}}`), `{}`))
		wantError(t, got, types.ExecutionStatusTimedOut, "")
		if took := got.StopDate.Sub(*got.StartDate); took != time.Minute {
			t.Errorf("took %v", took)
		}
	})
}
