package codepipeline

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"sluice/test/sandbox/wire"
)

// ListPipelineExecutions describes the executions of a pipeline, the newest first, or those that have succeeded in a stage, on one page
// (https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListPipelineExecutions.html). That the newest come first is believed.
func (s *Service) ListPipelineExecutions(_ context.Context, in *codepipeline.ListPipelineExecutionsInput) (*codepipeline.ListPipelineExecutionsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pipelines[aws.ToString(in.PipelineName)]
	switch {
	case p == nil:
		return nil, missing(in.PipelineName)
	case in.MaxResults != nil || in.NextToken != nil:
		return nil, wire.NotImplemented("ListPipelineExecutions with pages")
	}
	var all []*execution
	for _, e := range p.executions {
		all = append(all, e)
	}
	if in.Filter != nil && in.Filter.SucceededInStage != nil {
		_, at, err := s.stageOf(in.PipelineName, in.Filter.SucceededInStage.StageName)
		if err != nil {
			return nil, err
		}
		all = slices.Clone(p.stages[at].succeeded)
	}
	slices.SortFunc(all, func(a, b *execution) int { return b.begun.Compare(a.begun) })
	out := &codepipeline.ListPipelineExecutionsOutput{}
	for _, e := range all {
		described := types.PipelineExecutionSummary{
			PipelineExecutionId: e.PipelineExecutionId, Status: e.Status, ExecutionType: e.ExecutionType, RollbackMetadata: e.RollbackMetadata, StartTime: &e.begun, Trigger: e.Trigger,
		}
		for _, r := range e.ArtifactRevisions {
			described.SourceRevisions = append(described.SourceRevisions, types.SourceRevision{ActionName: r.Name, RevisionId: r.RevisionId})
		}
		out.PipelineExecutionSummaries = append(out.PipelineExecutionSummaries, described)
	}
	return out, nil
}
