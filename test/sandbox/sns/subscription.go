package sns

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"sluice/test/sandbox/wire"
)

// A subscription is one endpoint of a topic. It is replaced, never changed, so that a delivery may keep it.
type subscription struct {
	arn, topic, protocol, endpoint string
	pending                        bool
	raw                            bool   // the message goes without the JSON around it
	deadLetters                    string // ARN of a queue
}

// Subscribe adds an endpoint to a topic. To add one that is there already answers with the subscription there is.
func (s *Service) Subscribe(_ context.Context, in *awssns.SubscribeInput) (*awssns.SubscribeOutput, error) {
	sub := &subscription{topic: aws.ToString(in.TopicArn), protocol: aws.ToString(in.Protocol), endpoint: aws.ToString(in.Endpoint)}
	if err := s.checkEndpoint(sub); err != nil {
		return nil, err
	}
	for name, value := range in.Attributes {
		if err := sub.set(name, value); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.topicOf(in.TopicArn); err != nil {
		return nil, err
	}
	for _, old := range s.subs {
		if old.topic == sub.topic && old.protocol == sub.protocol && old.endpoint == sub.endpoint {
			return &awssns.SubscribeOutput{SubscriptionArn: old.shownARN(in.ReturnSubscriptionArn)}, nil
		}
	}
	sub.arn = sub.topic + ":" + newID()
	s.subs[sub.arn] = sub
	return &awssns.SubscribeOutput{SubscriptionArn: sub.shownARN(in.ReturnSubscriptionArn)}, nil
}

func (s *Service) checkEndpoint(sub *subscription) error {
	switch sub.protocol {
	case "email", "email-json":
		if !strings.Contains(sub.endpoint, "@") {
			return invalid("Email address")
		}
	case "http", "https":
		if !strings.HasPrefix(sub.endpoint, sub.protocol+"://") {
			return invalid("Endpoint must match the specified protocol")
		}
		sub.pending = true
	case "sqs", "lambda":
		if !strings.HasPrefix(sub.endpoint, "arn:") {
			return invalid("%s endpoint ARN", strings.ToUpper(sub.protocol))
		}
		if s.options.Deliver == nil {
			return wire.NotImplemented("Subscribe with protocol " + sub.protocol)
		}
	case "sms", "application", "firehose":
		return wire.NotImplemented("Subscribe with protocol " + sub.protocol)
	default:
		return invalid("Does not support this protocol string: %s", sub.protocol)
	}
	return nil
}

// shownARN hides the ARN of what is not confirmed, unless asked for it.
func (sub *subscription) shownARN(always bool) *string {
	if sub.pending && !always {
		return aws.String("pending confirmation")
	}
	return &sub.arn
}

func (sub *subscription) set(name, value string) error {
	switch name {
	case "RawMessageDelivery":
		raw, err := strconv.ParseBool(value)
		if err != nil || (raw && sub.protocol != "sqs") {
			return invalid("Attributes Reason: RawMessageDelivery: Invalid value [%s] for protocol %s", value, sub.protocol)
		}
		sub.raw = raw
	case "RedrivePolicy":
		var p struct {
			DeadLetterTargetARN string `json:"deadLetterTargetArn"`
		}
		if value != "" && (json.Unmarshal([]byte(value), &p) != nil || p.DeadLetterTargetARN == "") {
			return invalid("Attributes Reason: RedrivePolicy")
		}
		sub.deadLetters = p.DeadLetterTargetARN
	case "FilterPolicy", "FilterPolicyScope", "DeliveryPolicy", "SubscriptionRoleArn", "ReplayPolicy":
		return wire.NotImplemented("subscription attribute " + name)
	default:
		return invalid("AttributeName %s", name)
	}
	return nil
}

// Unsubscribe removes a subscription; to remove what is not there succeeds.
func (s *Service) Unsubscribe(_ context.Context, in *awssns.UnsubscribeInput) (*awssns.UnsubscribeOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if sub := s.subs[aws.ToString(in.SubscriptionArn)]; sub != nil {
		delete(s.subs, sub.arn)
		s.topics[sub.topic].deleted++
	}
	return &awssns.UnsubscribeOutput{}, nil
}

// of lists a topic's subscriptions, or all, by ARN.
func (s *Service) of(topic string) []*subscription {
	var subs []*subscription
	for _, arn := range slices.Sorted(maps.Keys(s.subs)) {
		if sub := s.subs[arn]; topic == "" || sub.topic == topic {
			subs = append(subs, sub)
		}
	}
	return subs
}

func (s *Service) list(topic string, token *string) ([]types.Subscription, *string, error) {
	var all []types.Subscription
	for _, sub := range s.of(topic) {
		shown := types.Subscription{
			SubscriptionArn: &sub.arn, TopicArn: &sub.topic, Protocol: &sub.protocol, Endpoint: &sub.endpoint,
			Owner: &s.options.Home.Account,
		}
		if sub.pending {
			shown.SubscriptionArn = aws.String("PendingConfirmation")
		}
		all = append(all, shown)
	}
	return page(all, token)
}

// ListSubscriptions lists all subscriptions.
func (s *Service) ListSubscriptions(_ context.Context, in *awssns.ListSubscriptionsInput) (*awssns.ListSubscriptionsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	shown, next, err := s.list("", in.NextToken)
	return &awssns.ListSubscriptionsOutput{Subscriptions: shown, NextToken: next}, err
}

// ListSubscriptionsByTopic lists a topic's subscriptions.
func (s *Service) ListSubscriptionsByTopic(_ context.Context, in *awssns.ListSubscriptionsByTopicInput) (*awssns.ListSubscriptionsByTopicOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.topicOf(in.TopicArn)
	if err != nil {
		return nil, err
	}
	shown, next, err := s.list(t.arn, in.NextToken)
	return &awssns.ListSubscriptionsByTopicOutput{Subscriptions: shown, NextToken: next}, err
}

// SetSubscriptionAttributes changes one attribute of a subscription.
func (s *Service) SetSubscriptionAttributes(_ context.Context, in *awssns.SetSubscriptionAttributesInput) (*awssns.SetSubscriptionAttributesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, err := s.subscriptionOf(in.SubscriptionArn)
	if err != nil {
		return nil, err
	}
	sub := *old
	if err := sub.set(aws.ToString(in.AttributeName), aws.ToString(in.AttributeValue)); err != nil {
		return nil, err
	}
	s.subs[sub.arn] = &sub
	return &awssns.SetSubscriptionAttributesOutput{}, nil
}

// GetSubscriptionAttributes tells a subscription's attributes.
func (s *Service) GetSubscriptionAttributes(_ context.Context, in *awssns.GetSubscriptionAttributesInput) (*awssns.GetSubscriptionAttributesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sub, err := s.subscriptionOf(in.SubscriptionArn)
	if err != nil {
		return nil, err
	}
	all := map[string]string{
		"SubscriptionArn": sub.arn, "TopicArn": sub.topic, "Protocol": sub.protocol, "Endpoint": sub.endpoint,
		"Owner": s.options.Home.Account, "PendingConfirmation": strconv.FormatBool(sub.pending),
		"RawMessageDelivery": strconv.FormatBool(sub.raw),
	}
	if sub.deadLetters != "" {
		all["RedrivePolicy"] = `{"deadLetterTargetArn":"` + sub.deadLetters + `"}`
	}
	return &awssns.GetSubscriptionAttributesOutput{Attributes: all}, nil
}

func (s *Service) subscriptionOf(arn *string) (*subscription, error) {
	if sub := s.subs[aws.ToString(arn)]; sub != nil {
		return sub, nil
	}
	return nil, &types.NotFoundException{Message: aws.String("Subscription does not exist")}
}
