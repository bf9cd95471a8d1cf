package lambda

import (
	"context"
	"maps"

	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
)

// TagResource adds tags to a function, or changes their values.
func (s *Service) TagResource(_ context.Context, in *awslambda.TagResourceInput) (*awslambda.TagResourceOutput, error) {
	return &awslambda.TagResourceOutput{}, s.retag(in.Resource, func(tags map[string]string) { maps.Copy(tags, in.Tags) })
}

// UntagResource removes tags by key.
func (s *Service) UntagResource(_ context.Context, in *awslambda.UntagResourceInput) (*awslambda.UntagResourceOutput, error) {
	return &awslambda.UntagResourceOutput{}, s.retag(in.Resource, func(tags map[string]string) {
		for _, key := range in.TagKeys {
			delete(tags, key)
		}
	})
}

// ListTags gives a function's tags.
func (s *Service) ListTags(_ context.Context, in *awslambda.ListTagsInput) (*awslambda.ListTagsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.unqualified(in.Resource)
	if err != nil {
		return nil, err
	}
	return &awslambda.ListTagsOutput{Tags: maps.Clone(f.tags)}, nil
}

func (s *Service) retag(function *string, edit func(tags map[string]string)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.unqualified(function)
	if err != nil {
		return err
	}
	if f.tags == nil {
		f.tags = map[string]string{}
	}
	edit(f.tags)
	return nil
}
