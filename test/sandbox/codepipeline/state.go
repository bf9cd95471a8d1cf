package codepipeline

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"sluice/test/sandbox/wire"
)

// GetPipelineState describes each stage with the execution that is, or was last, in it.
func (s *Service) GetPipelineState(_ context.Context, in *codepipeline.GetPipelineStateInput) (*codepipeline.GetPipelineStateOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pipelines[aws.ToString(in.Name)]
	if p == nil {
		return nil, missing(in.Name)
	}
	out := &codepipeline.GetPipelineStateOutput{PipelineName: p.Name, PipelineVersion: p.Version}
	for i, st := range p.stages {
		out.StageStates = append(out.StageStates, st.describe(i))
	}
	return out, nil
}

func (st *stage) describe(at int) types.StageState {
	state := types.StageState{StageName: st.Name, InboundTransitionState: &types.TransitionState{Enabled: true}, OnSuccessConditionState: st.condition()}
	if e := st.last; e != nil {
		status := types.StageExecutionStatusSucceeded
		if e.stage == at {
			status = e.state
		}
		state.LatestExecution = &types.StageExecution{PipelineExecutionId: e.PipelineExecutionId, Status: status, Type: e.ExecutionType}
	}
	if e := st.door; e != nil {
		state.InboundExecution = &types.StageExecution{PipelineExecutionId: e.PipelineExecutionId, Status: types.StageExecutionStatusInProgress, Type: e.ExecutionType}
	}
	for _, a := range st.actions {
		described := types.ActionState{ActionName: a.Name}
		if a.last != nil {
			last := *a.last
			described.LatestExecution = &last
		}
		state.ActionStates = append(state.ActionStates, described)
	}
	return state
}

// GetPipelineExecution describes an execution with the revisions that it carries.
func (s *Service) GetPipelineExecution(_ context.Context, in *codepipeline.GetPipelineExecutionInput) (*codepipeline.GetPipelineExecutionOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pipelines[aws.ToString(in.PipelineName)]
	if p == nil {
		return nil, missing(in.PipelineName)
	}
	e := p.executions[aws.ToString(in.PipelineExecutionId)]
	if e == nil {
		return nil, &types.PipelineExecutionNotFoundException{Message: aws.String("The pipeline execution '" + aws.ToString(in.PipelineExecutionId) + "' does not exist")}
	}
	described := e.PipelineExecution
	return &codepipeline.GetPipelineExecutionOutput{PipelineExecution: &described}, nil
}

// ListActionExecutions describes the actions of a pipeline's executions, or of one, with the variables that they have made. That the newest come first is
// believed.
func (s *Service) ListActionExecutions(_ context.Context, in *codepipeline.ListActionExecutionsInput) (*codepipeline.ListActionExecutionsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pipelines[aws.ToString(in.PipelineName)]
	switch {
	case p == nil:
		return nil, missing(in.PipelineName)
	case in.Filter != nil && in.Filter.LatestInPipelineExecution != nil:
		return nil, wire.NotImplemented("ListActionExecutions with the filter latestInPipelineExecution")
	}
	out := &codepipeline.ListActionExecutionsOutput{}
	for id, e := range p.executions {
		if in.Filter != nil && aws.ToString(in.Filter.PipelineExecutionId) != id {
			continue
		}
		for _, r := range slices.Backward(e.ran) {
			out.ActionExecutionDetails = append(out.ActionExecutionDetails, e.describe(r))
		}
	}
	slices.SortStableFunc(out.ActionExecutionDetails, func(a, b types.ActionExecutionDetail) int { return b.StartTime.Compare(*a.StartTime) })
	return out, nil
}
