package stack

import (
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsstepfunctions"
	"github.com/aws/jsii-runtime-go"
)

// newMachine makes the state machine from release.asl.json, whose placeholders (${PlanFunction}, ...) become ARNs, and
// ${Partition} the partition: aws, aws-us-gov or aws-cn.
//
// It logs every transition but no execution data: the record of a release is in the table, and what is in the log
// answers "where did it go". Its role may invoke the functions that the machine names, and no others.
func newMachine(h home, definition string, functions map[string]awslambda.Function) awsstepfunctions.StateMachine {
	arns := map[string]*string{}
	substitutions := map[string]*string{}
	for _, f := range h.functions {
		if f.woken != byMachine {
			continue
		}
		arns[f.name] = functions[f.name].FunctionArn()
		if f.row == "" || f.name == f.row { // the cursor names those of other kinds
			substitutions[title(f.name)+"Function"] = arns[f.name]
		}
	}
	substitutions["Partition"] = jsii.String(h.Partition)
	return awsstepfunctions.NewStateMachine(h.stack, jsii.String("Release"), &awsstepfunctions.StateMachineProps{
		StateMachineName:        jsii.String(h.Name("release")),
		StateMachineType:        awsstepfunctions.StateMachineType_STANDARD,
		DefinitionBody:          awsstepfunctions.DefinitionBody_FromString(jsii.String(definition)),
		DefinitionSubstitutions: &substitutions,
		Role:                    newMachineRole(h, arns),
		TracingEnabled:          jsii.Bool(true),
		RemovalPolicy:           awscdk.RemovalPolicy_DESTROY,
		Logs: &awsstepfunctions.LogOptions{
			// The prefix keeps CloudWatch from growing one resource policy for all log groups of the account
			// (https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html).
			Destination:          newLogGroup(h, "ReleaseLogs", "/aws/vendedlogs/states/"+h.Name("release")),
			Level:                awsstepfunctions.LogLevel_ALL,
			IncludeExecutionData: jsii.Bool(false),
		},
	})
}

func newMachineRole(h home, functions map[string]*string) awsiam.IRole {
	var arns []string
	for _, name := range slices.Sorted(maps.Keys(functions)) {
		arns = append(arns, *functions[name])
	}
	statements := []grant{
		allow("InvokeItsFunctions", arns, "lambda:InvokeFunction"),
		// https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html
		anywhere("Trace", "xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"),
		// https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
		anywhere("DeliverLogs", "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery",
			"logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups"),
	}
	return awsiam.NewRole(h.stack, jsii.String("ReleaseRole"), &awsiam.RoleProps{
		AssumedBy:      h.service("states.amazonaws.com"),
		Description:    jsii.String("What " + h.Name("release") + " may do"),
		InlinePolicies: &map[string]awsiam.PolicyDocument{"release": document(statements)},
	}).WithoutPolicyUpdates(nil)
}
