package sandbox

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"sluice/test/sandbox/cfn"
)

func (s *Sandbox) messageCreators() map[string]cfn.Creator {
	return map[string]cfn.Creator{
		"AWS::SQS::Queue": creator(map[string]string{
			"KmsMasterKeyId": notEncrypted, "KmsDataKeyReusePeriodSeconds": notEncrypted, "SqsManagedSseEnabled": notEncrypted,
		}, s.createQueue),
		"AWS::SQS::QueuePolicy": creator(nil, s.createQueuePolicy),
		"AWS::SNS::Topic": creator(map[string]string{
			"KmsMasterKeyId": notEncrypted, "Tags": nobodyAsks, "TracingConfig": notTraced,
		}, s.createTopic),
		"AWS::SNS::TopicPolicy":  creator(nil, s.createTopicPolicy),
		"AWS::SNS::Subscription": creator(nil, s.createSubscription),
	}
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html
type queueProperties struct {
	QueueName                                                string
	DelaySeconds, MaximumMessageSize, MessageRetentionPeriod *int
	ReceiveMessageWaitTimeSeconds, VisibilityTimeout         *int
	FifoQueue, ContentBasedDeduplication                     *bool
	DeduplicationScope, FifoThroughputLimit                  string
	RedrivePolicy, RedriveAllowPolicy                        any
	Tags                                                     []tag
}

// attributes are those of the queue that the properties set.
func (p queueProperties) attributes() (map[string]string, error) {
	attributes := map[string]string{}
	for name, n := range map[types.QueueAttributeName]*int{
		types.QueueAttributeNameDelaySeconds:                  p.DelaySeconds,
		types.QueueAttributeNameMaximumMessageSize:            p.MaximumMessageSize,
		types.QueueAttributeNameMessageRetentionPeriod:        p.MessageRetentionPeriod,
		types.QueueAttributeNameReceiveMessageWaitTimeSeconds: p.ReceiveMessageWaitTimeSeconds,
		types.QueueAttributeNameVisibilityTimeout:             p.VisibilityTimeout,
	} {
		if n != nil {
			attributes[string(name)] = strconv.Itoa(*n)
		}
	}
	return attributes, p.more(attributes)
}

func (s *Sandbox) createQueue(ctx context.Context, id string, p queueProperties) (resource, error) {
	attributes, err := p.attributes()
	if err != nil {
		return resource{}, err
	}
	name := s.named(p.QueueName, id)
	out, err := s.SQS.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: &name, Attributes: attributes, Tags: tagMap(p.Tags)})
	if err != nil {
		return resource{}, err
	}
	return resource{*out.QueueUrl, map[string]string{
		"Arn": s.options.Home.ARN("sqs", name), "QueueName": name, "QueueUrl": *out.QueueUrl,
	}}, nil
}

// more adds the attributes that are not numbers.
func (p queueProperties) more(attributes map[string]string) error {
	for name, b := range map[string]*bool{"FifoQueue": p.FifoQueue, "ContentBasedDeduplication": p.ContentBasedDeduplication} {
		if b != nil {
			attributes[name] = strconv.FormatBool(*b)
		}
	}
	for name, text := range map[string]string{"DeduplicationScope": p.DeduplicationScope, "FifoThroughputLimit": p.FifoThroughputLimit} {
		if text != "" {
			attributes[name] = text
		}
	}
	return addDocuments(attributes, map[string]any{"RedrivePolicy": p.RedrivePolicy, "RedriveAllowPolicy": p.RedriveAllowPolicy})
}

func addDocuments(attributes map[string]string, documents map[string]any) error {
	for name, document := range documents {
		if document == nil {
			continue
		}
		text, err := cfn.Document(document)
		if err != nil {
			return err
		}
		attributes[name] = text
	}
	return nil
}

type queuePolicyProperties struct {
	PolicyDocument any
	Queues         []string
}

func (s *Sandbox) createQueuePolicy(ctx context.Context, id string, p queuePolicyProperties) (resource, error) {
	policy, err := cfn.Document(p.PolicyDocument)
	if err != nil {
		return resource{}, err
	}
	for _, url := range p.Queues {
		if _, err := s.SQS.SetQueueAttributes(ctx, &sqs.SetQueueAttributesInput{
			QueueUrl: &url, Attributes: map[string]string{string(types.QueueAttributeNamePolicy): policy},
		}); err != nil {
			return resource{}, err
		}
	}
	return resource{ref: id}, nil
}

type topicProperties struct {
	TopicName, DisplayName string
	Subscription           []struct{ Endpoint, Protocol string }
}

func (s *Sandbox) createTopic(ctx context.Context, id string, p topicProperties) (resource, error) {
	in := &sns.CreateTopicInput{Name: new(s.named(p.TopicName, id))}
	if p.DisplayName != "" {
		in.Attributes = map[string]string{"DisplayName": p.DisplayName}
	}
	out, err := s.SNS.CreateTopic(ctx, in)
	if err != nil {
		return resource{}, err
	}
	for _, sub := range p.Subscription {
		if _, err := s.SNS.Subscribe(ctx, &sns.SubscribeInput{
			TopicArn: out.TopicArn, Protocol: &sub.Protocol, Endpoint: &sub.Endpoint,
		}); err != nil {
			return resource{}, err
		}
	}
	return resource{*out.TopicArn, map[string]string{"TopicArn": *out.TopicArn, "TopicName": *in.Name}}, nil
}

type topicPolicyProperties struct {
	PolicyDocument any
	Topics         []string
}

func (s *Sandbox) createTopicPolicy(ctx context.Context, id string, p topicPolicyProperties) (resource, error) {
	policy, err := cfn.Document(p.PolicyDocument)
	if err != nil {
		return resource{}, err
	}
	for _, arn := range p.Topics {
		if _, err := s.SNS.SetTopicAttributes(ctx, &sns.SetTopicAttributesInput{
			TopicArn: &arn, AttributeName: new("Policy"), AttributeValue: &policy,
		}); err != nil {
			return resource{}, err
		}
	}
	return resource{ref: id}, nil
}

type subscriptionProperties struct {
	Endpoint, Protocol, TopicArn, FilterPolicyScope string
	FilterPolicy, RedrivePolicy                     any
	RawMessageDelivery                              *bool
}

func (s *Sandbox) createSubscription(ctx context.Context, _ string, p subscriptionProperties) (resource, error) {
	attributes := map[string]string{}
	if p.RawMessageDelivery != nil {
		attributes["RawMessageDelivery"] = strconv.FormatBool(*p.RawMessageDelivery)
	}
	if p.FilterPolicyScope != "" {
		attributes["FilterPolicyScope"] = p.FilterPolicyScope
	}
	if err := addDocuments(attributes, map[string]any{"FilterPolicy": p.FilterPolicy, "RedrivePolicy": p.RedrivePolicy}); err != nil {
		return resource{}, err
	}
	out, err := s.SNS.Subscribe(ctx, &sns.SubscribeInput{
		TopicArn: &p.TopicArn, Protocol: &p.Protocol, Endpoint: &p.Endpoint, Attributes: attributes, ReturnSubscriptionArn: true,
	})
	if err != nil {
		return resource{}, err
	}
	return resource{*out.SubscriptionArn, map[string]string{"Arn": *out.SubscriptionArn}}, nil
}
