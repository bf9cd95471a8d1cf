package cloudwatch

import (
	"context"
	"maps"
	"slices"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// tag adds tags to a resource. Call it with mu held.
func (s *Service) tag(arn string, tags []types.Tag) {
	if s.tags[arn] == nil {
		s.tags[arn] = map[string]string{}
	}
	for _, t := range tags {
		s.tags[arn][str(t.Key)] = str(t.Value)
	}
}

func (s *Service) tagsOf(arn *string) (map[string]string, error) {
	if tags, known := s.tags[str(arn)]; known {
		return tags, nil
	}
	return nil, &types.ResourceNotFoundException{Message: ptr("Unknown resource " + str(arn))}
}

// TagResource adds tags to an alarm, mute rule or dashboard.
func (s *Service) TagResource(_ context.Context, in *awscloudwatch.TagResourceInput) (*awscloudwatch.TagResourceOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.tagsOf(in.ResourceARN); err != nil {
		return nil, err
	}
	s.tag(*in.ResourceARN, in.Tags)
	return &awscloudwatch.TagResourceOutput{}, nil
}

// UntagResource removes tags.
func (s *Service) UntagResource(_ context.Context, in *awscloudwatch.UntagResourceInput) (*awscloudwatch.UntagResourceOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tags, err := s.tagsOf(in.ResourceARN)
	if err != nil {
		return nil, err
	}
	for _, key := range in.TagKeys {
		delete(tags, key)
	}
	return &awscloudwatch.UntagResourceOutput{}, nil
}

// ListTagsForResource lists tags by key.
func (s *Service) ListTagsForResource(_ context.Context, in *awscloudwatch.ListTagsForResourceInput) (*awscloudwatch.ListTagsForResourceOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tags, err := s.tagsOf(in.ResourceARN)
	if err != nil {
		return nil, err
	}
	out := &awscloudwatch.ListTagsForResourceOutput{Tags: []types.Tag{}}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		out.Tags = append(out.Tags, types.Tag{Key: ptr(key), Value: ptr(tags[key])})
	}
	return out, nil
}
