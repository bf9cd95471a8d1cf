package scenario

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"sluice/events"
	"sluice/test/sandbox/cfn"
)

// Factory is a team's pipeline that builds what is pushed.
const Factory = "factory"

// Building is the stack of a team that has such a pipeline: its role may have the project build, and nothing else.
const Building = `{"Resources":{"Factory":{"Type":"AWS::IAM::Role","Properties":{"RoleName":"factory",
	"AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"codepipeline.amazonaws.com"},"Action":"sts:AssumeRole"}]},
	"Policies":[{"PolicyName":"build","PolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["codebuild:StartBuild","codebuild:BatchGetBuilds"],
		"Resource":"arn:aws:codebuild:us-east-1:123456789012:project/checkout"}]}}]}}}}`

// PushedToPipeline is Pushed, where the pipeline builds.
var PushedToPipeline = strings.Replace(Pushed, `"codeBuild":"checkout"`, `"codePipeline":{"pipeline":"factory","sourceAction":"Source"}`, 1)

// WithPipeline is the template of a stack whose definition names the pipeline: infra/stack makes the same of such a definition.
func WithPipeline(t *cfn.Template) {
	for id, r := range t.Resources {
		if r.Type == "AWS::Events::Rule" && strings.HasPrefix(id, "ProgressRule") {
			r.Properties["EventPattern"] = map[string]any(events.PipelineRunPattern([]string{Factory}))
		}
	}
	const pipeline = "arn:aws:codepipeline:us-east-1:123456789012:" + Factory
	Allowing("Build", pipeline, "codepipeline:StartPipelineExecution", "codepipeline:GetPipelineExecution")(t)
	Allowing("Plan", pipeline, "codepipeline:GetPipelineExecution", "codepipeline:ListActionExecutions", "codepipeline:StopPipelineExecution")(t)
}

// GivenFactory makes the pipeline, whose second stage has the project build.
func (w *World) GivenFactory(changes ...func(p *types.PipelineDeclaration)) {
	w.T.Helper()
	w.GivenProject()
	p := types.PipelineDeclaration{
		Name: aws.String(Factory), RoleArn: aws.String("arn:aws:iam::123456789012:role/factory"), PipelineType: types.PipelineTypeV2,
		Stages: []types.StageDeclaration{
			{Name: aws.String("Source"), Actions: []types.ActionDeclaration{{
				Name: aws.String("Source"), ActionTypeId: typeOf(types.ActionCategorySource, "CodeStarSourceConnection"), OutputArtifacts: []types.OutputArtifact{{Name: aws.String("Code")}},
			}}},
			{Name: aws.String("Build"), Actions: []types.ActionDeclaration{{
				Name: aws.String("Build"), Namespace: aws.String("Made"), ActionTypeId: typeOf(types.ActionCategoryBuild, "CodeBuild"), Configuration: map[string]string{"ProjectName": Project},
				InputArtifacts: []types.InputArtifact{{Name: aws.String("Code")}},
			}}},
		},
	}
	for _, change := range changes {
		change(&p)
	}
	_, err := w.Sandbox.CodePipeline.CreatePipeline(w.ctx, &codepipeline.CreatePipelineInput{Pipeline: &p})
	w.must(err)
}

// Rebuilds is a stage that passes when the project has built its commit.
func Rebuilds() types.StageDeclaration {
	return types.StageDeclaration{Actions: []types.ActionDeclaration{{
		Name: aws.String("Deploy"), ActionTypeId: typeOf(types.ActionCategoryBuild, "CodeBuild"), Configuration: map[string]string{"ProjectName": Project},
		InputArtifacts: []types.InputArtifact{{Name: aws.String("Code")}}, RoleArn: aws.String("arn:aws:iam::123456789012:role/factory"),
	}}}
}

// FactoryRuns are the executions of the pipeline, the newest first.
func (w *World) FactoryRuns() []types.PipelineExecutionSummary {
	w.T.Helper()
	out, err := w.Sandbox.CodePipeline.ListPipelineExecutions(w.ctx, &codepipeline.ListPipelineExecutionsInput{PipelineName: aws.String(Factory)})
	w.must(err)
	return out.PipelineExecutionSummaries
}
