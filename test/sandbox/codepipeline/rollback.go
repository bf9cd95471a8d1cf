package codepipeline

import (
	"context"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

// RollbackStage begins an execution that runs a stage again with what another execution brought. Which targets are refused, and with what:
// https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html and
// https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_RollbackStage.html. "Unable to roll back the stage. The cause might be if the pipeline
// version has changed since the target pipeline execution was deployed, the stage is currently running, or an incorrect target pipeline execution ID
// was provided"; that a target which never succeeded there is refused so, and a source stage, too, is believed.
func (s *Service) RollbackStage(_ context.Context, in *codepipeline.RollbackStageInput) (*codepipeline.RollbackStageOutput, error) {
	s.mu.Lock()
	p, at, target, err := s.rollable(in)
	if err != nil {
		s.mu.Unlock()
		return nil, err
	}
	told := s.back(p, at, target, types.TriggerTypeManualRollback)
	id := p.stages[at].last.PipelineExecutionId
	s.mu.Unlock()
	s.tell(told)
	return &codepipeline.RollbackStageOutput{PipelineExecutionId: id}, nil
}

// stageOf finds a stage of a pipeline, and its place. The caller holds the lock.
func (s *Service) stageOf(pipelineName, name *string) (p *pipeline, at int, err error) {
	if p = s.pipelines[aws.ToString(pipelineName)]; p == nil {
		return nil, 0, missing(pipelineName)
	}
	at = slices.IndexFunc(p.stages, func(st *stage) bool { return *st.Name == aws.ToString(name) })
	if at < 0 {
		return nil, 0, &types.StageNotFoundException{Message: aws.String("Stage '" + aws.ToString(name) + "' does not exist in pipeline '" + *p.Name + "'")}
	}
	return p, at, nil
}

func (s *Service) rollable(in *codepipeline.RollbackStageInput) (*pipeline, int, *execution, error) {
	p, at, err := s.stageOf(in.PipelineName, in.StageName)
	if err != nil {
		return nil, 0, nil, err
	}
	target, st := p.executions[aws.ToString(in.TargetPipelineExecutionId)], p.stages[at]
	switch {
	case target == nil:
		return nil, 0, nil, &types.PipelineExecutionNotFoundException{Message: aws.String("The pipeline execution '" + aws.ToString(in.TargetPipelineExecutionId) + "' does not exist")}
	case *target.PipelineVersion != *p.Version:
		return nil, 0, nil, &types.PipelineExecutionOutdatedException{Message: aws.String("The pipeline execution '" + *target.PipelineExecutionId + "' is outdated and cannot be used as a target pipeline execution for rollback")}
	case at == 0 || target.rolledBack() || st.occupied(at) || !slices.Contains(st.succeeded, target):
		return nil, 0, nil, &types.UnableToRollbackStageException{Message: aws.String("Unable to roll back stage '" + *st.Name + "'")}
	}
	return p, at, target, nil
}

// back begins a rollback. "CodePipeline will use the variables and artifacts from the execution to which it is rolling back."
func (s *Service) back(p *pipeline, at int, target *execution, trigger types.TriggerType) []news {
	e := s.begin(p, types.ExecutionTypeRollback, trigger)
	e.RollbackMetadata = &types.PipelineRollbackMetadata{RollbackTargetPipelineExecutionId: target.PipelineExecutionId}
	e.ArtifactRevisions, e.revisions = target.ArtifactRevisions, target.revisions
	e.variables = maps.Clone(target.variables)
	e.variables["codepipeline"] = map[string]string{"PipelineExecutionId": *e.PipelineExecutionId} // believed: the page does not say which of the two it is
	return s.enter(p, e, at)
}

// before is what an automatic rollback goes back to: "the most recent successful execution" of the pipeline's structure as it is now; nil when there is
// none (https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback-auto.html).
func (st *stage) before(p *pipeline) *execution {
	for _, e := range slices.Backward(st.succeeded) {
		if !e.rolledBack() && *e.PipelineVersion == *p.Version {
			return e
		}
	}
	return nil
}
