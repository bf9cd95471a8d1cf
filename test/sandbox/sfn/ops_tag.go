package sfn

import (
	"context"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssfn "github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

func (m *stateMachine) tag(tags []types.Tag) {
	for _, t := range tags {
		m.tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
}

// tagged finds what tags can be put on: here only state machines.
func (s *Service) tagged(arn *string) (*stateMachine, error) {
	m, ok := s.machines[aws.ToString(arn)]
	if !ok {
		return nil, &types.ResourceNotFound{Message: aws.String("Resource not found: '" + aws.ToString(arn) + "'"), ResourceName: arn}
	}
	return m, nil
}

// TagResource adds or changes tags of a state machine.
func (s *Service) TagResource(_ context.Context, in *awssfn.TagResourceInput) (*awssfn.TagResourceOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.tagged(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	m.tag(in.Tags)
	return &awssfn.TagResourceOutput{}, nil
}

// UntagResource removes tags of a state machine.
func (s *Service) UntagResource(_ context.Context, in *awssfn.UntagResourceInput) (*awssfn.UntagResourceOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.tagged(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	for _, k := range in.TagKeys {
		delete(m.tags, k)
	}
	return &awssfn.UntagResourceOutput{}, nil
}

// ListTagsForResource lists the tags of a state machine by key.
func (s *Service) ListTagsForResource(_ context.Context, in *awssfn.ListTagsForResourceInput) (*awssfn.ListTagsForResourceOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	m, err := s.tagged(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	out := &awssfn.ListTagsForResourceOutput{Tags: []types.Tag{}}
	for _, k := range slices.Sorted(maps.Keys(m.tags)) {
		out.Tags = append(out.Tags, types.Tag{Key: aws.String(k), Value: aws.String(m.tags[k])})
	}
	return out, nil
}
