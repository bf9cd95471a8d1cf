package sqs

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// defaults of https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
var defaults = map[string]string{
	"DelaySeconds": "0", "MaximumMessageSize": "1048576", "MessageRetentionPeriod": "345600",
	"ReceiveMessageWaitTimeSeconds": "0", "VisibilityTimeout": "30", "SqsManagedSseEnabled": "true",
}

// ranges of the numeric attributes.
var ranges = map[string][2]int{
	"DelaySeconds": {0, 900}, "MaximumMessageSize": {1024, 1 << 20}, "MessageRetentionPeriod": {60, 1209600},
	"ReceiveMessageWaitTimeSeconds": {0, 20}, "VisibilityTimeout": {0, 43200}, "KmsDataKeyReusePeriodSeconds": {60, 86400},
}

// documents are the attributes whose value is JSON; "" takes them away.
var documents = []string{"Policy", "RedrivePolicy", "RedriveAllowPolicy"}

// others are kept and shown, and change nothing here.
var others = []string{"SqsManagedSseEnabled", "KmsMasterKeyId", "FifoQueue"}

// A redrive sends what was received too often elsewhere.
type redrive struct {
	to       string
	receives int
}

// set checks all attributes before it changes one.
func (q *queue) set(attributes map[string]string) error {
	for name, value := range attributes {
		if err := check(name, value); err != nil {
			return err
		}
	}
	redrive := q.redrive
	if policy, given := attributes["RedrivePolicy"]; given {
		var err error
		if redrive, err = parseRedrive(policy); err != nil {
			return err
		}
	}
	q.redrive = redrive
	for name, value := range attributes {
		if value == "" {
			delete(q.settings, name)
			continue
		}
		q.settings[name] = value
	}
	return nil
}

func check(name, value string) error {
	if limits, numeric := ranges[name]; numeric {
		if n, err := strconv.Atoi(value); err != nil || n < limits[0] || n > limits[1] {
			return invalidAttribute(name)
		}
		return nil
	}
	if slices.Contains(documents, name) {
		if value != "" && !json.Valid([]byte(value)) {
			return invalidAttribute(name)
		}
		return nil
	}
	if !slices.Contains(others, name) {
		return &types.InvalidAttributeName{Message: aws.String("Unknown Attribute " + name + ".")}
	}
	return nil
}

func invalidAttribute(name string) error {
	return &types.InvalidAttributeValue{Message: aws.String("Invalid value for the parameter " + name + ".")}
}

// parseRedrive takes the count as a number or as a string, as AWS does.
func parseRedrive(policy string) (*redrive, error) {
	if policy == "" {
		return nil, nil
	}
	var p struct {
		DeadLetterTargetARN string `json:"deadLetterTargetArn"`
		MaxReceiveCount     any    `json:"maxReceiveCount"`
	}
	if err := json.Unmarshal([]byte(policy), &p); err != nil {
		return nil, invalidAttribute("RedrivePolicy")
	}
	n, err := strconv.Atoi(fmt.Sprint(p.MaxReceiveCount))
	if err != nil || n < 1 || n > 1000 || p.DeadLetterTargetARN == "" {
		return nil, invalidAttribute("RedrivePolicy")
	}
	return &redrive{p.DeadLetterTargetARN, n}, nil
}

// seconds reads a numeric attribute, which set has checked.
func (q *queue) seconds(name string) time.Duration {
	n, _ := strconv.Atoi(q.settings[name])
	return time.Duration(n) * time.Second
}

// SetQueueAttributes changes attributes: all of them or, when one is wrong, none.
func (s *Service) SetQueueAttributes(_ context.Context, in *awssqs.SetQueueAttributesInput) (*awssqs.SetQueueAttributesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.byURL(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	if err := q.set(in.Attributes); err != nil {
		return nil, err
	}
	q.modified = time.Now()
	return &awssqs.SetQueueAttributesOutput{}, nil
}

// GetQueueAttributes tells the attributes asked for; "All" is every one.
func (s *Service) GetQueueAttributes(_ context.Context, in *awssqs.GetQueueAttributesInput) (*awssqs.GetQueueAttributesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.byURL(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	all := q.attributes(time.Now())
	out := &awssqs.GetQueueAttributesOutput{Attributes: map[string]string{}}
	for _, name := range in.AttributeNames {
		if name == types.QueueAttributeNameAll {
			out.Attributes = all
			break
		}
		if !slices.Contains(name.Values(), name) {
			return nil, &types.InvalidAttributeName{Message: aws.String("Unknown Attribute " + string(name) + ".")}
		}
		if value, has := all[string(name)]; has {
			out.Attributes[string(name)] = value
		}
	}
	return out, nil
}

func (q *queue) attributes(now time.Time) map[string]string {
	q.expire(now)
	visible, inFlight, delayed := q.count(now)
	all := maps.Clone(q.settings)
	all["QueueArn"] = q.arn
	all["ApproximateNumberOfMessages"] = strconv.Itoa(visible)
	all["ApproximateNumberOfMessagesNotVisible"] = strconv.Itoa(inFlight)
	all["ApproximateNumberOfMessagesDelayed"] = strconv.Itoa(delayed)
	all["CreatedTimestamp"] = strconv.FormatInt(q.created.Unix(), 10)
	all["LastModifiedTimestamp"] = strconv.FormatInt(q.modified.Unix(), 10)
	return all
}
