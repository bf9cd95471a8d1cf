package codepipeline

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"sluice/test/sandbox/wire"
)

// StopPipelineExecution ends an execution once its actions that run have ended: "the pipeline execution is in a Stopping state" until then
// (https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_StopPipelineExecution.html). That an execution which is not there is not stoppable
// is believed.
func (s *Service) StopPipelineExecution(_ context.Context, in *codepipeline.StopPipelineExecutionInput) (*codepipeline.StopPipelineExecutionOutput, error) {
	if in.Abandon {
		return nil, wire.NotImplemented("StopPipelineExecution that abandons actions")
	}
	if err := length("reason", in.Reason, 200); err != nil {
		return nil, err
	}
	s.mu.Lock()
	told, err := s.stop(in)
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	s.tell(told)
	return &codepipeline.StopPipelineExecutionOutput{PipelineExecutionId: in.PipelineExecutionId}, nil
}

func (s *Service) stop(in *codepipeline.StopPipelineExecutionInput) ([]news, error) {
	p := s.pipelines[aws.ToString(in.PipelineName)]
	if p == nil {
		return nil, missing(in.PipelineName)
	}
	e := p.executions[aws.ToString(in.PipelineExecutionId)]
	switch {
	case e != nil && e.Status == types.PipelineExecutionStatusStopping:
		return nil, &types.DuplicatedStopRequestException{Message: aws.String("The pipeline execution '" + *e.PipelineExecutionId + "' is stopping already")}
	case e == nil || e.Status != types.PipelineExecutionStatusInProgress:
		return nil, &types.PipelineExecutionNotStoppableException{Message: aws.String("Unable to stop the pipeline execution '" + aws.ToString(in.PipelineExecutionId) + "'")}
	}
	for _, st := range p.stages {
		if st.door == e { // nothing of it runs
			st.door = nil
			return []news{s.changes(p, e, types.PipelineExecutionStatusStopped)}, nil
		}
	}
	return []news{s.changes(p, e, types.PipelineExecutionStatusStopping)}, nil
}
