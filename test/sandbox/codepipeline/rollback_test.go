package codepipeline

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

func (r *rig) back(stage, target string) (string, error) {
	out, err := r.RollbackStage(r.t.Context(), &codepipeline.RollbackStageInput{PipelineName: aws.String("shop"), StageName: &stage, TargetPipelineExecutionId: &target})
	synctest.Wait()
	if err != nil {
		return "", err
	}
	return *out.PipelineExecutionId, nil
}

// passes runs the pipeline with a commit, and its function succeeds.
func (r *rig) passes(commit string) string {
	r.t.Helper()
	id := r.starts(commit)
	if err := r.succeeds(r.last(), map[string]string{"of": commit}); err != nil {
		r.t.Fatal(err)
	}
	return id
}

func TestRollbackRunsTheStageWithWhatItsTargetBrought(t *testing.T) {
	play(t, func(r *rig) {
		r.makes(invoking("#{Source.CommitId}"))
		first := r.passes("1")
		r.passes("2")
		id, err := r.back("Release", first)
		if err != nil {
			t.Fatal(err)
		}
		if j := r.last(); j.Data.Action.Configuration["UserParameters"] != "1" || j.Data.Input[0].Revision != "1" {
			t.Errorf("the function gets %+v", j)
		}
		if err := r.succeeds(r.last(), nil); err != nil {
			t.Fatal(err)
		}
		out, err := r.GetPipelineExecution(t.Context(), &codepipeline.GetPipelineExecutionInput{PipelineName: aws.String("shop"), PipelineExecutionId: &id})
		if e := out.PipelineExecution; err != nil || e.ExecutionType != types.ExecutionTypeRollback || e.Trigger.TriggerType != types.TriggerTypeManualRollback ||
			*e.RollbackMetadata.RollbackTargetPipelineExecutionId != first || e.Status != types.PipelineExecutionStatusSucceeded {
			t.Errorf("the rollback is %+v (%v)", e, err)
		}
	})
}

func TestRollbacksThatCodePipelineRefuses(t *testing.T) {
	play(t, func(r *rig) {
		r.makes(invoking("{}"))
		first := r.passes("1")
		failed := r.starts("2")
		var unable *types.UnableToRollbackStageException
		if _, err := r.back("Release", first); !errors.As(err, &unable) {
			t.Errorf("while the stage runs: %v", err)
		}
		if err := r.fails(r.last()); err != nil {
			t.Fatal(err)
		}
		rolled, err := r.back("Release", first)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.succeeds(r.last(), nil); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct{ stage, target string }{
			"a source": {"Source", first}, "what never succeeded there": {"Release", failed}, "a rollback": {"Release", rolled},
		} {
			if _, err := r.back(c.stage, c.target); !errors.As(err, &unable) {
				t.Errorf("%s: %v", name, err)
			}
		}
		var unknown *types.PipelineExecutionNotFoundException
		if _, err := r.back("Release", "00000000-0000-0000-0000-000000000000"); !errors.As(err, &unknown) {
			t.Errorf("an execution that is not there: %v", err)
		}
		if _, err := r.UpdatePipeline(t.Context(), &codepipeline.UpdatePipelineInput{Pipeline: declared(invoking(`{"now":"other"}`))}); err != nil {
			t.Fatal(err)
		}
		var outdated *types.PipelineExecutionOutdatedException
		if _, err := r.back("Release", first); !errors.As(err, &outdated) {
			t.Errorf("an execution of the structure before: %v", err)
		}
	})
}

func TestStageIsRetriedForTheExecutionThatFailedInIt(t *testing.T) {
	play(t, func(r *rig) {
		r.makes(invoking("{}"))
		retry := func(id string) error {
			_, err := r.RetryStageExecution(t.Context(), &codepipeline.RetryStageExecutionInput{
				PipelineName: aws.String("shop"), StageName: aws.String("Release"), PipelineExecutionId: &id, RetryMode: types.StageRetryModeFailedActions,
			})
			return err
		}
		first := r.starts("1")
		var not *types.StageNotRetryableException
		if err := retry(first); !errors.As(err, &not) {
			t.Errorf("while it runs: %v", err)
		}
		before := r.last()
		if err := r.fails(before); err != nil {
			t.Fatal(err)
		}
		if err := retry(first); err != nil {
			t.Fatal(err)
		}
		if j := r.last(); j.ID == before.ID || j.Data.Token != "" {
			t.Errorf("the function is called with %+v", j)
		}
		if err := r.fails(r.last()); err != nil {
			t.Fatal(err)
		}
		r.starts("2")
		var later *types.NotLatestPipelineExecutionException
		if err := retry(first); !errors.As(err, &later) {
			t.Errorf("after a later one: %v", err)
		}
	})
}

