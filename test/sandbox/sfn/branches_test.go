package sfn_test

import (
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

func TestParallelGivesTheOutputsInTheOrderOfTheBranches(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		got := h.run(`"A":{"Type":"Parallel","Parameters":{"v.$":"$.x"},"ResultPath":"$.out","End":true,"Branches":[
			{"StartAt":"Slow","States":{"Slow":{"Type":"Wait","Seconds":10,"Next":"One"},"One":{"Type":"Pass","Result":1,"End":true}}},
			{"StartAt":"Two","States":{"Two":{"Type":"Pass","OutputPath":"$.v","End":true}}}]}`, `{"x":2}`)
		wantOutput(t, got, `{"x":2,"out":[1,2]}`)
		if took := got.StopDate.Sub(*got.StartDate); took != 10*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestFailingBranchStopsItsSiblingsAndCanBeCaught(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		tokens := keepTokens(h)
		execution := h.start(h.create(`"A":{"Type":"Parallel","End":true,"Catch":[{"ErrorEquals":["Broken"],"Next":"Z"}],"Branches":[
			{"StartAt":"B","States":{"B":`+callback("f", `"End":true`)+`}},
			{"StartAt":"C","States":{"C":{"Type":"Wait","Seconds":5,"Next":"D"},"D":{"Type":"Fail","Error":"Broken","Cause":"on purpose"}}}]},
			"Z":{"Type":"Wait","Seconds":5,"End":true}`), `{}`)
		h.pass(6 * time.Second)
		wantCode(t, h.succeed((*tokens)[0], `1`), "TaskTimedOut")
		wantOutput(t, h.finish(execution), `{"Error":"Broken","Cause":"on purpose"}`)
		kinds := kindsOf(h.history(execution))
		want := "FailStateEntered TaskStateAborted ParallelStateFailed ParallelStateExited WaitStateEntered WaitStateExited ExecutionSucceeded"
		if len(kinds) < len(want) || kinds[len(kinds)-len(want):] != want {
			t.Errorf("history %s\ndoes not end with %s", kinds, want)
		}
	})
}

func TestRuntimeErrorInABranchFailsTheWhole(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		got := h.run(`"A":{"Type":"Parallel","End":true,"Catch":[{"ErrorEquals":["States.ALL"],"Next":"Z"}],"Branches":[
			{"StartAt":"B","States":{"B":{"Type":"Pass","InputPath":"$.missing","End":true}}}]},"Z":{"Type":"Succeed"}`, `{}`)
		wantError(t, got, types.ExecutionStatusFailed, "States.Runtime")
	})
}

func TestMapSelectsItemsAndKeepsTheirOrder(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		got := h.run(`"A":{"Type":"Map","ItemsPath":"$.list","ItemSelector":{"v.$":"$$.Map.Item.Value","i.$":"$$.Map.Item.Index","of.$":"$.name"},
			"ResultSelector":{"all.$":"$"},"End":true,
			"ItemProcessor":{"StartAt":"B","States":{"B":{"Type":"Wait","SecondsPath":"$.v","Next":"C"},
				"C":{"Type":"Pass","Parameters":{"v.$":"$.v","i.$":"$.i","of.$":"$.of","again.$":"$$.Map.Item.Index"},"End":true}}}}`, `{"name":"n","list":[9,4]}`)
		wantOutput(t, got, `{"all":[{"v":9,"i":0,"of":"n","again":0},{"v":4,"i":1,"of":"n","again":1}]}`)
	})
}

func TestMaxConcurrencyAndTheInlineLimit(t *testing.T) {
	for limit, want := range map[string]time.Duration{
		`"MaxConcurrency":2,`:           50 * 10 * time.Second,
		`"MaxConcurrencyPath":"$[99]",`: 100 * 10 * time.Second, // the last item is 1
		`"MaxConcurrency":60,`:          30 * time.Second,       // inline Maps run at most 40 at a time
		`"MaxConcurrency":0,`:           30 * time.Second,       // 40 at a time, however many are allowed
		``:                              30 * time.Second,
	} {
		t.Run(limit, func(t *testing.T) {
			inHouse(t, func(t *testing.T, h *house) {
				input := `[`
				for range 99 {
					input += `0,`
				}
				got := h.run(`"A":{"Type":"Map",`+limit+`"ResultPath":null,"OutputPath":null,"End":true,
					"ItemProcessor":{"StartAt":"B","States":{"B":{"Type":"Wait","Seconds":10,"End":true}}}}`, input+`1]`)
				if took := got.StopDate.Sub(*got.StartDate); took != want {
					t.Errorf("%s took %v, want %v", got.Status, took, want)
				}
			})
		})
	}
}

func TestFailingIterationAbortsTheOthers(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		execution := h.start(h.create(`"A":{"Type":"Map","End":true,"Retry":[{"ErrorEquals":["Broken"],"MaxAttempts":1}],
			"Iterator":{"StartAt":"B","States":{"B":{"Type":"Choice","Choices":[{"Variable":"$","NumericEquals":1,"Next":"C"}],"Default":"D"},
				"C":{"Type":"Wait","Seconds":60,"End":true},"D":{"Type":"Wait","Seconds":5,"Next":"E"},"E":{"Type":"Fail","Error":"Broken"}}}}`), `[1,2]`)
		wantError(t, h.finish(execution), types.ExecutionStatusFailed, "Broken")
		events := h.history(execution)
		for _, kind := range []types.HistoryEventType{"MapStateStarted", "MapIterationFailed", "MapIterationAborted", "WaitStateAborted", "MapStateFailed"} {
			n := 0
			for _, e := range events {
				if e.Type == kind {
					n++
				}
			}
			if n != 2 {
				t.Errorf("%d %s in two attempts: %s", n, kind, kindsOf(events))
			}
		}
	})
}

func TestMapOfNothingIsAnEmptyArray(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		got := h.run(`"A":{"Type":"Map","End":true,"ItemProcessor":{"StartAt":"B","States":{"B":{"Type":"Succeed"}}}}`, `[]`)
		wantOutput(t, got, `[]`)
	})
}

func TestMapNeedsAnArray(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		got := h.run(`"A":{"Type":"Map","End":true,"ItemProcessor":{"StartAt":"B","States":{"B":{"Type":"Succeed"}}}}`, `{"a":1}`)
		wantError(t, got, types.ExecutionStatusFailed, "States.Runtime")
	})
}

func TestHistoryOfBranchesIsLinkedByCause(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		execution := h.start(h.create(`"A":{"Type":"Parallel","End":true,"Branches":[
			{"StartAt":"B","States":{"B":{"Type":"Wait","Seconds":1,"End":true}}},{"StartAt":"C","States":{"C":{"Type":"Wait","Seconds":2,"End":true}}}]}`), `{}`)
		h.finish(execution)
		var links []int64
		for _, e := range h.history(execution) {
			links = append(links, e.PreviousEventId)
		}
		// Started, A entered, Parallel started, two entries, the exit of B, the exit of C, succeeded, exited, the end.
		if b, c := links[5], links[6]; b == c || b < 4 || b > 5 || c < 4 || c > 5 {
			t.Errorf("exits follow from %d and %d", b, c)
		}
		links[5], links[6] = 0, 0
		if want := []int64{0, 0, 2, 3, 3, 0, 0, 7, 8, 9}; !slices.Equal(links, want) {
			t.Errorf("previous events %v, want %v", links, want)
		}
	})
}
