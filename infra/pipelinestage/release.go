// Package pipelinestage is Sluice in a pipeline of somebody's CDK app: an action that waits for a release, or a condition that the release decides
// (docs/ci/codepipeline.md).
package pipelinestage

import (
	"encoding/json"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipelineactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsstepfunctions"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"sluice/events"
)

// A Release is what a stage waits for.
type Release struct {
	Environment string                   // of Sluice, in the pipeline's account and Region: "production"
	Asks        events.StageRequest      // texts may be variables of other actions: "#{Build.VERSION}"
	Source      awscodepipeline.Artifact // of the action that brings the commit
}

// Action is an action of that name, which is the namespace of its variables, too: release, end, revision and url.
func (r Release) Action(scope constructs.Construct, name string) awscodepipelineactions.LambdaInvokeAction {
	return awscodepipelineactions.NewLambdaInvokeAction(&awscodepipelineactions.LambdaInvokeActionProps{
		ActionName: &name, VariablesNamespace: &name, Inputs: &[]awscodepipeline.Artifact{r.Source}, UserParametersString: r.parameters(),
		Lambda: awslambda.Function_FromFunctionAttributes(scope, &name, &awslambda.FunctionAttributes{FunctionArn: r.arn(scope, "lambda", "function"), SameEnvironment: jsii.Bool(true)}),
	})
}

// StepFunctionsAction is the same for releases that may take longer than a function is waited for, 7 days instead of one. Asks names the commit, because no
// artifact is read. The output artifact, which may be nil, has the release as JSON.
func (r Release) StepFunctionsAction(scope constructs.Construct, name string, output awscodepipeline.Artifact) awscodepipelineactions.StepFunctionInvokeAction {
	var asks map[string]any
	_ = json.Unmarshal([]byte(*r.parameters()), &asks) // it was texts before
	return awscodepipelineactions.NewStepFunctionInvokeAction(&awscodepipelineactions.StepFunctionsInvokeActionProps{
		ActionName: &name, VariablesNamespace: &name, ExecutionNamePrefix: jsii.String("sluice"), Output: output,
		StateMachine:      awsstepfunctions.StateMachine_FromStateMachineArn(scope, &name, r.arn(scope, "states", "stateMachine")),
		StateMachineInput: awscodepipelineactions.StateMachineInput_Literal(&asks),
	})
}

// Condition is a condition onSuccess of one rule of that name: when the release goes back, CodePipeline takes the stage back. Nobody but this allows the
// pipeline's role to invoke a function of a rule. The pipeline is of type V2.
func (r Release) Condition(pipeline awscodepipeline.Pipeline, name string) *awscodepipeline.Conditions {
	pipeline.AddToRolePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions: jsii.Strings("lambda:InvokeFunction"), Resources: &[]*string{r.arn(pipeline, "lambda", "function")},
	}))
	rule := awscodepipeline.NewRule(&awscodepipeline.RuleProps{
		Name: &name, Provider: jsii.String("LambdaInvoke"), Version: jsii.String("1"), InputArtifacts: &[]*string{r.Source.ArtifactName()},
		Configuration: &map[string]any{"FunctionName": r.name(), "UserParameters": *r.parameters()},
	})
	return &awscodepipeline.Conditions{Conditions: &[]*awscodepipeline.Condition{{Result: awscodepipeline.Result_ROLLBACK, Rules: &[]awscodepipeline.Rule{rule}}}}
}

func (r Release) parameters() *string {
	text, _ := json.Marshal(r.Asks) // it cannot fail on texts
	return jsii.String(string(text))
}

// name is that of the function, and of the state machine.
func (r Release) name() string { return "sluice-" + r.Environment + "-stage" }

func (r Release) arn(scope constructs.Construct, service, resource string) *string {
	return awscdk.Stack_Of(scope).FormatArn(&awscdk.ArnComponents{
		Service: &service, Resource: &resource, ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME, ResourceName: jsii.String(r.name()),
	})
}
