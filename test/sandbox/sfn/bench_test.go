package sfn_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssfn "github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"sluice/test/sandbox/sfn"
	"sluice/test/sandbox/wire"
)

// release is a machine in the shape of Sluice's own: tasks, a choice, a callback that times out for a bake.
const release = `{"StartAt":"Plan","States":{
	"Plan":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"plan","Payload.$":"$"},"OutputPath":"$.Payload","Next":"Next",
		"Retry":[{"ErrorEquals":["States.TaskFailed"],"JitterStrategy":"FULL","MaxDelaySeconds":30}]},
	"Next":{"Type":"Choice","Choices":[{"Variable":"$.step","NumericLessThan":5,"Next":"Shift"}],"Default":"Settle"},
	"Shift":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke.waitForTaskToken","Parameters":{"FunctionName":"shift","Payload":{"token.$":"$$.Task.Token","release.$":"$.id"}},
		"TimeoutSecondsPath":"$.bake","ResultPath":null,"Catch":[{"ErrorEquals":["States.Timeout"],"ResultPath":null,"Next":"Judge"}],"Next":"Judge"},
	"Judge":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"judge","Payload.$":"$"},"OutputPath":"$.Payload","Next":"Next"},
	"Settle":{"Type":"Succeed"}}}`

func step(_ context.Context, _, arn string, payload []byte) ([]byte, *sfn.FunctionError, error) {
	if arn[len(arn)-5:] != "judge" {
		return payload, nil, nil
	}
	var n int
	if _, err := fmt.Sscanf(string(payload), `{"bake":34560,"id":"r","step":%d}`, &n); err != nil {
		return nil, nil, err
	}
	return fmt.Appendf(nil, `{"bake":34560,"id":"r","step":%d}`, n+1), nil, nil
}

// releases runs n releases of two days each at the same time and gives how many succeeded and the service.
func releases(t testing.TB, ctx context.Context, n int) (succeeded int) {
	s := sfn.New(ctx, sfn.Options{Home: wire.Home{Region: "us-east-1", Account: "123456789012"}, Invoke: step})
	defer s.Close()
	m, err := s.CreateStateMachine(ctx, &awssfn.CreateStateMachineInput{Name: aws.String("release"), RoleArn: aws.String(role), Definition: aws.String(release)})
	if err != nil {
		t.Fatal(err)
	}
	var last *string
	for range n {
		out, err := s.StartExecution(ctx, &awssfn.StartExecutionInput{StateMachineArn: m.StateMachineArn, Input: aws.String(`{"bake":34560,"id":"r","step":0}`)})
		if err != nil {
			t.Fatal(err)
		}
		last = out.ExecutionArn
	}
	time.Sleep(72 * time.Hour)
	synctest.Wait()
	in := &awssfn.ListExecutionsInput{StateMachineArn: m.StateMachineArn, StatusFilter: types.ExecutionStatusSucceeded, MaxResults: 1000}
	for {
		out, err := s.ListExecutions(ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		succeeded += len(out.Executions)
		if in.NextToken = out.NextToken; in.NextToken == nil {
			break
		}
	}
	if got := s.Transitions(*last); got != 3*5+3 {
		t.Errorf("%d transitions", got)
	}
	return succeeded
}

func TestTenThousandReleasesOfTwoDaysAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	synctest.Test(t, func(t *testing.T) {
		const n = 10_000
		if got := releases(t, t.Context(), n); got != n {
			t.Errorf("%d of %d succeeded", got, n)
		}
	})
}

// BenchmarkRelease measures a whole release of 18 transitions whose bakes are answered at once, in real time.
func BenchmarkRelease(b *testing.B) {
	var s *sfn.Service
	ended := make(chan struct{}, 1)
	answering := func(ctx context.Context, role, arn string, payload []byte) ([]byte, *sfn.FunctionError, error) {
		if arn[len(arn)-5:] == "shift" {
			var in struct{ Token string }
			if err := json.Unmarshal(payload, &in); err != nil {
				return nil, nil, err
			}
			_, err := s.SendTaskSuccess(ctx, &awssfn.SendTaskSuccessInput{TaskToken: &in.Token, Output: aws.String("1")})
			return payload, nil, err
		}
		return step(ctx, role, arn, payload)
	}
	emit := func(_ context.Context, _ string, _ []string, detail any) {
		if detail.(sfn.StatusChange).Status == "SUCCEEDED" {
			ended <- struct{}{}
		}
	}
	s = sfn.New(b.Context(), sfn.Options{Home: wire.Home{Region: "us-east-1", Account: "123456789012"}, Invoke: answering, Emit: emit})
	defer s.Close()
	m, err := s.CreateStateMachine(b.Context(), &awssfn.CreateStateMachineInput{Name: aws.String("release"), RoleArn: aws.String(role), Definition: aws.String(release)})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		_, err := s.StartExecution(b.Context(), &awssfn.StartExecutionInput{StateMachineArn: m.StateMachineArn, Input: aws.String(`{"bake":34560,"id":"r","step":0}`)})
		if err != nil {
			b.Fatal(err)
		}
		<-ended
	}
}
