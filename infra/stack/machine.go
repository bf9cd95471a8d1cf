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

// newMachine makes the state machine of releases from release.asl.json.
func newMachine(h home, definition string, functions map[string]awslambda.Function) {
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
	var sorted []string
	for _, name := range slices.Sorted(maps.Keys(arns)) {
		sorted = append(sorted, *arns[name])
	}
	newStateMachine(h, "Release", "release", definition, substitutions, sorted)
}

// newStageMachine makes the state machine that an action of somebody's pipeline begins, from stage.asl.json. Nothing else begins it.
func newStageMachine(h home, definition string, stage awslambda.Function) {
	arn := stage.FunctionArn()
	newStateMachine(h, "StageMachine", "stage", definition, map[string]*string{"StageFunction": arn}, []string{*arn})
}

// newStateMachine makes a state machine, in whose definition placeholders (${PlanFunction}, ...) become ARNs, and ${Partition} the partition: aws,
// aws-us-gov or aws-cn.
//
// It logs every transition but no execution data: the record of a release is in the table, and what is in the log
// answers "where did it go". Its role may invoke the functions that the machine names, and no others.
func newStateMachine(h home, id, name, definition string, substitutions map[string]*string, functions []string) {
	substitutions["Partition"] = jsii.String(h.Partition)
	awsstepfunctions.NewStateMachine(h.stack, &id, &awsstepfunctions.StateMachineProps{
		StateMachineName:        jsii.String(h.Name(name)),
		StateMachineType:        awsstepfunctions.StateMachineType_STANDARD,
		DefinitionBody:          awsstepfunctions.DefinitionBody_FromString(&definition),
		DefinitionSubstitutions: &substitutions,
		Role:                    newMachineRole(h, id, name, functions),
		TracingEnabled:          jsii.Bool(true),
		RemovalPolicy:           awscdk.RemovalPolicy_DESTROY,
		Logs: &awsstepfunctions.LogOptions{
			// The prefix keeps CloudWatch from growing one resource policy for all log groups of the account
			// (https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html).
			Destination:          newLogGroup(h, id+"Logs", "/aws/vendedlogs/states/"+h.Name(name)),
			Level:                awsstepfunctions.LogLevel_ALL,
			IncludeExecutionData: jsii.Bool(false),
		},
	})
}

func newMachineRole(h home, id, name string, functions []string) awsiam.IRole {
	statements := []grant{
		allow("InvokeItsFunctions", functions, "lambda:InvokeFunction"),
		// https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html
		anywhere("Trace", "xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"),
		// https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
		anywhere("DeliverLogs", "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery",
			"logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups"),
	}
	return awsiam.NewRole(h.stack, jsii.String(id+"Role"), &awsiam.RoleProps{
		AssumedBy:      h.service("states.amazonaws.com"),
		Description:    jsii.String("What the state machine " + h.Name(name) + " may do"),
		InlinePolicies: &map[string]awsiam.PolicyDocument{name: document(statements)},
	}).WithoutPolicyUpdates(nil)
}
