package sfn_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssfn "github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"sluice/test/sandbox/sfn"
	"sluice/test/sandbox/wire"
)

const waitAnHour = `"A":{"Type":"Wait","Seconds":3600,"End":true}`

func (h *house) startNamed(machine, name, input string) (string, error) {
	out, err := h.StartExecution(h.t.Context(), &awssfn.StartExecutionInput{StateMachineArn: &machine, Name: &name, Input: &input})
	if err != nil {
		return "", err
	}
	return *out.ExecutionArn, nil
}

func TestStartIsIdempotentOnlyWhileTheSameExecutionRuns(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		machine := h.create(waitAnHour)
		first, err := h.startNamed(machine, "n", `{"a":1}`)
		if err != nil {
			t.Fatal(err)
		}
		if want := "arn:aws:states:us-east-1:123456789012:execution:machine:n"; first != want {
			t.Errorf("ARN %s, want %s", first, want)
		}
		if again, err := h.startNamed(machine, "n", `{"a":1}`); err != nil || again != first {
			t.Errorf("the same start gave %s, %v", again, err)
		}
		_, err = h.startNamed(machine, "n", `{"a":2}`)
		wantCode(t, err, "ExecutionAlreadyExists")
		h.finish(first)
		_, err = h.startNamed(machine, "n", `{"a":1}`)
		wantCode(t, err, "ExecutionAlreadyExists")
		h.pass(91 * 24 * time.Hour)
		if _, err = h.startNamed(machine, "n", `{"a":1}`); err != nil {
			t.Errorf("after 90 days the name should be free: %v", err)
		}
	})
}

func TestStartRefuses(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		machine := h.create(waitAnHour)
		for _, name := range []string{"", "a b", "a/b", "a:b", "a*", "a\x7f", strings.Repeat("a", 81)} {
			_, err := h.startNamed(machine, name, `{}`)
			wantCode(t, err, "InvalidName")
		}
		if _, err := h.startNamed(machine, "a_b-c.d=e@(1)!", `{}`); err != nil {
			t.Error(err)
		}
		_, err := h.startNamed(machine, "n", `{"a"}`)
		wantCode(t, err, "InvalidExecutionInput")
		_, err = h.startNamed(machine, "n", `"`+strings.Repeat("a", 262_143)+`"`)
		wantCode(t, err, "ValidationException")
		_, err = h.startNamed(machine+"x", "n", `{}`)
		wantCode(t, err, "StateMachineDoesNotExist")
		_, err = h.startNamed("machine", "n", `{}`)
		wantCode(t, err, "InvalidArn")
	})
}

func TestListExecutionsNewestFirstByStatusInStablePages(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		machine := h.create(waitAnHour)
		for i := range 5 {
			if _, err := h.startNamed(machine, fmt.Sprint("e", i), `{}`); err != nil {
				t.Fatal(err)
			}
			h.pass(20 * time.Minute)
		}
		// Now e0, e1 and e2 are over.
		names := func(in *awssfn.ListExecutionsInput) (names []string, next *string) {
			in.StateMachineArn = &machine
			out, err := h.ListExecutions(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range out.Executions {
				names = append(names, *e.Name)
			}
			return names, out.NextToken
		}
		if got, _ := names(&awssfn.ListExecutionsInput{StatusFilter: types.ExecutionStatusRunning}); !slices.Equal(got, []string{"e4", "e3"}) {
			t.Errorf("running: %v", got)
		}
		page, next := names(&awssfn.ListExecutionsInput{StatusFilter: types.ExecutionStatusSucceeded, MaxResults: 2})
		if !slices.Equal(page, []string{"e2", "e1"}) || next == nil {
			t.Fatalf("first page %v", page)
		}
		if _, err := h.startNamed(machine, "e5", `{}`); err != nil {
			t.Fatal(err)
		}
		page, next = names(&awssfn.ListExecutionsInput{StatusFilter: types.ExecutionStatusSucceeded, MaxResults: 2, NextToken: next})
		if !slices.Equal(page, []string{"e0"}) || next != nil {
			t.Errorf("second page %v, more: %v", page, next != nil)
		}
	})
}