// judging is a stage of one function, and of one rule.
func judging(result types.Result) types.StageDeclaration {
	st := invoking("action")
	st.OnSuccess = &types.SuccessConditions{Conditions: []types.Condition{{Result: result, Rules: []types.RuleDeclaration{{
		Name: aws.String("Verdict"), RuleTypeId: &types.RuleTypeId{Category: types.RuleCategoryRule, Owner: types.RuleOwnerAws, Provider: aws.String("LambdaInvoke"), Version: aws.String("1")},
		Configuration: map[string]string{"FunctionName": "stage", "UserParameters": "rule"},
	}}}}}
	return st
}

func TestRuleDecidesWhetherItsStageSucceeds(t *testing.T) {
	for result, kind := range map[types.Result]types.ExecutionType{types.ResultRollback: types.ExecutionTypeRollback, types.ResultFail: types.ExecutionTypeStandard} {
		play(t, func(r *rig) {
			r.makes(judging(result))
			r.passes("1")
			r.is(types.StageExecutionStatusInProgress)
			if j := r.last(); j.Data.Action.Configuration["UserParameters"] != "rule" {
				t.Fatalf("the rule's function gets %+v", j)
			}
			if err := r.succeeds(r.last(), nil); err != nil {
				t.Fatal(err)
			}
			r.is(types.StageExecutionStatusSucceeded)
			r.passes("2")
			if err := r.fails(r.last()); err != nil {
				t.Fatal(err)
			}
			if at := r.stage(); at.LatestExecution.Type != kind || at.OnSuccessConditionState.LatestExecution.Status != types.ConditionExecutionStatusFailed {
				t.Errorf("%s: the stage is %+v", result, at.LatestExecution)
			}
		})
	}
}

func TestStageThatFailsGoesBackIfThereIsAnythingToGoBackTo(t *testing.T) {
	play(t, func(r *rig) {
		st := invoking("{}")
		st.OnFailure = &types.FailureConditions{Result: types.ResultRollback}
		r.makes(st)
		r.starts("1")
		if err := r.fails(r.last()); err != nil {
			t.Fatal(err)
		}
		r.is(types.StageExecutionStatusFailed)
		r.passes("2")
		r.starts("3")
		r.starts("4") // it waits at the door until the stage is back
		if err := r.fails(r.last()); err != nil {
			t.Fatal(err)
		}
		if j := r.last(); j.Data.Input[0].Revision != "2" {
			t.Errorf("the stage goes back to %+v", j.Data.Input)
		}
		if err := r.succeeds(r.last(), nil); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if j := r.last(); j.Data.Input[0].Revision != "4" {
			t.Errorf("then comes %+v", j.Data.Input)
		}
	})
}

func TestStructuresThatCodePipelineRefuses(t *testing.T) {
	six := judging(types.ResultFail)
	for range 5 {
		six.OnSuccess.Conditions[0].Rules = append(six.OnSuccess.Conditions[0].Rules, six.OnSuccess.Conditions[0].Rules[0])
	}
	unnamed := invoking("{}")
	delete(unnamed.Actions[0].Configuration, "FunctionName")
	v1 := declared(judging(types.ResultRollback))
	v1.PipelineType = types.PipelineTypeV1
	for name, d := range map[string]*types.PipelineDeclaration{
		"a condition that skips": declared(judging(types.ResultSkip)), "six rules": declared(six), "no function": declared(unnamed), "conditions of a V1 pipeline": v1,
	} {
		play(t, func(r *rig) {
			var wrong *types.InvalidStructureException
			if _, err := r.CreatePipeline(t.Context(), &codepipeline.CreatePipelineInput{Pipeline: d}); !errors.As(err, &wrong) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}
