package elbv2

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html
const mostDescribed = 20

// mostTags is how many tags a resource has at most. Names that begin with aws: are AWS's own
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html#add-listener-rule-tags).
const mostTags = 50

// taggable refuses tags that no resource can have.
func taggable(tags []types.Tag) error {
	if len(tags) > mostTags {
		return &types.TooManyTagsException{Message: aws.String(fmt.Sprintf("A resource can have at most %d tags", mostTags))}
	}
	for i, t := range tags {
		switch key := aws.ToString(t.Key); {
		case key == "" || strings.HasPrefix(strings.ToLower(key), "aws:"):
			return invalid("Tag key '%s' is reserved or empty", key)
		case slices.ContainsFunc(tags[:i], func(other types.Tag) bool { return aws.ToString(other.Key) == key }):
			return &types.DuplicateTagKeysException{Message: aws.String("Tag key '" + key + "' is given more than once")}
		}
	}
	return nil
}

// tag adds tags to a resource.
func (s *Service) tag(arn string, tags []types.Tag) {
	all := map[string]string{}
	maps.Copy(all, s.tags[arn])
	for _, t := range tags {
		all[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	s.tags[arn] = all
}

// Made gives resources the tags by which CloudFormation says which stack has made them. Nobody else may write them.
func (s *Service) Made(stack string, arns ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, arn := range arns {
		s.tag(arn, []types.Tag{{Key: aws.String("aws:cloudformation:stack-name"), Value: &stack}})
	}
}

// DescribeTags tells the tags of resources.
func (s *Service) DescribeTags(_ context.Context, in *elb.DescribeTagsInput) (*elb.DescribeTagsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(in.ResourceArns) == 0 || len(in.ResourceArns) > mostDescribed {
		return nil, invalid("Between 1 and %d resource ARNs must be specified", mostDescribed)
	}
	out := &elb.DescribeTagsOutput{}
	for _, arn := range in.ResourceArns {
		if err := s.exists(arn); err != nil {
			return nil, err
		}
		d := types.TagDescription{ResourceArn: &arn}
		for _, key := range slices.Sorted(maps.Keys(s.tags[arn])) {
			d.Tags = append(d.Tags, types.Tag{Key: aws.String(key), Value: aws.String(s.tags[arn][key])})
		}
		out.TagDescriptions = append(out.TagDescriptions, d)
	}
	return out, nil
}

// AddTags adds tags to resources, or replaces their values.
func (s *Service) AddTags(_ context.Context, in *elb.AddTagsInput) (*elb.AddTagsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, arn := range in.ResourceArns {
		if err := s.exists(arn); err != nil {
			return nil, err
		}
	}
	if err := taggable(in.Tags); err != nil {
		return nil, err
	}
	for _, arn := range in.ResourceArns {
		s.tag(arn, in.Tags)
	}
	return &elb.AddTagsOutput{}, nil
}

// exists refuses an ARN of which there is nothing.
func (s *Service) exists(arn string) error {
	if _, err := s.rule(&arn); err == nil {
		return nil
	}
	if _, err := s.listener(&arn); err == nil {
		return nil
	}
	if _, err := s.group(&arn); err == nil {
		return nil
	}
	_, err := s.balancer(&arn)
	return err
}
