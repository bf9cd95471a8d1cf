package sfn

import (
	"context"

	awssfn "github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// GetExecutionHistory pages through what an execution did, oldest or newest first.
func (s *Service) GetExecutionHistory(_ context.Context, in *awssfn.GetExecutionHistoryInput) (*awssfn.GetExecutionHistoryOutput, error) {
	e, err := s.wantExecution(in.ExecutionArn)
	if err != nil {
		return nil, err
	}
	events := s.snapshot(e.arn)
	places, next, err := pager{size: in.MaxResults, token: in.NextToken, reverse: in.ReverseOrder}.cut(len(events), everything)
	if err != nil {
		return nil, err
	}
	r := reader{run: e, withData: in.IncludeExecutionData == nil || *in.IncludeExecutionData}
	out := &awssfn.GetExecutionHistoryOutput{NextToken: next, Events: []types.HistoryEvent{}}
	for _, i := range places {
		out.Events = append(out.Events, r.event(i+1, events[i]))
	}
	return out, nil
}
