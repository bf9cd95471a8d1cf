package sfn_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssfn "github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// keepTokens makes function f store each token that it is given.
func keepTokens(h *house) *[]string {
	tokens := &[]string{}
	h.functions["f"] = func(in map[string]any) (any, error) {
		*tokens = append(*tokens, in["token"].(string))
		return "ignored", nil
	}
	return tokens
}

func (h *house) succeed(token, output string) error {
	_, err := h.SendTaskSuccess(h.t.Context(), &awssfn.SendTaskSuccessInput{TaskToken: &token, Output: &output})
	return err
}

func (h *house) beat(token string) error {
	_, err := h.SendTaskHeartbeat(h.t.Context(), &awssfn.SendTaskHeartbeatInput{TaskToken: &token})
	return err
}

func TestTokenAnswersOnce(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		tokens := keepTokens(h)
		execution := h.start(h.create(`"A":`+callback("f", `"End":true`)), `{}`)
		h.pass(48 * time.Hour)
		token := (*tokens)[0]
		wantCode(t, h.succeed(token, `{`), "InvalidOutput")
		if err := h.succeed(token, `{"ok":true}`); err != nil {
			t.Fatal(err)
		}
		wantCode(t, h.succeed(token, `{"ok":false}`), "TaskTimedOut")
		wantOutput(t, h.finish(execution), `{"ok":true}`)
		wantCode(t, h.succeed(token, `{}`), "TaskTimedOut")
		wantCode(t, h.succeed(token+"x", `{}`), "InvalidToken")
		wantCode(t, h.succeed("bWFkZSB1cA==", `{}`), "InvalidToken")
		want := "ExecutionStarted TaskStateEntered TaskScheduled TaskStarted TaskSubmitted TaskSucceeded TaskStateExited ExecutionSucceeded"
		if got := kindsOf(h.history(execution)); got != want {
			t.Errorf("history %s\nwant %s", got, want)
		}
	})
}

func TestTokenMayBeAnsweredBeforeTheFunctionReturns(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.functions["f"] = func(in map[string]any) (any, error) {
			if err := h.succeed(in["token"].(string), `1`); err != nil {
				t.Error(err)
			}
			return nil, functionError{"TooLate", "the answer has been given"}
		}
		wantOutput(t, h.run(`"A":`+callback("f", `"End":true`), `{}`), `1`)
	})
}

func TestFailingFunctionFailsItsCallbackTask(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.functions["f"] = func(map[string]any) (any, error) { return nil, functionError{"Broken", ""} }
		wantError(t, h.run(`"A":`+callback("f", `"End":true`), `{}`), types.ExecutionStatusFailed, "Broken")
	})
}

func TestSendTaskFailureReachesCatch(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		tokens := keepTokens(h)
		execution := h.start(h.create(`"A":`+callback("f", `"End":true,"Catch":[{"ErrorEquals":["Refused"],"Next":"B"}]`)+`,"B":{"Type":"Succeed"}`), `{}`)
		synctest.Wait()
		_, err := h.SendTaskFailure(t.Context(), &awssfn.SendTaskFailureInput{TaskToken: &(*tokens)[0], Error: aws.String("Refused"), Cause: aws.String("by Ann")})
		if err != nil {
			t.Fatal(err)
		}
		wantOutput(t, h.finish(execution), `{"Error":"Refused","Cause":"by Ann"}`)
	})
}

func TestEachAttemptHasItsOwnToken(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		tokens := keepTokens(h)
		execution := h.start(h.create(`"A":`+callback("f", `"TimeoutSeconds":60,"End":true,"Retry":[{"ErrorEquals":["States.Timeout"],"IntervalSeconds":5}]`)), `{}`)
		h.pass(66 * time.Second)
		if len(*tokens) != 2 || (*tokens)[0] == (*tokens)[1] {
			t.Fatalf("tokens %v", *tokens)
		}
		wantCode(t, h.succeed((*tokens)[0], `1`), "TaskTimedOut")
		if err := h.succeed((*tokens)[1], `2`); err != nil {
			t.Fatal(err)
		}
		wantOutput(t, h.finish(execution), `2`)
	})
}

