package sfn_test

import (
	"reflect"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssfn "github.com/aws/aws-sdk-go-v2/service/sfn"

	"sluice/test/sandbox/wire"
)

func TestScopeNamesWhatACallTouches(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		tokens := keepTokens(h)
		machine := h.create(`"A":` + callback("f", `"End":true`))
		execution := h.start(machine, `{}`)
		synctest.Wait()
		tests := []struct {
			operation string
			input     any
			want      []wire.Grant
		}{
			{"StartExecution", &awssfn.StartExecutionInput{StateMachineArn: &machine}, []wire.Grant{{Action: "states:StartExecution", Resource: machine}}},
			{"DescribeExecution", &awssfn.DescribeExecutionInput{ExecutionArn: &execution}, []wire.Grant{{Action: "states:DescribeExecution", Resource: execution}}},
			{"SendTaskSuccess", &awssfn.SendTaskSuccessInput{TaskToken: &(*tokens)[0]}, []wire.Grant{{Action: "states:SendTaskSuccess", Resource: "*"}}},
			{"ListStateMachines", &awssfn.ListStateMachinesInput{}, []wire.Grant{{Action: "states:ListStateMachines", Resource: "*"}}},
			{"CreateStateMachine", &awssfn.CreateStateMachineInput{Name: aws.String("machine"), RoleArn: aws.String(role)}, []wire.Grant{
				{Action: "states:CreateStateMachine", Resource: machine}, wire.PassRole(role, "states.amazonaws.com"),
			}},
		}
		for _, test := range tests {
			if got := h.Wire().Scope(test.operation, test.input); !reflect.DeepEqual(got, test.want) {
				t.Errorf("%s: %v, want %v", test.operation, got, test.want)
			}
		}
	})
}
