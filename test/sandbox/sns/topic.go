package sns

import (
	"context"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"sluice/test/sandbox/wire"
)

// A topic sends what is published on it to its subscriptions.
type topic struct {
	arn        string
	attributes map[string]string
	deleted    int // subscriptions that are gone
}

var topicName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

// settable are the attributes of a topic that can be changed; all but the policy are kept and shown only.
var settable = []string{"Policy", "DisplayName", "DeliveryPolicy", "KmsMasterKeyId", "TracingConfig", "SignatureVersion"}

// CreateTopic makes a topic. To make one that is there already succeeds.
func (s *Service) CreateTopic(_ context.Context, in *awssns.CreateTopicInput) (*awssns.CreateTopicOutput, error) {
	name := aws.ToString(in.Name)
	if strings.HasSuffix(name, ".fifo") || in.Attributes["FifoTopic"] == "true" {
		return nil, wire.NotImplemented("CreateTopic of a FIFO topic")
	}
	if !topicName.MatchString(name) {
		return nil, invalid("Topic Name")
	}
	t := &topic{arn: s.options.Home.ARN("sns", name), attributes: map[string]string{}}
	t.attributes["Policy"] = s.defaultPolicy(t.arn)
	for name, value := range in.Attributes {
		if err := t.set(name, value); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.topics[t.arn]; old != nil {
		for name, value := range in.Attributes {
			if old.attributes[name] != value {
				return nil, invalid("Attributes Reason: Topic already exists with different attributes")
			}
		}
		return &awssns.CreateTopicOutput{TopicArn: &old.arn}, nil
	}
	s.topics[t.arn] = t
	return &awssns.CreateTopicOutput{TopicArn: &t.arn}, nil
}

// defaultPolicy lets the account itself, and AWS services on its behalf, use the topic, as AWS's does.
func (s *Service) defaultPolicy(arn string) string {
	text, err := json.Marshal(map[string]any{
		"Version": "2008-10-17", "Id": "__default_policy_ID",
		"Statement": []any{map[string]any{
			"Sid": "__default_statement_ID", "Effect": "Allow", "Principal": map[string]string{"AWS": "*"},
			"Action": []string{
				"SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:AddPermission", "SNS:RemovePermission",
				"SNS:DeleteTopic", "SNS:Subscribe", "SNS:ListSubscriptionsByTopic", "SNS:Publish",
			},
			"Resource":  arn,
			"Condition": map[string]any{"StringEquals": map[string]string{"AWS:SourceOwner": s.options.Home.Account}},
		}},
	})
	if err != nil {
		return "" // strings always encode
	}
	return string(text)
}

func (t *topic) set(name, value string) error {
	if !slices.Contains(settable, name) {
		return invalid("AttributeName %s", name)
	}
	if name == "Policy" && !json.Valid([]byte(value)) {
		return invalid("Policy statement is not JSON")
	}
	t.attributes[name] = value
	return nil
}

// DeleteTopic removes a topic and its subscriptions; to remove what is not there succeeds.
func (s *Service) DeleteTopic(_ context.Context, in *awssns.DeleteTopicInput) (*awssns.DeleteTopicOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	arn := aws.ToString(in.TopicArn)
	delete(s.topics, arn)
	maps.DeleteFunc(s.subs, func(_ string, sub *subscription) bool { return sub.topic == arn })
	return &awssns.DeleteTopicOutput{}, nil
}

// ListTopics lists the topics by ARN.
func (s *Service) ListTopics(_ context.Context, in *awssns.ListTopicsInput) (*awssns.ListTopicsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var topics []types.Topic
	for _, arn := range slices.Sorted(maps.Keys(s.topics)) {
		topics = append(topics, types.Topic{TopicArn: aws.String(arn)})
	}
	shown, next, err := page(topics, in.NextToken)
	return &awssns.ListTopicsOutput{Topics: shown, NextToken: next}, err
}

// GetTopicAttributes tells a topic's attributes, and counts its subscriptions.
func (s *Service) GetTopicAttributes(_ context.Context, in *awssns.GetTopicAttributesInput) (*awssns.GetTopicAttributesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.topicOf(in.TopicArn)
	if err != nil {
		return nil, err
	}
	confirmed, pending := 0, 0
	for _, sub := range s.subs {
		switch {
		case sub.topic != t.arn:
		case sub.pending:
			pending++
		default:
			confirmed++
		}
	}
	all := maps.Clone(t.attributes)
	all["TopicArn"], all["Owner"] = t.arn, s.options.Home.Account
	all["SubscriptionsConfirmed"] = strconv.Itoa(confirmed)
	all["SubscriptionsPending"] = strconv.Itoa(pending)
	all["SubscriptionsDeleted"] = strconv.Itoa(t.deleted)
	return &awssns.GetTopicAttributesOutput{Attributes: all}, nil
}

// SetTopicAttributes changes one attribute of a topic.
func (s *Service) SetTopicAttributes(_ context.Context, in *awssns.SetTopicAttributesInput) (*awssns.SetTopicAttributesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.topicOf(in.TopicArn)
	if err != nil {
		return nil, err
	}
	return &awssns.SetTopicAttributesOutput{}, t.set(aws.ToString(in.AttributeName), aws.ToString(in.AttributeValue))
}

const pageSize = 100

// page cuts one page out of a listing; the token is the place where the next begins.
func page[T any](all []T, token *string) ([]T, *string, error) {
	start := 0
	if token != nil {
		n, err := strconv.Atoi(*token)
		if err != nil || n < 0 {
			return nil, nil, invalid("NextToken")
		}
		start = min(n, len(all))
	}
	end := min(start+pageSize, len(all))
	if end == len(all) {
		return all[start:], nil, nil
	}
	return all[start:end], aws.String(strconv.Itoa(end)), nil
}
