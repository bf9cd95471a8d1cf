package codepipeline_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awspipeline "github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/aws/smithy-go"

	"sluice/test/sandbox/sandboxtest"
)

func kind(c types.ActionCategory, provider string) *types.ActionTypeId {
	return &types.ActionTypeId{Category: c, Owner: types.ActionOwnerAws, Provider: &provider, Version: aws.String("1")}
}

// declared is a pipeline of a source and a manual approval.
func declared() *types.PipelineDeclaration {
	return &types.PipelineDeclaration{
		Name: aws.String("checkout"), RoleArn: aws.String("arn:aws:iam::123456789012:role/pipeline"), Stages: []types.StageDeclaration{
			{Name: aws.String("Source"), Actions: []types.ActionDeclaration{{Name: aws.String("Code"), ActionTypeId: kind(types.ActionCategorySource, "CodeCommit")}}},
			{Name: aws.String("Release"), Actions: []types.ActionDeclaration{{Name: aws.String("Approve"), ActionTypeId: kind(types.ActionCategoryApproval, "Manual")}}},
		},
	}
}

type account struct {
	*testing.T
	*awspipeline.Client
}

func open(t *testing.T) account {
	t.Helper()
	a := account{t, awspipeline.NewFromConfig(sandboxtest.Boot(t).Config(""))}
	if _, err := a.CreatePipeline(t.Context(), &awspipeline.CreatePipelineInput{Pipeline: declared()}); err != nil {
		t.Fatal(err)
	}
	return a
}

func (a account) starts(commit string) string {
	a.Helper()
	out, err := a.StartPipelineExecution(a.Context(), &awspipeline.StartPipelineExecutionInput{Name: aws.String("checkout"), SourceRevisions: []types.SourceRevisionOverride{
		{ActionName: aws.String("Code"), RevisionType: types.SourceRevisionTypeCommitId, RevisionValue: &commit},
	}})
	if err != nil {
		a.Fatal(err)
	}
	return *out.PipelineExecutionId
}

// stands is the execution in the approval's stage, and the action as it is.
func (a account) stands() (execution string, action types.ActionExecution) {
	a.Helper()
	out, err := a.GetPipelineState(a.Context(), &awspipeline.GetPipelineStateInput{Name: aws.String("checkout")})
	if err != nil {
		a.Fatal(err)
	}
	s := out.StageStates[1]
	return *s.LatestExecution.PipelineExecutionId, *s.ActionStates[0].LatestExecution
}

func (a account) puts(token *string, status types.ApprovalStatus) error {
	_, err := a.PutApprovalResult(a.Context(), &awspipeline.PutApprovalResultInput{
		PipelineName: aws.String("checkout"), StageName: aws.String("Release"), ActionName: aws.String("Approve"), Token: token,
		Result: &types.ApprovalResult{Status: status, Summary: aws.String("ok")},
	})
	return err
}

func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

func TestApprovalIsTakenOnceAndWithItsToken(t *testing.T) {
	a := open(t)
	id := a.starts("c0ffee")
	execution, action := a.stands()
	if execution != id || action.Status != types.ActionExecutionStatusInProgress || action.Token == nil {
		t.Fatalf("execution %s waits as %+v", execution, action)
	}
	for want, token := range map[string]string{"ValidationException": "guessed", "InvalidApprovalTokenException": "00000000-0000-0000-0000-000000000000"} {
		if err := a.puts(&token, types.ApprovalStatusApproved); code(err) != want {
			t.Errorf("token %s: %v, want %s", token, err, want)
		}
	}
	if err := a.puts(action.Token, types.ApprovalStatusApproved); err != nil {
		t.Fatal(err)
	}
	if err := a.puts(action.Token, types.ApprovalStatusRejected); code(err) != "ApprovalAlreadyCompletedException" {
		t.Errorf("twice: %v", err)
	}
	_, action = a.stands()
	if action.Status != types.ActionExecutionStatusSucceeded || aws.ToString(action.LastUpdatedBy) != "arn:aws:iam::123456789012:user/keyboard" {
		t.Errorf("it stands as %s by %s", action.Status, aws.ToString(action.LastUpdatedBy))
	}
	out, err := a.GetPipelineExecution(t.Context(), &awspipeline.GetPipelineExecutionInput{PipelineName: aws.String("checkout"), PipelineExecutionId: &id})
	if err != nil || out.PipelineExecution.Status != types.PipelineExecutionStatusSucceeded || *out.PipelineExecution.ArtifactRevisions[0].RevisionId != "c0ffee" {
		t.Errorf("%v, %+v", err, out)
	}
}

