package sfn_test

import (
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awssfn "github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"sluice/test/sandbox/wire"
)

func TestTheSDKsClientDrivesTheService(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		home := wire.Home{Region: "us-east-1", Account: "123456789012"}
		client := awssfn.NewFromConfig(aws.Config{
			Region: home.Region, HTTPClient: wire.Client(wire.NewServer(home, h.Wire())), RetryMaxAttempts: 1,
			Credentials:  credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
			BaseEndpoint: aws.String("http://127.0.0.1:4566"),
		})
		machine, err := client.CreateStateMachine(t.Context(), &awssfn.CreateStateMachineInput{
			Name: aws.String("m"), RoleArn: aws.String(role), Definition: aws.String(`{"StartAt":"A","States":{` + waitAnHour + `}}`),
		})
		if err != nil {
			t.Fatal(err)
		}
		start := &awssfn.StartExecutionInput{StateMachineArn: machine.StateMachineArn, Name: aws.String("n")}
		execution, err := client.StartExecution(t.Context(), start)
		if err != nil {
			t.Fatal(err)
		}
		h.pass(2 * time.Hour)
		got, err := client.DescribeExecution(t.Context(), &awssfn.DescribeExecutionInput{ExecutionArn: execution.ExecutionArn})
		if err != nil {
			t.Fatal(err)
		}
		wantOutput(t, got, `{}`)
		if took := got.StopDate.Sub(*got.StartDate); took != time.Hour {
			t.Errorf("took %v by the times on the wire", took)
		}
		_, err = client.StartExecution(t.Context(), start)
		if exists := (*types.ExecutionAlreadyExists)(nil); !errors.As(err, &exists) {
			t.Errorf("the second start gave %v", err)
		}
		history, err := client.GetExecutionHistory(t.Context(), &awssfn.GetExecutionHistoryInput{ExecutionArn: execution.ExecutionArn})
		if err != nil || len(history.Events) != 4 || *history.Events[1].StateEnteredEventDetails.Name != "A" {
			t.Errorf("history %+v, %v", history, err)
		}
		_, err = client.RedriveExecution(t.Context(), &awssfn.RedriveExecutionInput{ExecutionArn: execution.ExecutionArn})
		if err == nil {
			t.Error("redrive is not implemented, yet it was answered")
		}
	})
}
