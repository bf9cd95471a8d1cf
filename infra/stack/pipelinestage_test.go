package stack_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipelineactions"
	"github.com/aws/jsii-runtime-go"

	"sluice/events"
	"sluice/infra/pipelinestage"
)

// pipelineWith is the template of a pipeline with Sluice in its stage Release.
func pipelineWith(t *testing.T, stage func(p awscodepipeline.Pipeline, r pipelinestage.Release) *awscodepipeline.StageOptions) string {
	t.Helper()
	needNode(t)
	shop := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)
	code := awscodepipeline.NewArtifact(jsii.String("Code"), nil)
	p := awscodepipeline.NewPipeline(shop, jsii.String("Pipeline"), &awscodepipeline.PipelineProps{PipelineType: awscodepipeline.PipelineType_V2})
	p.AddStage(&awscodepipeline.StageOptions{StageName: jsii.String("Source"), Actions: &[]awscodepipeline.IAction{
		awscodepipelineactions.NewCodeStarConnectionsSourceAction(&awscodepipelineactions.CodeStarConnectionsSourceActionProps{
			ActionName: jsii.String("Code"), Owner: jsii.String("acme"), Repo: jsii.String("checkout"), Output: code, VariablesNamespace: jsii.String("Code"),
			ConnectionArn: jsii.String("arn:aws:codestar-connections:us-east-1:123456789012:connection/1"),
		}),
	}})
	r := pipelinestage.Release{Environment: "production", Asks: events.StageRequest{Service: "checkout", Revision: "#{Code.CommitId}"}, Source: code}
	options := stage(p, r)
	options.StageName = jsii.String("Release")
	p.AddStage(options)
	text, err := json.Marshal(assertions.Template_FromStack(shop, nil).ToJSON())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const (
	waited     = `"FunctionName":"sluice-production-stage","UserParameters":"{\"service\":\"checkout\",\"revision\":\"#{Code.CommitId}\"}"`
	mayWait    = `:function:sluice-production-stage"]]}`
	fromSource = `"InputArtifacts":[{"Name":"Code"}]`
)

func TestActionOfAPipelineInvokesSluiceAndMay(t *testing.T) {
	text := pipelineWith(t, func(p awscodepipeline.Pipeline, r pipelinestage.Release) *awscodepipeline.StageOptions {
		return &awscodepipeline.StageOptions{Actions: &[]awscodepipeline.IAction{r.Action(p, "Sluice")}}
	})
	for _, has := range []string{`"Provider":"Lambda"`, `"UserParameters":"{\"service\":\"checkout\",\"revision\":\"#{Code.CommitId}\"}"`, mayWait, fromSource, `"Namespace":"Sluice"`, `"lambda:InvokeFunction"`} {
		if !strings.Contains(text, has) {
			t.Errorf("the template has no %s:\n%s", has, text)
		}
	}
}

func TestActionOfStepFunctionsBeginsSluicesStateMachineAndMay(t *testing.T) {
	text := pipelineWith(t, func(p awscodepipeline.Pipeline, r pipelinestage.Release) *awscodepipeline.StageOptions {
		return &awscodepipeline.StageOptions{Actions: &[]awscodepipeline.IAction{r.StepFunctionsAction(p, "Sluice", awscodepipeline.NewArtifact(jsii.String("Released"), nil))}}
	})
	for _, has := range []string{
		`"Provider":"StepFunctions"`, `"Input":"{\"revision\":\"#{Code.CommitId}\",\"service\":\"checkout\"}"`, `"ExecutionNamePrefix":"sluice"`, `:stateMachine:sluice-production-stage"]]}`,
		`"OutputArtifacts":[{"Name":"Released"}]`, `"states:StartExecution"`, `"states:DescribeStateMachine"`, `"states:DescribeExecution"`, `:execution:sluice-production-stage:sluice*"]]}`,
	} {
		if !strings.Contains(text, has) {
			t.Errorf("the template has no %s:\n%s", has, text)
		}
	}
}

func TestConditionOfAPipelineInvokesSluiceAndMay(t *testing.T) {
	text := pipelineWith(t, func(p awscodepipeline.Pipeline, r pipelinestage.Release) *awscodepipeline.StageOptions {
		approve := awscodepipelineactions.NewManualApprovalAction(&awscodepipelineactions.ManualApprovalActionProps{ActionName: jsii.String("Sign")})
		return &awscodepipeline.StageOptions{Actions: &[]awscodepipeline.IAction{approve}, OnSuccess: r.Condition(p, "Sluice")}
	})
	for _, has := range []string{`"Provider":"LambdaInvoke"`, waited, mayWait, fromSource, `"Result":"ROLLBACK"`, `"lambda:InvokeFunction"`} {
		if !strings.Contains(text, has) {
			t.Errorf("the template has no %s:\n%s", has, text)
		}
	}
}
