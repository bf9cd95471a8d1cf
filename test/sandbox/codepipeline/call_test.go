package codepipeline

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"sluice/test/sandbox/wire"
)

// rig is a pipeline whose stage Release is one function, which answers nothing by itself.
type rig struct {
	*Service
	t    *testing.T
	jobs []job // as the function got them
	deny error
}

type job struct {
	ID   string
	Data struct {
		Action struct{ Configuration map[string]string } `json:"actionConfiguration"`
		Input  []struct{ Name, Revision string }         `json:"inputArtifacts"`
		Token  string                                    `json:"continuationToken"`
	}
}

func play(t *testing.T, story func(r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{t: t}
		ctx, end := context.WithCancel(t.Context())
		defer end()
		r.Service = New(ctx, Options{Home: wire.Home{Region: "us-east-1", Account: "123456789012"}, Emit: func(context.Context, string, []string, any) {}, Invoke: r.invoke})
		story(r)
	})
}

func (r *rig) invoke(_ context.Context, role, function string, payload []byte) error {
	if r.deny != nil {
		return r.deny
	}
	var e struct {
		Job job `json:"CodePipeline.job"`
	}
	if err := json.Unmarshal(payload, &e); err != nil || role != "arn:aws:iam::123456789012:role/pipeline" || function != "arn:aws:lambda:us-east-1:123456789012:function:stage" {
		r.t.Errorf("%s invokes %s with %s (%v)", role, function, payload, err)
	}
	r.jobs = append(r.jobs, e.Job)
	return nil
}

func of(c types.ActionCategory, provider string) *types.ActionTypeId {
	return &types.ActionTypeId{Category: c, Owner: types.ActionOwnerAws, Provider: &provider, Version: aws.String("1")}
}

// declared is a pipeline of type V2 with the stage.
func declared(release types.StageDeclaration) *types.PipelineDeclaration {
	release.Name = aws.String("Release")
	return &types.PipelineDeclaration{
		Name: aws.String("shop"), RoleArn: aws.String("arn:aws:iam::123456789012:role/pipeline"), PipelineType: types.PipelineTypeV2, Stages: []types.StageDeclaration{
			{Name: aws.String("Source"), Actions: []types.ActionDeclaration{{
				Name: aws.String("Code"), Namespace: aws.String("Source"), ActionTypeId: of(types.ActionCategorySource, "CodeCommit"), OutputArtifacts: []types.OutputArtifact{{Name: aws.String("Code")}},
			}}},
			release,
		},
	}
}

// invoking is a stage of one function.
func invoking(parameters string) types.StageDeclaration {
	return types.StageDeclaration{Actions: []types.ActionDeclaration{{
		Name: aws.String("Invoke"), Namespace: aws.String("Made"), ActionTypeId: of(types.ActionCategoryInvoke, "Lambda"), InputArtifacts: []types.InputArtifact{{Name: aws.String("Code")}},
		Configuration: map[string]string{"FunctionName": "stage", "UserParameters": parameters},
	}}}
}

func (r *rig) makes(release types.StageDeclaration) {
	r.t.Helper()
	if _, err := r.CreatePipeline(r.t.Context(), &codepipeline.CreatePipelineInput{Pipeline: declared(release)}); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) starts(commit string) string {
	r.t.Helper()
	out, err := r.StartPipelineExecution(r.t.Context(), &codepipeline.StartPipelineExecutionInput{Name: aws.String("shop"), SourceRevisions: []types.SourceRevisionOverride{
		{ActionName: aws.String("Code"), RevisionType: types.SourceRevisionTypeCommitId, RevisionValue: &commit},
	}})
	if err != nil {
		r.t.Fatal(err)
	}
	synctest.Wait()
	return *out.PipelineExecutionId
}

// last is the newest job.
func (r *rig) last() job {
	r.t.Helper()
	synctest.Wait()
	if len(r.jobs) == 0 {
		r.t.Fatal("the function was not invoked")
	}
	return r.jobs[len(r.jobs)-1]
}

func (r *rig) goesOn(j job, token string) error {
	_, err := r.PutJobSuccessResult(r.t.Context(), &codepipeline.PutJobSuccessResultInput{JobId: &j.ID, ContinuationToken: &token})
	return err
}

func (r *rig) succeeds(j job, variables map[string]string) error {
	_, err := r.PutJobSuccessResult(r.t.Context(), &codepipeline.PutJobSuccessResultInput{JobId: &j.ID, OutputVariables: variables})
	return err
}

func (r *rig) fails(j job) error {
	_, err := r.PutJobFailureResult(r.t.Context(), &codepipeline.PutJobFailureResultInput{JobId: &j.ID, FailureDetails: &types.FailureDetails{Type: types.FailureTypeJobFailed, Message: aws.String("no")}})
	return err
}

func (r *rig) stage() types.StageState {
	r.t.Helper()
	out, err := r.GetPipelineState(r.t.Context(), &codepipeline.GetPipelineStateInput{Name: aws.String("shop")})
	if err != nil {
		r.t.Fatal(err)
	}
	return out.StageStates[1]
}

func (r *rig) is(status types.StageExecutionStatus) {
	r.t.Helper()
	if at := r.stage(); at.LatestExecution.Status != status {
		r.t.Errorf("the stage is %s, want %s", at.LatestExecution.Status, status)
	}
}

