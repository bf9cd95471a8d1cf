// Package codepipeline reads and answers the manual approval actions of pipelines, and answers the jobs with which pipelines invoke a function.
package codepipeline

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"sluice/shared/rollout"
)

type api interface {
	GetPipelineState(context.Context, *codepipeline.GetPipelineStateInput, ...func(*codepipeline.Options)) (*codepipeline.GetPipelineStateOutput, error)
	GetPipelineExecution(context.Context, *codepipeline.GetPipelineExecutionInput, ...func(*codepipeline.Options)) (*codepipeline.GetPipelineExecutionOutput, error)
	PutApprovalResult(context.Context, *codepipeline.PutApprovalResultInput, ...func(*codepipeline.Options)) (*codepipeline.PutApprovalResultOutput, error)
}

// Approvals are the manual approval actions of an account's pipelines.
type Approvals struct{ pipelines api }

// New opens CodePipeline.
func New(cfg aws.Config) *Approvals { return &Approvals{pipelines: codepipeline.NewFromConfig(cfg)} }

// State is how an action stands for the last execution in its stage.
type State struct {
	Status    Status
	Execution string
	token     string
}

// Status is how far an action is.
type Status int

// An action has nothing to say, waits for somebody, or was answered.
const (
	Nothing Status = iota
	Waiting
	Approved
	Rejected
)

// ErrMissing means that there is no such pipeline, stage or action.
var ErrMissing = errors.New("there is no such manual approval action")

// State reads an action.
func (a *Approvals) State(ctx context.Context, p rollout.Pipeline) (State, error) {
	out, err := a.pipelines.GetPipelineState(ctx, &codepipeline.GetPipelineStateInput{Name: &p.Name})
	var missing *types.PipelineNotFoundException
	if errors.As(err, &missing) {
		return State{}, fmt.Errorf("reading pipeline %s: %w", p.Name, ErrMissing)
	}
	if err != nil {
		return State{}, fmt.Errorf("reading pipeline %s: %w", p.Name, err)
	}
	for _, stage := range out.StageStates {
		if aws.ToString(stage.StageName) != p.Stage {
			continue
		}
		for _, action := range stage.ActionStates {
			if aws.ToString(action.ActionName) == p.Action {
				return state(stage, action), nil
			}
		}
	}
	return State{}, fmt.Errorf("reading pipeline %s: %s/%s: %w", p.Name, p.Stage, p.Action, ErrMissing)
}

// state reads how an action stands. Only a waiting action has a token. When it does not wait, the stage's last execution may be a newer one that
// has not come to the action yet.
func state(stage types.StageState, action types.ActionState) State {
	if stage.LatestExecution == nil || action.LatestExecution == nil {
		return State{}
	}
	s := State{Execution: aws.ToString(stage.LatestExecution.PipelineExecutionId), token: aws.ToString(action.LatestExecution.Token)}
	switch action.LatestExecution.Status {
	case types.ActionExecutionStatusInProgress:
		s.Status = Waiting
	case types.ActionExecutionStatusSucceeded:
		s.Status = Approved
	case types.ActionExecutionStatusFailed:
		s.Status = Rejected
	}
	return s
}

// Commits are the revisions that an execution of a pipeline carries: ids of commits if its source is a repository. An execution that does
// not exist any more carries none.
func (a *Approvals) Commits(ctx context.Context, pipeline, execution string) ([]string, error) {
	return commits(ctx, a.pipelines, pipeline, execution)
}

// executions is the part of the client that reads them.
type executions interface {
	GetPipelineExecution(context.Context, *codepipeline.GetPipelineExecutionInput, ...func(*codepipeline.Options)) (*codepipeline.GetPipelineExecutionOutput, error)
}

func commits(ctx context.Context, pipelines executions, pipeline, execution string) ([]string, error) {
	if execution == "" {
		return nil, nil
	}
	out, err := pipelines.GetPipelineExecution(ctx, &codepipeline.GetPipelineExecutionInput{PipelineName: &pipeline, PipelineExecutionId: &execution})
	var gone *types.PipelineExecutionNotFoundException
	if errors.As(err, &gone) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading execution %s of pipeline %s: %w", execution, pipeline, err)
	}
	var all []string
	for _, r := range out.PipelineExecution.ArtifactRevisions {
		if id := aws.ToString(r.RevisionId); id != "" {
			all = append(all, id)
		}
	}
	return all, nil
}

// mostSummary is how many characters of a summary CodePipeline keeps.
const mostSummary = 512

// Answer approves or rejects for the execution that waits. An action that somebody has answered meanwhile stays as it is.
func (a *Approvals) Answer(ctx context.Context, p rollout.Pipeline, s State, approve bool, summary string) error {
	status := types.ApprovalStatusRejected
	if approve {
		status = types.ApprovalStatusApproved
	}
	summary = short(summary, mostSummary)
	_, err := a.pipelines.PutApprovalResult(ctx, &codepipeline.PutApprovalResultInput{
		PipelineName: &p.Name, StageName: &p.Stage, ActionName: &p.Action, Token: &s.token,
		Result: &types.ApprovalResult{Status: status, Summary: &summary},
	})
	var done *types.ApprovalAlreadyCompletedException
	var moved *types.InvalidApprovalTokenException
	if err != nil && !errors.As(err, &done) && !errors.As(err, &moved) {
		return fmt.Errorf("answering %s: %w", p.Source(), err)
	}
	return nil
}