// One execution is in a stage at a time; of those at its door the newest is let in.
func TestNewestExecutionIsLetInAfterTheOneThatWaits(t *testing.T) {
	a := open(t)
	first, second, third := a.starts("1"), a.starts("2"), a.starts("3")
	execution, action := a.stands()
	if execution != first {
		t.Fatalf("%s is in the stage, want the first", execution)
	}
	if err := a.puts(action.Token, types.ApprovalStatusRejected); err != nil {
		t.Fatal(err)
	}
	if execution, next := a.stands(); execution != third || next.Status != types.ActionExecutionStatusInProgress || *next.Token == *action.Token {
		t.Errorf("%s is in the stage with %+v, want the third and a new token", execution, next)
	}
	for id, want := range map[string]types.PipelineExecutionStatus{first: "Failed", second: "Superseded", third: "InProgress"} {
		out, err := a.GetPipelineExecution(t.Context(), &awspipeline.GetPipelineExecutionInput{PipelineName: aws.String("checkout"), PipelineExecutionId: &id})
		if err != nil || out.PipelineExecution.Status != want {
			t.Errorf("%v, %s, want %s", err, out.PipelineExecution.Status, want)
		}
	}
}

func TestWhatIsNotThereIsSaid(t *testing.T) {
	a := open(t)
	token := aws.String("00000000-0000-0000-0000-000000000000")
	result := &types.ApprovalResult{Status: types.ApprovalStatusApproved, Summary: aws.String("")}
	for want, names := range map[string][3]string{
		"PipelineNotFoundException": {"basket", "Release", "Approve"}, "StageNotFoundException": {"checkout", "Prod", "Approve"}, "ActionNotFoundException": {"checkout", "Release", "Go"},
	} {
		_, err := a.PutApprovalResult(t.Context(), &awspipeline.PutApprovalResultInput{PipelineName: &names[0], StageName: &names[1], ActionName: &names[2], Token: token, Result: result})
		if code(err) != want {
			t.Errorf("%v: %v, want %s", names, err, want)
		}
	}
	if _, err := a.GetPipelineState(t.Context(), &awspipeline.GetPipelineStateInput{Name: aws.String("basket")}); code(err) != "PipelineNotFoundException" {
		t.Errorf("state of no pipeline: %v", err)
	}
	_, err := a.GetPipelineExecution(t.Context(), &awspipeline.GetPipelineExecutionInput{PipelineName: aws.String("checkout"), PipelineExecutionId: token})
	if code(err) != "PipelineExecutionNotFoundException" {
		t.Errorf("no execution: %v", err)
	}
	if _, err := a.ListPipelines(t.Context(), &awspipeline.ListPipelinesInput{}); code(err) == "" {
		t.Error("what is not implemented is answered")
	}
	d := declared()
	d.Name, d.Stages[1].Actions[0].ActionTypeId = aws.String("other"), kind(types.ActionCategoryDeploy, "CodeDeploy")
	if _, err := a.CreatePipeline(t.Context(), &awspipeline.CreatePipelineInput{Pipeline: d}); err == nil {
		t.Error("a deploy action is taken, and would do nothing")
	}
}