func TestFunctionIsCalledAgainAsAnotherJobUntilItEnds(t *testing.T) {
	play(t, func(r *rig) {
		r.makes(invoking(`{"commit":"#{Source.CommitId}","execution":"#{codepipeline.PipelineExecutionId}"}`))
		id := r.starts("c0ffee")
		first := r.last()
		if said := first.Data.Action.Configuration["UserParameters"]; said != `{"commit":"c0ffee","execution":"`+id+`"}` || first.Data.Input[0].Revision != "c0ffee" || first.Data.Token != "" {
			t.Errorf("the function gets %+v", first)
		}
		if err := r.goesOn(first, "mine"); err != nil {
			t.Fatal(err)
		}
		var over *types.InvalidJobStateException
		if err := r.goesOn(first, "mine"); !errors.As(err, &over) {
			t.Errorf("a job is answered twice: %v", err)
		}
		time.Sleep(again)
		second := r.last()
		if second.ID == first.ID || second.Data.Token != "mine" {
			t.Errorf("the next job is %+v", second)
		}
		if err := r.succeeds(second, map[string]string{"release": "r1"}); err != nil {
			t.Fatal(err)
		}
		r.is(types.StageExecutionStatusSucceeded)
		if err := r.succeeds(second, nil); !errors.As(err, &over) {
			t.Errorf("a job is answered after its end: %v", err)
		}
		var missing *types.JobNotFoundException
		if err := r.succeeds(job{ID: "00000000-0000-0000-0000-000000000000"}, nil); !errors.As(err, &missing) {
			t.Errorf("a job that is not there: %v", err)
		}
		time.Sleep(time.Hour)
		if len(r.jobs) != 2 {
			t.Errorf("%d jobs, want 2", len(r.jobs))
		}
	})
}

func TestClocksOfAFunctionRunOut(t *testing.T) {
	for name, test := range map[string]struct {
		answers time.Duration // for how long it answers that it goes on
		fails   time.Duration // after which the action has failed
	}{"it never answers": {0, silent}, "it falls silent": {time.Hour, time.Hour + again + silent}, "it answers for a day": {whole - 5*again, whole}} {
		t.Run(name, func(t *testing.T) {
			play(t, func(r *rig) {
				r.makes(invoking("{}"))
				r.starts("c0ffee")
				began := time.Now()
				for time.Since(began) < test.answers {
					if err := r.goesOn(r.last(), "mine"); err != nil {
						t.Fatal(err)
					}
					time.Sleep(again)
				}
				time.Sleep(test.fails - time.Since(began) - 2*again)
				r.is(types.StageExecutionStatusInProgress)
				time.Sleep(3 * again)
				r.is(types.StageExecutionStatusFailed)
				if r.stage().ActionStates[0].LatestExecution.ErrorDetails == nil {
					t.Error("nobody says why")
				}
			})
		})
	}
}

// What the service refuses, as its pages say.
func TestAnswersThatCodePipelineRefuses(t *testing.T) {
	play(t, func(r *rig) {
		r.makes(invoking("{}"))
		r.starts("c0ffee")
		id, long := r.last().ID, string(make([]rune, 5001))
		for name, in := range map[string]*codepipeline.PutJobSuccessResultInput{
			"an id that is none":      {JobId: aws.String("job")},
			"an empty token":          {JobId: &id, ContinuationToken: aws.String("")},
			"a long token":            {JobId: &id, ContinuationToken: &long},
			"variables with a token":  {JobId: &id, ContinuationToken: aws.String("mine"), OutputVariables: map[string]string{"a": "b"}},
			"a variable with a blank": {JobId: &id, OutputVariables: map[string]string{"a b": "c"}},
			"an empty summary":        {JobId: &id, ExecutionDetails: &types.ExecutionDetails{Summary: aws.String("")}},
			"a long summary":          {JobId: &id, ExecutionDetails: &types.ExecutionDetails{Summary: &long}},
		} {
			var unfit *types.ValidationException
			if _, err := r.PutJobSuccessResult(t.Context(), in); !errors.As(err, &unfit) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for name, details := range map[string]*types.FailureDetails{
			"nothing": nil, "an empty message": {Type: types.FailureTypeJobFailed, Message: aws.String("")}, "a long message": {Type: types.FailureTypeJobFailed, Message: &long},
			"another type": {Type: "Tired", Message: aws.String("no")},
		} {
			var unfit *types.ValidationException
			if _, err := r.PutJobFailureResult(t.Context(), &codepipeline.PutJobFailureResultInput{JobId: &id, FailureDetails: details}); !errors.As(err, &unfit) {
				t.Errorf("a failure with %s: %v", name, err)
			}
		}
		r.is(types.StageExecutionStatusInProgress)
	})
}

func TestFunctionThatCannotBeInvokedFailsTheAction(t *testing.T) {
	play(t, func(r *rig) {
		r.deny = errors.New("not authorized")
		r.makes(invoking("{}"))
		r.starts("c0ffee")
		time.Sleep(time.Second)
		r.is(types.StageExecutionStatusFailed)
	})
	play(t, func(r *rig) {
		r.makes(invoking("#{Nobody.NAME}"))
		r.starts("c0ffee")
		time.Sleep(time.Second)
		r.is(types.StageExecutionStatusFailed)
	})
}
