package sfn_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssfn "github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

func TestHistoryTellsWhatATaskDid(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.functions["f"] = func(map[string]any) (any, error) { return nil, functionError{"E", "m"} }
		execution := h.start(h.create(`"A":`+task("f", `"TimeoutSeconds":7,"End":true,"Retry":[{"ErrorEquals":["E"],"MaxAttempts":1}]`)), `{"a":1}`)
		h.finish(execution)
		events := h.history(execution)
		want := "ExecutionStarted TaskStateEntered TaskScheduled TaskStarted TaskFailed TaskScheduled TaskStarted TaskFailed ExecutionFailed"
		if got := kindsOf(events); got != want {
			t.Fatalf("history %s\nwant %s", got, want)
		}
		for i, e := range events {
			// AWS links the first state to nothing, and everything else to what it follows from.
			if want := max(0, i); i > 1 && (e.Id != int64(i+1) || e.PreviousEventId != int64(want)) {
				t.Errorf("event %d has id %d and follows %d", i+1, e.Id, e.PreviousEventId)
			}
		}
		scheduled := events[2].TaskScheduledEventDetails
		if *scheduled.Resource != "invoke" || *scheduled.ResourceType != "lambda" || *scheduled.TimeoutInSeconds != 7 || *scheduled.Parameters != `{"FunctionName":"f","Payload":{"a":1}}` {
			t.Errorf("scheduled %+v", scheduled)
		}
		if failed := events[4].TaskFailedEventDetails; *failed.Error != "E" || *failed.Cause != `{"errorMessage":"m","errorType":"E"}` {
			t.Errorf("failed %+v", failed)
		}
		if *events[0].ExecutionStartedEventDetails.RoleArn != role || *events[8].ExecutionFailedEventDetails.Error != "E" {
			t.Error("the ends of the history lack details")
		}
	})
}

func TestHistoryPagesFromEitherEnd(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		execution := h.start(h.create(`"A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","End":true}`), `{}`)
		h.finish(execution)
		for _, reverse := range []bool{false, true} {
			var ids []int64
			in := &awssfn.GetExecutionHistoryInput{ExecutionArn: &execution, MaxResults: 4, ReverseOrder: reverse, IncludeExecutionData: aws.Bool(false)}
			for pages := 1; ; pages++ {
				out, err := h.GetExecutionHistory(t.Context(), in)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range out.Events {
					ids = append(ids, e.Id)
					if e.StateEnteredEventDetails != nil && e.StateEnteredEventDetails.Input != nil {
						t.Error("data that was not asked for")
					}
				}
				if in.NextToken = out.NextToken; in.NextToken == nil {
					if pages != 2 {
						t.Errorf("%d pages", pages)
					}
					break
				}
			}
			want := []int64{1, 2, 3, 4, 5, 6}
			if reverse {
				slices.Reverse(want)
			}
			if !slices.Equal(ids, want) {
				t.Errorf("reverse %v: %v", reverse, ids)
			}
		}
		_, err := h.GetExecutionHistory(t.Context(), &awssfn.GetExecutionHistoryInput{ExecutionArn: &execution, NextToken: aws.String("?")})
		wantCode(t, err, "InvalidToken")
	})
}

func TestExecutionFailsWhenItsHistoryIsFull(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		execution := h.start(h.create(`"A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","Next":"A"}`), `{}`)
		wantError(t, h.finish(execution), types.ExecutionStatusFailed, "States.Runtime")
		events := h.history(execution)
		if len(events) != 25_000 || events[24_999].Type != types.HistoryEventTypeExecutionFailed {
			t.Errorf("%d events, the last is %s", len(events), events[len(events)-1].Type)
		}
	})
}

func TestPathAndTransitions(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		execution := h.start(h.create(`"A":{"Type":"Pass","Next":"B"},"B":{"Type":"Choice","Choices":[{"Variable":"$.n","IsPresent":true,"Next":"C"}],"Default":"D"},"C":{"Type":"Succeed"},"D":{"Type":"Fail"}`), `{}`)
		wantError(t, h.finish(execution), types.ExecutionStatusFailed, "")
		if got, want := h.Path(execution), []string{"A", "B", "D"}; !slices.Equal(got, want) {
			t.Errorf("path %v, want %v", got, want)
		}
		if got := h.Transitions(execution); got != 3 {
			t.Errorf("%d transitions", got)
		}
		if got := h.Path("arn:aws:states:us-east-1:123456789012:execution:machine:none"); len(got) != 0 {
			t.Errorf("the path of nothing is %v", got)
		}
	})
}
