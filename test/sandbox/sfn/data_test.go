package sfn_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

func TestDataFlow(t *testing.T) {
	tests := map[string]struct{ state, input, output string }{
		"Pass hands its input on":                            {`{"Type":"Pass","End":true}`, `{"a":1}`, `{"a":1}`},
		"numbers keep their digits":                          {`{"Type":"Pass","End":true}`, `{"a":9007199254740993}`, `{"a":9007199254740993}`},
		"Result replaces the input":                          {`{"Type":"Pass","Result":{"b":2},"End":true}`, `{"a":1}`, `{"b":2}`},
		"ResultPath adds to the raw input, not InputPath's":  {`{"Type":"Pass","InputPath":"$.a","ResultPath":"$.c.d","End":true}`, `{"a":{"b":1}}`, `{"a":{"b":1},"c":{"d":{"b":1}}}`},
		"ResultPath null drops the result":                   {`{"Type":"Pass","Result":2,"ResultPath":null,"End":true}`, `{"a":1}`, `{"a":1}`},
		"ResultPath changes an element":                      {`{"Type":"Pass","Result":9,"ResultPath":"$.a[1]","End":true}`, `{"a":[1,2]}`, `{"a":[1,9]}`},
		"InputPath null is an empty object":                  {`{"Type":"Pass","InputPath":null,"End":true}`, `{"a":1}`, `{}`},
		"OutputPath null is an empty object":                 {`{"Type":"Pass","OutputPath":null,"End":true}`, `{"a":1}`, `{}`},
		"OutputPath selects last":                            {`{"Type":"Pass","Result":2,"ResultPath":"$.r","OutputPath":"$.r","End":true}`, `{"a":1}`, `2`},
		"Parameters mixes constants, paths and nesting":      {`{"Type":"Pass","Parameters":{"k":1,"n":{"v.$":"$.a"},"l":[{"w.$":"$.a"}]},"End":true}`, `{"a":"x"}`, `{"k":1,"n":{"v":"x"},"l":[{"w":"x"}]}`},
		"a path with brackets and an index from the end":     {`{"Type":"Pass","Parameters":{"v.$":"$['a b'][-1]"},"End":true}`, `{"a b":[1,2]}`, `{"v":2}`},
		"a path that can match often gives an array":         {`{"Type":"Pass","Parameters":{"v.$":"$.l[*].n"},"End":true}`, `{"l":[{"n":1},{"n":2}]}`, `{"v":[1,2]}`},
		"a filter that matches nothing gives an empty array": {`{"Type":"Pass","Parameters":{"v.$":"$.l[?(@.n == 3)]"},"End":true}`, `{"l":[{"n":1}]}`, `{"v":[]}`},
		"a format takes texts, numbers and null":             {`{"Type":"Pass","Parameters":{"v.$":"States.Format('{}-{} {}', 'a', $.n, $.x)"},"End":true}`, `{"n":1.5,"x":null}`, `{"v":"a-1.5 null"}`},
		"Succeed honours its paths":                          {`{"Type":"Succeed","InputPath":"$.a"}`, `{"a":{"b":1}}`, `{"b":1}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inHouse(t, func(t *testing.T, h *house) {
				wantOutput(t, h.run(`"A":`+test.state, test.input), test.output)
			})
		})
	}
}

func TestResultPathThatDoesNotFitFails(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		got := h.run(`"A":{"Type":"Pass","Result":1,"ResultPath":"$.a.b","End":true}`, `{"a":"text"}`)
		wantError(t, got, types.ExecutionStatusFailed, "States.ResultPathMatchFailure")
	})
}

func TestPathThatLeadsNowhereFailsTheExecutionWhateverCatches(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		got := h.run(`"A":`+task("f", `"InputPath":"$.missing","End":true,
			"Retry":[{"ErrorEquals":["States.ALL"]}],
			"Catch":[{"ErrorEquals":["States.Runtime"],"Next":"B"},{"ErrorEquals":["States.ALL"],"Next":"B"}]`)+`,
			"B":{"Type":"Succeed"}`, `{"a":1}`)
		wantError(t, got, types.ExecutionStatusFailed, "States.Runtime")
		if want := "executing the state 'A' (entered at the event id #2)"; !strings.Contains(aws.ToString(got.Cause), want) {
			t.Errorf("cause %q does not say %q", *got.Cause, want)
		}
	})
}

func TestContextObject(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		execution := h.start(h.create(`"A":{"Type":"Pass","Parameters":{"id.$":"$$.Execution.Id","start.$":"$$.Execution.StartTime","in.$":"$$.Execution.Input.x",
			"role.$":"$$.Execution.RoleArn","state.$":"$$.State.Name","entered.$":"$$.State.EnteredTime","retries.$":"$$.State.RetryCount","machine.$":"$$.StateMachine.Name"},"End":true}`), `{"x":7}`)
		wantOutput(t, h.finish(execution), `{"id":"`+execution+`","start":"2000-01-01T00:00:00.000Z","in":7,"role":"`+role+`",
			"state":"A","entered":"2000-01-01T00:00:00.000Z","retries":0,"machine":"machine"}`)
	})
}

func TestFailTakesErrorAndCauseFromPaths(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		got := h.run(`"A":{"Type":"Fail","ErrorPath":"$.e","CausePath":"$.c"}`, `{"e":"Broken","c":"because of rain"}`)
		wantError(t, got, types.ExecutionStatusFailed, "Broken")
		if *got.Cause != "because of rain" {
			t.Errorf("cause %q", *got.Cause)
		}
	})
}

func TestPayloadLimitIsCaughtByItsOwnNameOnly(t *testing.T) {
	for pattern, status := range map[string]types.ExecutionStatus{
		"States.ALL":               types.ExecutionStatusFailed,
		"States.TaskFailed":        types.ExecutionStatusFailed,
		"States.DataLimitExceeded": types.ExecutionStatusSucceeded,
	} {
		t.Run(pattern, func(t *testing.T) {
			inHouse(t, func(t *testing.T, h *house) {
				h.functions["f"] = func(map[string]any) (any, error) { return strings.Repeat("x", 262_144), nil }
				got := h.run(`"A":`+task("f", `"End":true,"Catch":[{"ErrorEquals":["`+pattern+`"],"Next":"B"}]`)+`,"B":{"Type":"Succeed"}`, `{}`)
				if got.Status != status {
					t.Errorf("%s, want %s", got.Status, status)
				}
			})
		})
	}
}

func TestPayloadLimitHoldsForResultsThatASelectorShrinks(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.functions["f"] = func(map[string]any) (any, error) { return strings.Repeat("x", 262_144), nil }
		got := h.run(`"A":`+task("f", `"ResultSelector":{"status.$":"$.StatusCode"},"End":true`), `{}`)
		wantError(t, got, types.ExecutionStatusFailed, "States.DataLimitExceeded")
	})
}

func TestPayloadLimitHoldsForTheOutputOfEveryState(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		got := h.run(`"A":{"Type":"Pass","Parameters":{"a.$":"$","b.$":"$"},"End":true}`, `"`+strings.Repeat("x", 140_000)+`"`)
		wantError(t, got, types.ExecutionStatusFailed, "States.DataLimitExceeded")
	})
}
