package codepipeline

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"sluice/test/sandbox/wire"
)

// StartPipelineExecution begins an execution. It carries the revisions that the call names: there is no repository to read.
func (s *Service) StartPipelineExecution(_ context.Context, in *codepipeline.StartPipelineExecutionInput) (*codepipeline.StartPipelineExecutionOutput, error) {
	if in.Variables != nil {
		return nil, wire.NotImplemented("StartPipelineExecution with variables")
	}
	s.mu.Lock()
	p := s.pipelines[aws.ToString(in.Name)]
	if p == nil {
		s.mu.Unlock()
		return nil, missing(in.Name)
	}
	if token := aws.ToString(in.ClientRequestToken); token != "" { // the SDK's own tries of a call have the same
		if known := p.tokens[token]; known != nil {
			s.mu.Unlock()
			return &codepipeline.StartPipelineExecutionOutput{PipelineExecutionId: known}, nil
		}
	}
	e := &execution{PipelineExecution: types.PipelineExecution{
		PipelineExecutionId: s.id(*p.Name), PipelineName: p.Name, PipelineVersion: p.Version, Status: types.PipelineExecutionStatusInProgress,
	}}
	for _, r := range in.SourceRevisions {
		e.ArtifactRevisions = append(e.ArtifactRevisions, types.ArtifactRevision{Name: r.ActionName, RevisionId: r.RevisionValue, Created: aws.Time(time.Now())})
	}
	p.executions[*e.PipelineExecutionId], p.tokens[aws.ToString(in.ClientRequestToken)] = e, e.PipelineExecutionId
	told := s.enter(p, e, 0)
	s.mu.Unlock()
	s.tell(told)
	return &codepipeline.StartPipelineExecutionOutput{PipelineExecutionId: e.PipelineExecutionId}, nil
}

// enter lets an execution into a stage, or has it wait at the door. What waited there is superseded.
func (s *Service) enter(p *pipeline, e *execution, at int) (told []news) {
	if at == len(p.stages) {
		e.Status = types.PipelineExecutionStatusSucceeded
		return nil
	}
	in := p.stages[at]
	if in.last != nil && in.last.stage == at && in.last.state == types.StageExecutionStatusInProgress {
		if in.door != nil {
			in.door.Status = types.PipelineExecutionStatusSuperseded
		}
		in.door = e
		return nil
	}
	in.last, e.stage, e.state = e, at, types.StageExecutionStatusInProgress
	waits := false
	for _, a := range in.actions {
		now := time.Now()
		a.last = &types.ActionExecution{ActionExecutionId: s.id(*e.PipelineExecutionId + *a.Name), Status: types.ActionExecutionStatusInProgress, LastStatusChange: &now}
		told = append(told, s.news(p, in, a, e, "STARTED"))
		if a.approval() {
			a.last.Token, waits = s.id("token"), true
			continue
		}
		a.last.Status = types.ActionExecutionStatusSucceeded
		told = append(told, s.news(p, in, a, e, "SUCCEEDED"))
	}
	if waits {
		return told
	}
	return append(told, s.leave(p, e)...)
}

// leave takes an execution from its stage to the next, and lets in who waits at the door.
func (s *Service) leave(p *pipeline, e *execution) (told []news) {
	in, at := p.stages[e.stage], e.stage
	e.state = types.StageExecutionStatusSucceeded
	told = s.enter(p, e, at+1)
	if next := in.door; next != nil {
		in.door = nil
		told = append(told, s.enter(p, next, at)...)
	}
	return told
}

// fail ends an execution in its stage.
func (s *Service) fail(p *pipeline, e *execution) (told []news) {
	in, at := p.stages[e.stage], e.stage
	e.state, e.Status = types.StageExecutionStatusFailed, types.PipelineExecutionStatusFailed
	if next := in.door; next != nil {
		in.door = nil
		told = s.enter(p, next, at)
	}
	return told
}

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
		state := types.StageState{StageName: st.Name, InboundTransitionState: &types.TransitionState{Enabled: true}}
		if e := st.last; e != nil {
			status := types.StageExecutionStatusSucceeded
			if e.stage == i {
				status = e.state
			}
			state.LatestExecution = &types.StageExecution{PipelineExecutionId: e.PipelineExecutionId, Status: status}
		}
		if e := st.door; e != nil {
			state.InboundExecution = &types.StageExecution{PipelineExecutionId: e.PipelineExecutionId, Status: types.StageExecutionStatusInProgress}
		}
		for _, a := range st.actions {
			described := types.ActionState{ActionName: a.Name}
			if a.last != nil {
				last := *a.last
				described.LatestExecution = &last
			}
			state.ActionStates = append(state.ActionStates, described)
		}
		out.StageStates = append(out.StageStates, state)
	}
	return out, nil
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
