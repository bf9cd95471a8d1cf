package scenario

import (
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

// Shop is a team's pipeline that has Sluice in its stage Release.
const Shop = "shop"

// Piping is the stack of a team that has a pipeline: its role may invoke Sluice's function and begin executions of its state machine for stages, and nothing
// else.
const Piping = `{"Resources":{"Pipeline":{"Type":"AWS::IAM::Role","Properties":{"RoleName":"shop-pipeline",
	"AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"codepipeline.amazonaws.com"},"Action":"sts:AssumeRole"}]},
	"Policies":[{"PolicyName":"release","PolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"lambda:InvokeFunction",
		"Resource":"arn:aws:lambda:us-east-1:123456789012:function:sluice-sandbox-stage"},
		{"Effect":"Allow","Action":["states:DescribeStateMachine","states:StartExecution"],"Resource":"` + StageMachine + `"},
		{"Effect":"Allow","Action":"states:DescribeExecution","Resource":"arn:aws:states:us-east-1:123456789012:execution:sluice-sandbox-stage:*"}]}}]}}}}`

// StageMachine is Sluice's state machine for stages of pipelines.
const StageMachine = "arn:aws:states:us-east-1:123456789012:stateMachine:sluice-sandbox-stage"

// jobOf is the first call of an action of a pipeline that is somewhere else.
func jobOf(parameters string) []byte {
	event, _ := json.Marshal(map[string]any{"CodePipeline.job": map[string]any{ // it cannot fail on texts
		"id":   "c0d76431-b0e7-4a5b-97e3-e8ee786eb6f6",
		"data": map[string]any{"actionConfiguration": map[string]any{"configuration": map[string]any{"UserParameters": parameters}}},
	}})
	return event
}

// GivenShop makes the pipeline: a source, whose revisions stand for what a build would make of them, and the stage Release.
func (w *World) GivenShop(release types.StageDeclaration) {
	w.T.Helper()
	release.Name = aws.String("Release")
	_, err := w.Sandbox.CodePipeline.CreatePipeline(w.ctx, &codepipeline.CreatePipelineInput{Pipeline: &types.PipelineDeclaration{
		Name: aws.String(Shop), RoleArn: aws.String("arn:aws:iam::123456789012:role/shop-pipeline"), PipelineType: types.PipelineTypeV2,
		Stages: []types.StageDeclaration{
			{Name: aws.String("Source"), Actions: []types.ActionDeclaration{{
				Name: aws.String("Code"), Namespace: aws.String("Source"), ActionTypeId: typeOf(types.ActionCategorySource, "CodeStarSourceConnection"),
				OutputArtifacts: []types.OutputArtifact{{Name: aws.String("Code")}},
			}}},
			release,
		},
	}})
	w.must(err)
}

func typeOf(category types.ActionCategory, provider string) *types.ActionTypeId {
	return &types.ActionTypeId{Category: category, Owner: types.ActionOwnerAws, Provider: &provider, Version: aws.String("1")}
}

// OfRevision is what an action says that has Sluice release what the source brought.
const OfRevision = `{"service":"checkout","revision":"#{Source.CommitId}","author":"ada","reason":"execution #{codepipeline.PipelineExecutionId}"}`

// OfCommit is what an action says that waits for the release of the source's commit.
const OfCommit = `{"service":"checkout"}`

// AnAction is a stage of one action, which is Sluice.
func AnAction(parameters string) types.StageDeclaration {
	return types.StageDeclaration{Actions: []types.ActionDeclaration{{
		Name: aws.String("Sluice"), Namespace: aws.String("Sluice"), ActionTypeId: typeOf(types.ActionCategoryInvoke, "Lambda"),
		Configuration: invoking(parameters), InputArtifacts: []types.InputArtifact{{Name: aws.String("Code")}},
	}}}
}

// AnExecution is a stage of one action, for which Sluice's state machine waits.
func AnExecution(input string) types.StageDeclaration {
	return types.StageDeclaration{Actions: []types.ActionDeclaration{{
		Name: aws.String("Sluice"), Namespace: aws.String("Sluice"), ActionTypeId: typeOf(types.ActionCategoryInvoke, "StepFunctions"),
		Configuration: map[string]string{"StateMachineArn": StageMachine, "ExecutionNamePrefix": "shop", "Input": input},
	}}}
}

// AVerdict is a stage in which somebody signs, and which succeeds when Sluice says so. If not, CodePipeline takes it back.
func AVerdict(parameters string) types.StageDeclaration {
	return types.StageDeclaration{
		Actions: []types.ActionDeclaration{{Name: aws.String("Sign"), ActionTypeId: typeOf(types.ActionCategoryApproval, "Manual")}},
		OnSuccess: &types.SuccessConditions{Conditions: []types.Condition{{Result: types.ResultRollback, Rules: []types.RuleDeclaration{{
			Name: aws.String("Sluice"), RuleTypeId: &types.RuleTypeId{Category: types.RuleCategoryRule, Owner: types.RuleOwnerAws, Provider: aws.String("LambdaInvoke"), Version: aws.String("1")},
			Configuration: invoking(parameters), InputArtifacts: []types.InputArtifact{{Name: aws.String("Code")}},
		}}}}},
	}
}

func invoking(parameters string) map[string]string {
	return map[string]string{"FunctionName": stackName + "-stage", "UserParameters": parameters}
}

// Runs starts the pipeline with a revision of its source, and answers the id of the execution.
func (w *World) Runs(revision string) string {
	w.T.Helper()
	out, err := w.Sandbox.CodePipeline.StartPipelineExecution(w.ctx, &codepipeline.StartPipelineExecutionInput{
		Name: aws.String(Shop), SourceRevisions: []types.SourceRevisionOverride{{ActionName: aws.String("Code"), RevisionType: types.SourceRevisionTypeCommitId, RevisionValue: &revision}},
	})
	w.must(err)
	return *out.PipelineExecutionId
}

// Retries has CodePipeline run the stage Release again for an execution that failed in it.
func (w *World) Retries(execution string) {
	w.T.Helper()
	_, err := w.Sandbox.CodePipeline.RetryStageExecution(w.ctx, &codepipeline.RetryStageExecutionInput{
		PipelineName: aws.String(Shop), StageName: aws.String("Release"), PipelineExecutionId: &execution, RetryMode: types.StageRetryModeFailedActions,
	})
	w.must(err)
}

// InShop is how the stage Release stands.
func (w *World) InShop() types.StageState {
	w.T.Helper()
	out, err := w.Sandbox.CodePipeline.GetPipelineState(w.ctx, &codepipeline.GetPipelineStateInput{Name: aws.String(Shop)})
	w.must(err)
	return out.StageStates[1]
}

// RunOf is how an execution of the pipeline stands.
func (w *World) RunOf(execution string) types.PipelineExecution {
	w.T.Helper()
	out, err := w.Sandbox.CodePipeline.GetPipelineExecution(w.ctx, &codepipeline.GetPipelineExecutionInput{PipelineName: aws.String(Shop), PipelineExecutionId: &execution})
	w.must(err)
	return *out.PipelineExecution
}

// Exports is what the action has made for later ones.
func (w *World) Exports() map[string]string {
	w.T.Helper()
	out, err := w.Sandbox.CodePipeline.ListActionExecutions(w.ctx, &codepipeline.ListActionExecutionsInput{PipelineName: aws.String(Shop)})
	w.must(err)
	for _, d := range out.ActionExecutionDetails {
		if *d.ActionName == "Sluice" {
			return d.Output.OutputVariables
		}
	}
	return nil
}

// Signs approves in the stage of AVerdict.
func (w *World) Signs() {
	w.T.Helper()
	_, err := w.Sandbox.CodePipeline.PutApprovalResultAs(IAM("grace"), &codepipeline.PutApprovalResultInput{
		PipelineName: aws.String(Shop), StageName: aws.String("Release"), ActionName: aws.String("Sign"), Token: w.InShop().ActionStates[0].LatestExecution.Token,
		Result: &types.ApprovalResult{Status: types.ApprovalStatusApproved, Summary: aws.String("")},
	})
	w.must(err)
}

// StageRollbacks is how often a stage of the pipeline was taken back.
func (w *World) StageRollbacks() (n int) {
	w.T.Helper()
	out, err := w.Sandbox.CodePipeline.ListPipelineExecutions(w.ctx, &codepipeline.ListPipelineExecutionsInput{PipelineName: aws.String(Shop)})
	w.must(err)
	for _, e := range out.PipelineExecutionSummaries {
		if e.ExecutionType == types.ExecutionTypeRollback {
			n++
		}
	}
	return n
}
