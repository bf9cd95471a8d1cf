package codepipeline

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"sluice/test/sandbox/wire"
)

// RetryStageExecution runs the failed actions of a stage again, for the execution that failed in it
// (https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_RetryStageExecution.html): "The stage is unable to be retried", when it has not
// failed, and "The stage has failed in a later run of the pipeline", when another execution was in it since.
func (s *Service) RetryStageExecution(_ context.Context, in *codepipeline.RetryStageExecutionInput) (*codepipeline.RetryStageExecutionOutput, error) {
	if in.RetryMode != types.StageRetryModeFailedActions {
		return nil, wire.NotImplemented("RetryStageExecution in the mode " + string(in.RetryMode))
	}
	s.mu.Lock()
	p, at, e, err := s.retryable(in)
	if err != nil {
		s.mu.Unlock()
		return nil, err
	}
	e.Status = types.PipelineExecutionStatusInProgress
	told := s.run(p, e, at, func(a *action) bool { return a.last.Status != types.ActionExecutionStatusSucceeded })
	s.mu.Unlock()
	s.tell(told)
	return &codepipeline.RetryStageExecutionOutput{PipelineExecutionId: e.PipelineExecutionId}, nil
}

func (s *Service) retryable(in *codepipeline.RetryStageExecutionInput) (*pipeline, int, *execution, error) {
	p, at, err := s.stageOf(in.PipelineName, in.StageName)
	if err != nil {
		return nil, 0, nil, err
	}
	e, st := p.executions[aws.ToString(in.PipelineExecutionId)], p.stages[at]
	switch {
	case e == nil || st.last != e:
		return nil, 0, nil, &types.NotLatestPipelineExecutionException{Message: aws.String("The stage has failed in a later run of the pipeline")}
	case e.stage != at || e.state != types.StageExecutionStatusFailed:
		return nil, 0, nil, &types.StageNotRetryableException{Message: aws.String("Stage '" + *st.Name + "' is unable to be retried")}
	}
	return p, at, e, nil
}