func TestStopKillsTheTokenAtOnce(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		tokens := keepTokens(h)
		execution := h.start(h.create(`"A":`+callback("f", `"End":true`)), `{}`)
		synctest.Wait()
		_, err := h.StopExecution(t.Context(), &awssfn.StopExecutionInput{ExecutionArn: &execution, Error: aws.String("Stopped"), Cause: aws.String("by hand")})
		if err != nil {
			t.Fatal(err)
		}
		wantCode(t, h.succeed((*tokens)[0], `1`), "TaskTimedOut")
		wantError(t, h.finish(execution), types.ExecutionStatusAborted, "Stopped")
	})
}

func TestTokenOfADeletedMachineNamesNoTask(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		tokens := keepTokens(h)
		machine := h.create(`"A":` + callback("f", `"End":true`))
		h.start(machine, `{}`)
		synctest.Wait()
		if _, err := h.DeleteStateMachine(t.Context(), &awssfn.DeleteStateMachineInput{StateMachineArn: &machine}); err != nil {
			t.Fatal(err)
		}
		wantCode(t, h.succeed((*tokens)[0], `1`), "TaskDoesNotExist")
	})
}

func TestHeartbeats(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		tokens := keepTokens(h)
		execution := h.start(h.create(`"A":`+callback("f", `"HeartbeatSeconds":10,"TimeoutSeconds":60,"End":true,
			"Catch":[{"ErrorEquals":["States.HeartbeatTimeout"],"Next":"B"},{"ErrorEquals":["States.Timeout"],"Next":"C"}]`)+`,
			"B":{"Type":"Succeed"},"C":{"Type":"Succeed"}`), `{}`)
		for range 3 {
			h.pass(9 * time.Second)
			if err := h.beat((*tokens)[0]); err != nil {
				t.Fatal(err)
			}
		}
		got := h.finish(execution)
		if took := got.StopDate.Sub(*got.StartDate); took != 37*time.Second {
			t.Errorf("took %v, want three beats and a silence", took)
		}
		wantOutput(t, got, `{"Error":"States.Timeout","Cause":""}`)
		if path := h.Path(execution); path[len(path)-1] != "B" {
			t.Errorf("path %v: a missed heartbeat is not told from a time-out", path)
		}
		wantCode(t, h.beat((*tokens)[0]), "TaskTimedOut")
	})
}

func TestHeartbeatsDoNotStretchTheTimeout(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		tokens := keepTokens(h)
		execution := h.start(h.create(`"A":`+callback("f", `"HeartbeatSeconds":10,"TimeoutSeconds":20,"End":true`)), `{}`)
		for range 2 {
			h.pass(9 * time.Second)
			if err := h.beat((*tokens)[0]); err != nil {
				t.Fatal(err)
			}
		}
		got := h.finish(execution)
		if took := got.StopDate.Sub(*got.StartDate); took != 20*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestAnswerAtTheVeryTimeoutCountsExactlyWhenItWasAccepted(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		accepted := make(map[string]bool) // by execution
		var mu sync.Mutex
		h.functions["f"] = func(in map[string]any) (any, error) {
			time.AfterFunc(60*time.Second, func() {
				err := h.succeed(in["token"].(string), `"answer"`)
				mu.Lock()
				defer mu.Unlock()
				accepted[in["execution"].(string)] = err == nil
			})
			return nil, nil
		}
		machine := h.create(`"A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke.waitForTaskToken","TimeoutSeconds":60,"End":true,
			"Parameters":{"FunctionName":"f","Payload":{"token.$":"$$.Task.Token","execution.$":"$$.Execution.Id"}}}`)
		var all []string
		for range 500 {
			all = append(all, h.start(machine, `{}`))
		}
		h.pass(time.Hour)
		yes := 0
		for _, execution := range all {
			succeeded := h.describe(execution).Status == types.ExecutionStatusSucceeded
			if succeeded != accepted[execution] {
				t.Fatalf("accepted %v, but the execution is %s", accepted[execution], h.describe(execution).Status)
			}
			if succeeded {
				yes++
			}
		}
		t.Logf("%d of %d answers came in time", yes, len(all))
	})
}
