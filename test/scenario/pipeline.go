package scenario

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

// Piped is Asking with a manual approval of CodePipeline that is the same question. Whoever of its people has an ARN may answer there.
const Piped = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":5,"bake":"10m"},{"weight":25,"bake":"10m"},{"weight":50,"bake":"10m"}]}},
	"people":{"ada":{"aws":"arn:aws:iam::123456789012:user/ada","event":"ada"},"grace":{"aws":"arn:aws:iam::123456789012:user/grace","event":"grace"},
		"linus":{"aws":"arn:aws:sts::123456789012:assumed-role/Developer/linus","event":"linus"}},
	"approvals":[{"before":"last","from":["ada","grace","linus"],"within":"4h","pipeline":{"name":"checkout","stage":"Release","action":"Approve"}}],
	"guard":{"alarms":["checkout-errors"]},"revertWindow":"1h"}`

// IAM is the ARN of a user.
func IAM(user string) string { return "arn:aws:iam::123456789012:user/" + user }

// GivenPipeline makes the pipeline: a source, and a manual approval.
func (w *World) GivenPipeline() {
	w.T.Helper()
	_, err := w.Sandbox.CodePipeline.CreatePipeline(w.ctx, &codepipeline.CreatePipelineInput{Pipeline: &types.PipelineDeclaration{
		Name: aws.String("checkout"), RoleArn: aws.String("arn:aws:iam::123456789012:role/pipeline"),
		Stages: []types.StageDeclaration{
			{Name: aws.String("Source"), Actions: []types.ActionDeclaration{{Name: aws.String("Code"), ActionTypeId: &types.ActionTypeId{
				Category: types.ActionCategorySource, Owner: types.ActionOwnerAws, Provider: aws.String("CodeStarSourceConnection"), Version: aws.String("1"),
			}}}},
			{Name: aws.String("Release"), Actions: []types.ActionDeclaration{{Name: aws.String("Approve"), ActionTypeId: &types.ActionTypeId{
				Category: types.ActionCategoryApproval, Owner: types.ActionOwnerAws, Provider: aws.String("Manual"), Version: aws.String("1"),
			}}}},
		},
	}})
	w.must(err)
}

// Carries starts an execution of the pipeline with a commit, which waits at once for somebody's answer.
func (w *World) Carries(commit string) {
	w.T.Helper()
	_, err := w.Sandbox.CodePipeline.StartPipelineExecution(w.ctx, &codepipeline.StartPipelineExecutionInput{
		Name: aws.String("checkout"), SourceRevisions: []types.SourceRevisionOverride{{
			ActionName: aws.String("Code"), RevisionType: types.SourceRevisionTypeCommitId, RevisionValue: &commit,
		}},
	})
	w.must(err)
}

// InPipeline is how the manual approval stands, and what was said in it by whom.
func (w *World) InPipeline() types.ActionExecution {
	w.T.Helper()
	out, err := w.Sandbox.CodePipeline.GetPipelineState(w.ctx, &codepipeline.GetPipelineStateInput{Name: aws.String("checkout")})
	w.must(err)
	if last := out.StageStates[1].ActionStates[0].LatestExecution; last != nil {
		return *last
	}
	return types.ActionExecution{}
}

// Puts has somebody answer the manual approval that waits; summary is their comment.
func (w *World) Puts(by string, status types.ApprovalStatus, summary string) {
	w.T.Helper()
	_, err := w.Sandbox.CodePipeline.PutApprovalResultAs(by, &codepipeline.PutApprovalResultInput{
		PipelineName: aws.String("checkout"), StageName: aws.String("Release"), ActionName: aws.String("Approve"), Token: w.InPipeline().Token,
		Result: &types.ApprovalResult{Status: status, Summary: &summary},
	})
	w.must(err)
}