func TestUpdateLeavesRunningExecutionsOnTheirRevision(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		machine := h.create(`"A":{"Type":"Wait","Seconds":60,"Next":"Old"},"Old":{"Type":"Pass","Result":"old","End":true}`)
		before := h.start(machine, `{}`)
		updated := `{"StartAt":"A","States":{"A":{"Type":"Pass","Result":"new","End":true}}}`
		if _, err := h.UpdateStateMachine(t.Context(), &awssfn.UpdateStateMachineInput{StateMachineArn: &machine, Definition: &updated}); err != nil {
			t.Fatal(err)
		}
		wantOutput(t, h.finish(h.start(machine, `{}`)), `"new"`)
		wantOutput(t, h.finish(before), `"old"`)
		out, err := h.DescribeStateMachineForExecution(t.Context(), &awssfn.DescribeStateMachineForExecutionInput{ExecutionArn: &before})
		if err != nil || *out.Definition == updated {
			t.Errorf("the execution is said to run on %v, %v", aws.ToString(out.Definition), err)
		}
	})
}

func TestCreateIsIdempotentForTheSameDefinition(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		first, again := h.create(waitAnHour), h.create(waitAnHour)
		if first != again {
			t.Error("two machines of one name")
		}
		_, err := h.CreateStateMachine(t.Context(), &awssfn.CreateStateMachineInput{
			Name: aws.String("machine"), RoleArn: aws.String(role), Definition: aws.String(`{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}`),
		})
		wantCode(t, err, "StateMachineAlreadyExists")
		_, err = h.CreateStateMachine(t.Context(), &awssfn.CreateStateMachineInput{
			Name: aws.String("other"), RoleArn: aws.String(role), Type: types.StateMachineTypeExpress, Definition: aws.String(`{}`),
		})
		wantCode(t, err, "StateMachineTypeNotSupported")
	})
}

func TestStatusChangeEvents(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		machine := h.create(waitAnHour)
		if _, err := h.startNamed(machine, "good", `{"a": 1}`); err != nil {
			t.Fatal(err)
		}
		h.pass(2 * time.Hour)
		stopped, _ := h.startNamed(machine, "stopped", `{}`)
		synctest.Wait()
		if _, err := h.StopExecution(t.Context(), &awssfn.StopExecutionInput{ExecutionArn: &stopped, Error: aws.String("E")}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		var got []string
		for _, e := range h.events {
			got = append(got, e.Name+" "+e.Status)
		}
		if want := []string{"good RUNNING", "good SUCCEEDED", "stopped RUNNING", "stopped ABORTED"}; !slices.Equal(got, want) {
			t.Fatalf("events %v, want %v", got, want)
		}
		running, done, aborted := h.events[0], h.events[1], h.events[3]
		if running.StopDate != nil || running.Output != nil || running.OutputDetails != nil || *running.Input != `{"a": 1}` || running.StartDate != 946684800000 {
			t.Errorf("running: %+v", running)
		}
		if *done.StopDate != 946688400000 || *done.Output != `{"a":1}` || !done.OutputDetails.Included {
			t.Errorf("succeeded: %+v", done)
		}
		if *aborted.Error != "E" || aborted.Output != nil {
			t.Errorf("aborted: %+v", aborted)
		}
	})
}

func TestEventsLeaveOutDataThatIsTooLarge(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		large := `"` + strings.Repeat("a", 140*1024) + `"`
		h.run(`"A":{"Type":"Succeed"}`, large)
		done := h.events[1]
		if done.Input != nil || done.InputDetails.Included || done.Output == nil {
			t.Errorf("input %v %v, output %v", done.Input != nil, done.InputDetails, done.Output != nil)
		}
	})
}

func TestCloseEndsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the bubble fails the test if a goroutine outlives it
		ctx, cancel := context.WithCancel(t.Context())
		s := sfn.New(ctx, sfn.Options{Home: wire.Home{Region: "us-east-1", Account: "123456789012"}})
		out, err := s.CreateStateMachine(ctx, &awssfn.CreateStateMachineInput{
			Name: aws.String("m"), RoleArn: aws.String(role), Definition: aws.String(`{"StartAt":"A","States":{` + waitAnHour + `}}`),
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			if _, err := s.StartExecution(ctx, &awssfn.StartExecutionInput{StateMachineArn: out.StateMachineArn}); err != nil {
				t.Fatal(err)
			}
		}
		cancel()
		s.Close()
		_, err = s.StartExecution(ctx, &awssfn.StartExecutionInput{StateMachineArn: out.StateMachineArn})
		wantCode(t, err, "ServiceUnavailable")
	})
}
