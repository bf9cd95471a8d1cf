package codepipeline

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

// building is a stage in which CodeBuild builds.
func building(namespace *string) types.StageDeclaration {
	return types.StageDeclaration{Actions: []types.ActionDeclaration{{
		Name: aws.String("Build"), Namespace: namespace, ActionTypeId: of(types.ActionCategoryBuild, "CodeBuild"), InputArtifacts: []types.InputArtifact{{Name: aws.String("Code")}},
		Configuration: map[string]string{"ProjectName": "shop"},
	}}}
}

// builds has each build take a minute and export its commit; told are the states of executions.
func (r *rig) builds(failed string) (told *[]string) {
	told = new([]string)
	var mu sync.Mutex
	r.Build = func(ctx context.Context, role, project, commit string) (Built, error) {
		select {
		case <-ctx.Done():
		case <-time.After(time.Minute):
		}
		return Built{ID: project + ":1", Failed: failed, Exported: map[string]string{"OF": commit}}, nil
	}
	r.Emit = func(_ context.Context, detailType string, _ []string, detail any) {
		if detailType == "CodePipeline Pipeline Execution State Change" {
			mu.Lock()
			defer mu.Unlock()
			*told = append(*told, detail.(map[string]any)["state"].(string))
		}
	}
	return told
}

func (r *rig) actions(execution string) map[string]types.ActionExecutionDetail {
	r.t.Helper()
	out, err := r.ListActionExecutions(r.t.Context(), &codepipeline.ListActionExecutionsInput{PipelineName: aws.String("shop"), Filter: &types.ActionExecutionFilter{PipelineExecutionId: &execution}})
	if err != nil {
		r.t.Fatal(err)
	}
	all := map[string]types.ActionExecutionDetail{}
	for _, a := range out.ActionExecutionDetails {
		all[*a.ActionName] = a
	}
	return all
}

// An execution's actions stay known when others have passed the stage since.
func TestBuildOfAnExecutionIsListedWithWhatItExported(t *testing.T) {
	play(t, func(r *rig) {
		told := r.builds("")
		r.makes(building(aws.String("Made")))
		first := r.starts("1")
		time.Sleep(2 * time.Minute)
		r.starts("2")
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		build := r.actions(first)["Build"]
		if build.Status != types.ActionExecutionStatusSucceeded || build.Output.OutputVariables["OF"] != "1" || aws.ToString(build.Output.ExecutionResult.ExternalExecutionId) != "shop:1" {
			t.Errorf("the build is %+v", build)
		}
		if want := []string{"STARTED", "SUCCEEDED", "STARTED", "SUCCEEDED"}; !slices.Equal(*told, want) {
			t.Errorf("it told %v, want %v", *told, want)
		}
	})
}

func TestBuildThatFailsFailsItsExecution(t *testing.T) {
	play(t, func(r *rig) {
		told := r.builds("exit status 1")
		r.makes(building(nil))
		id := r.starts("1")
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		build := r.actions(id)["Build"]
		if build.Status != types.ActionExecutionStatusFailed || *build.Output.ExecutionResult.ErrorDetails.Message != "exit status 1" || len(build.Output.OutputVariables) > 0 {
			t.Errorf("the build is %+v", build)
		}
		if want := []string{"STARTED", "FAILED"}; !slices.Equal(*told, want) {
			t.Errorf("it told %v, want %v", *told, want)
		}
	})
}

func TestStoppedExecutionWaitsForItsActions(t *testing.T) {
	play(t, func(r *rig) {
		told := r.builds("")
		r.makes(building(nil))
		id := r.starts("1")
		waiting := r.starts("2")
		stop := func(id string) error {
			_, err := r.StopPipelineExecution(t.Context(), &codepipeline.StopPipelineExecutionInput{PipelineName: aws.String("shop"), PipelineExecutionId: &id})
			return err
		}
		if err := errors.Join(stop(id), stop(waiting)); err != nil {
			t.Fatal(err)
		}
		var twice *types.DuplicatedStopRequestException
		if err := stop(id); !errors.As(err, &twice) {
			t.Errorf("a second stop: %v", err)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if want := "STARTED STARTED STOPPING STOPPED STOPPED"; strings.Join(*told, " ") != want {
			t.Errorf("it told %v, want %s", *told, want)
		}
		var over *types.PipelineExecutionNotStoppableException
		if err := stop(id); !errors.As(err, &over) {
			t.Errorf("a stop of what has stopped: %v", err)
		}
	})
}

func TestStartsThatCodePipelineRefuses(t *testing.T) {
	play(t, func(r *rig) {
		r.makes(building(nil))
		for name, in := range map[string]codepipeline.StartPipelineExecutionInput{
			"a token of another form":         {ClientRequestToken: aws.String("checkout_1")},
			"a source that there is not":      {SourceRevisions: []types.SourceRevisionOverride{{ActionName: aws.String("Source"), RevisionType: types.SourceRevisionTypeCommitId, RevisionValue: aws.String("1")}}},
			"a revision of what is no source": {SourceRevisions: []types.SourceRevisionOverride{{ActionName: aws.String("Build"), RevisionType: types.SourceRevisionTypeCommitId, RevisionValue: aws.String("1")}}},
		} {
			in.Name = aws.String("shop")
			var invalid *types.ValidationException
			if _, err := r.StartPipelineExecution(t.Context(), &in); !errors.As(err, &invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
