package sfn

import (
	"reflect"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssfn "github.com/aws/aws-sdk-go-v2/service/sfn"

	"sluice/test/sandbox/wire"
)

// scope names the resource of a call as the Service Authorization Reference does for Step Functions: executions for
// what concerns one execution, the state machine for the rest. An answer to a task has no resource there, so it is on "*".
// The CDK's grantTaskResponse allows it on the state machine all the same, and was found not to be enough
// (https://github.com/aws/aws-cdk/discussions/26401).
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
func (s *Service) scope(operation string, input any) []wire.Grant {
	grants := []wire.Grant{{Action: "states:" + operation, Resource: s.resource(input)}}
	if role := passedRole(input); role != "" {
		grants = append(grants, wire.PassRole(role, "states.amazonaws.com"))
	}
	return grants
}

func (s *Service) resource(input any) string {
	switch in := input.(type) {
	case *awssfn.CreateStateMachineInput:
		return s.options.Home.ARN("states", "stateMachine:"+aws.ToString(in.Name))
	}
	for _, member := range []string{"ExecutionArn", "StateMachineArn", "ResourceArn"} {
		if arn := stringMember(input, member); arn != "" {
			return arn
		}
	}
	return "*"
}

func passedRole(input any) string {
	switch input.(type) {
	case *awssfn.CreateStateMachineInput, *awssfn.UpdateStateMachineInput:
		return stringMember(input, "RoleArn")
	}
	return ""
}

func stringMember(input any, name string) string {
	v := reflect.Indirect(reflect.ValueOf(input))
	if v.Kind() != reflect.Struct {
		return ""
	}
	f := v.FieldByName(name)
	if !f.IsValid() {
		return ""
	}
	p, _ := f.Interface().(*string)
	return aws.ToString(p)
}
