package eventbridge

import (
	"context"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awseventbridge "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
)

func (s *Service) tag(arn string, tags []types.Tag) {
	if s.tags[arn] == nil {
		s.tags[arn] = map[string]string{}
	}
	for _, t := range tags {
		s.tags[arn][aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
}

func (s *Service) tagged(arn *string) (map[string]string, error) {
	if tags := s.tags[aws.ToString(arn)]; tags != nil {
		return tags, nil
	}
	return nil, notFound("Resource %s does not exist.", aws.ToString(arn))
}

// TagResource adds tags to a bus or rule.
func (s *Service) TagResource(_ context.Context, in *awseventbridge.TagResourceInput) (*awseventbridge.TagResourceOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.tagged(in.ResourceARN); err != nil {
		return nil, err
	}
	s.tag(*in.ResourceARN, in.Tags)
	return &awseventbridge.TagResourceOutput{}, nil
}

// UntagResource takes tags from a bus or rule.
func (s *Service) UntagResource(_ context.Context, in *awseventbridge.UntagResourceInput) (*awseventbridge.UntagResourceOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tags, err := s.tagged(in.ResourceARN)
	if err != nil {
		return nil, err
	}
	for _, key := range in.TagKeys {
		delete(tags, key)
	}
	return &awseventbridge.UntagResourceOutput{}, nil
}

// ListTagsForResource lists the tags of a bus or rule.
func (s *Service) ListTagsForResource(_ context.Context, in *awseventbridge.ListTagsForResourceInput) (*awseventbridge.ListTagsForResourceOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	tags, err := s.tagged(in.ResourceARN)
	if err != nil {
		return nil, err
	}
	out := &awseventbridge.ListTagsForResourceOutput{}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		out.Tags = append(out.Tags, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return out, nil
}
