package sqs

import (
	"context"
	"maps"

	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
)

// TagQueue adds tags to a queue.
func (s *Service) TagQueue(_ context.Context, in *awssqs.TagQueueInput) (*awssqs.TagQueueOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.byURL(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	if q.tags == nil {
		q.tags = map[string]string{}
	}
	maps.Copy(q.tags, in.Tags)
	return &awssqs.TagQueueOutput{}, nil
}

// UntagQueue takes tags from a queue.
func (s *Service) UntagQueue(_ context.Context, in *awssqs.UntagQueueInput) (*awssqs.UntagQueueOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.byURL(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	for _, key := range in.TagKeys {
		delete(q.tags, key)
	}
	return &awssqs.UntagQueueOutput{}, nil
}

// ListQueueTags tells a queue's tags.
func (s *Service) ListQueueTags(_ context.Context, in *awssqs.ListQueueTagsInput) (*awssqs.ListQueueTagsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.byURL(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	return &awssqs.ListQueueTagsOutput{Tags: maps.Clone(q.tags)}, nil
}
