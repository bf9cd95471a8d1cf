package codepipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/aws/smithy-go"

	"sluice/shared/gates"
	"sluice/shared/rollout"
)

type stages interface {
	GetPipelineState(context.Context, *codepipeline.GetPipelineStateInput, ...func(*codepipeline.Options)) (*codepipeline.GetPipelineStateOutput, error)
	GetPipelineExecution(context.Context, *codepipeline.GetPipelineExecutionInput, ...func(*codepipeline.Options)) (*codepipeline.GetPipelineExecutionOutput, error)
	ListPipelineExecutions(context.Context, *codepipeline.ListPipelineExecutionsInput, ...func(*codepipeline.Options)) (*codepipeline.ListPipelineExecutionsOutput, error)
	RollbackStage(context.Context, *codepipeline.RollbackStageInput, ...func(*codepipeline.Options)) (*codepipeline.RollbackStageOutput, error)
}

// Stages are the stages of an account's pipelines that are taken back with a release.
type Stages struct{ pipelines stages }

// NewStages opens CodePipeline.
func NewStages(cfg aws.Config) *Stages { return &Stages{pipelines: codepipeline.NewFromConfig(cfg)} }

// UnableError is why a stage is not taken back, however often it is tried.
type UnableError struct{ what string }

// Error is the reason, as a clause.
func (e *UnableError) Error() string { return e.what }

// IsUnable says whether a stage is not taken back, however often it is tried.
func IsUnable(err error) bool {
	e := new(UnableError)
	return errors.As(err, &e)
}

// ErrMoved means that a stage does not have the release's commit: there is nothing to take back.
var ErrMoved = errors.New("it is left as it is")

// TakeBack has a stage run again with what it had before a commit, and answers the id of that rollback. One that runs already is answered. It is ErrMoved
// where the stage is not at that commit, an UnableError where it cannot go back, and any other error where it may later: while the stage runs.
func (s *Stages) TakeBack(ctx context.Context, p rollout.PipelineStage, commit string) (id string, err error) {
	at, err := s.latest(ctx, p)
	if err != nil {
		return "", err
	}
	id = aws.ToString(at.PipelineExecutionId)
	switch {
	case at.Type == types.ExecutionTypeRollback && at.Status == types.StageExecutionStatusInProgress:
		return id, nil
	case at.Type == types.ExecutionTypeRollback:
		return "", fmt.Errorf("execution %s has taken it back: %w", id, ErrMoved)
	case at.Status == types.StageExecutionStatusInProgress || at.Status == types.StageExecutionStatusStopping:
		return "", fmt.Errorf("stage %s runs: it cannot be taken back yet", p)
	}
	of, err := commits(ctx, s.pipelines, p.Pipeline, id)
	if err != nil {
		return "", err
	}
	if !slices.Contains(of, commit) {
		return "", fmt.Errorf("execution %s is not of commit %s: %w", id, commit, ErrMoved)
	}
	target, err := s.before(ctx, p, id, commit)
	if err != nil {
		return "", err
	}
	out, err := s.pipelines.RollbackStage(ctx, &codepipeline.RollbackStageInput{PipelineName: &p.Pipeline, StageName: &p.Stage, TargetPipelineExecutionId: &target})
	if err != nil {
		return "", unable(p, err)
	}
	return aws.ToString(out.PipelineExecutionId), nil
}

// latest is the execution that a stage has, or had last.
func (s *Stages) latest(ctx context.Context, p rollout.PipelineStage) (types.StageExecution, error) {
	out, err := s.pipelines.GetPipelineState(ctx, &codepipeline.GetPipelineStateInput{Name: &p.Pipeline})
	if err != nil {
		return types.StageExecution{}, unable(p, err)
	}
	for _, stage := range out.StageStates {
		if aws.ToString(stage.StageName) == p.Stage && stage.LatestExecution != nil {
			return *stage.LatestExecution, nil
		}
	}
	return types.StageExecution{}, &UnableError{fmt.Sprintf("pipeline %s has no stage %s, or nothing has run in it", p.Pipeline, p.Stage)}
}

// before is the newest execution that has succeeded in a stage with another commit. Executions that were rollbacks are no targets
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html).
func (s *Stages) before(ctx context.Context, p rollout.PipelineStage, now, commit string) (string, error) {
	out, err := s.pipelines.ListPipelineExecutions(ctx, &codepipeline.ListPipelineExecutionsInput{
		PipelineName: &p.Pipeline, Filter: &types.PipelineExecutionFilter{SucceededInStage: &types.SucceededInStageFilter{StageName: &p.Stage}},
	})
	if err != nil {
		return "", unable(p, err)
	}
	all := out.PipelineExecutionSummaries
	slices.SortStableFunc(all, func(a, b types.PipelineExecutionSummary) int {
		return aws.ToTime(b.StartTime).Compare(aws.ToTime(a.StartTime))
	})
	for _, e := range all {
		of := slices.ContainsFunc(e.SourceRevisions, func(r types.SourceRevision) bool { return aws.ToString(r.RevisionId) == commit })
		if e.ExecutionType != types.ExecutionTypeRollback && aws.ToString(e.PipelineExecutionId) != now && !of {
			return *e.PipelineExecutionId, nil
		}
	}
	return "", &UnableError{fmt.Sprintf("no earlier execution with another commit has succeeded in stage %s", p)}
}

// unable is CodePipeline's refusal as an UnableError, where it stays. That the stage runs is looked at before.
func unable(p rollout.PipelineStage, err error) error {
	api := smithy.APIError(nil)
	if errors.As(err, &api) {
		switch api.ErrorCode() {
		case "UnableToRollbackStageException", "PipelineExecutionOutdatedException", "PipelineExecutionNotFoundException", "PipelineNotFoundException", "StageNotFoundException", "AccessDeniedException":
			return &UnableError{fmt.Sprintf("CodePipeline does not take stage %s back: %s", p, api.ErrorMessage())}
		}
	}
	return fmt.Errorf("taking stage %s back: %w", p, err)
}

// Progress reads how far a rollback is.
func (s *Stages) Progress(ctx context.Context, p rollout.PipelineStage, id string) (gates.Progress, error) {
	out, err := s.pipelines.GetPipelineExecution(ctx, &codepipeline.GetPipelineExecutionInput{PipelineName: &p.Pipeline, PipelineExecutionId: &id})
	if err != nil {
		return gates.Progress{}, fmt.Errorf("reading execution %s of pipeline %s: %w", id, p.Pipeline, err)
	}
	switch status := out.PipelineExecution.Status; status {
	case types.PipelineExecutionStatusInProgress, types.PipelineExecutionStatusStopping:
		return gates.Progress{}, nil
	case types.PipelineExecutionStatusSucceeded:
		return gates.Progress{Ended: true}, nil
	default:
		return gates.Progress{Ended: true, Failed: fmt.Sprintf("execution %s, which takes the stage back, is %s", id, status)}, nil
	}
}
