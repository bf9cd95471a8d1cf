package sqs

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"sluice/test/sandbox/wire"
)

// quietTime is how long a deleted queue's name, and a purge, keep others waiting.
const quietTime = 60 * time.Second

// A queue holds messages in the order of their arrival.
type queue struct {
	name, arn, url    string
	settings          map[string]string // the attributes that were set, or their defaults
	created, modified time.Time
	purged            time.Time
	messages          []*message
	arrived           chan struct{} // closed and replaced when a message comes into sight; wakes long polls
	redrive           *redrive
	dimensions        map[string]string // of its metrics
}

var queueName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,80}$`)

func (s *Service) byARN(arn string) *queue {
	name, ok := strings.CutPrefix(arn, s.options.Home.ARN("sqs", ""))
	if !ok {
		return nil
	}
	return s.queues[name]
}

// byURL finds a queue by its URL, of which only the last part counts: clients reach one server under several names.
func (s *Service) byURL(url *string) (*queue, error) {
	if q := s.queues[nameIn(aws.ToString(url))]; q != nil {
		return q, nil
	}
	return nil, noQueue()
}

func nameIn(url string) string { return url[strings.LastIndexByte(url, '/')+1:] }

// CreateQueue makes a queue. To make one that is there already, with the same attributes, succeeds.
func (s *Service) CreateQueue(_ context.Context, in *awssqs.CreateQueueInput) (*awssqs.CreateQueueOutput, error) {
	name := aws.ToString(in.QueueName)
	if strings.HasSuffix(name, ".fifo") || in.Attributes["FifoQueue"] == "true" {
		return nil, wire.NotImplemented("CreateQueue of a FIFO queue")
	}
	if !queueName.MatchString(name) {
		return nil, invalidParameter("Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if q := s.queues[name]; q != nil {
		return q.again(in)
	}
	now := time.Now()
	if given, ok := s.deleted[name]; ok && now.Sub(given) < quietTime {
		return nil, &types.QueueDeletedRecently{Message: aws.String("You must wait 60 seconds after deleting a queue before you can create another with the same name.")}
	}
	q := &queue{
		name: name, arn: s.options.Home.ARN("sqs", name), url: s.options.BaseURL + "/" + s.options.Home.Account + "/" + name,
		settings: maps.Clone(defaults), created: now, modified: now, arrived: make(chan struct{}),
		dimensions: map[string]string{"QueueName": name},
	}
	if err := q.set(in.Attributes); err != nil {
		return nil, err
	}
	s.queues[name] = q
	s.startSampling()
	return &awssqs.CreateQueueOutput{QueueUrl: &q.url}, nil
}

func (q *queue) again(in *awssqs.CreateQueueInput) (*awssqs.CreateQueueOutput, error) {
	for name, value := range in.Attributes {
		if q.settings[name] != value {
			return nil, &types.QueueNameExists{Message: aws.String("A queue already exists with the same name and a different value for attribute " + name)}
		}
	}
	return &awssqs.CreateQueueOutput{QueueUrl: &q.url}, nil
}

// GetQueueUrl finds a queue by its name.
func (s *Service) GetQueueUrl(_ context.Context, in *awssqs.GetQueueUrlInput) (*awssqs.GetQueueUrlOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.queues[aws.ToString(in.QueueName)]
	if q == nil || (in.QueueOwnerAWSAccountId != nil && *in.QueueOwnerAWSAccountId != s.options.Home.Account) {
		return nil, noQueue()
	}
	return &awssqs.GetQueueUrlOutput{QueueUrl: &q.url}, nil
}

// ListQueues lists the URLs of queues by name.
func (s *Service) ListQueues(_ context.Context, in *awssqs.ListQueuesInput) (*awssqs.ListQueuesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var urls []string
	for _, name := range slices.Sorted(maps.Keys(s.queues)) {
		if strings.HasPrefix(name, aws.ToString(in.QueueNamePrefix)) {
			urls = append(urls, s.queues[name].url)
		}
	}
	start, size := 0, 1000
	if in.NextToken != nil {
		n, err := strconv.Atoi(*in.NextToken)
		if err != nil || n < 0 {
			return nil, invalidParameter("Invalid or expired next token.")
		}
		start = min(n, len(urls))
	}
	if in.MaxResults != nil {
		size = max(int(*in.MaxResults), 1)
	}
	out := &awssqs.ListQueuesOutput{QueueUrls: urls[start:min(start+size, len(urls))]}
	if in.MaxResults != nil && start+size < len(urls) {
		out.NextToken = aws.String(strconv.Itoa(start + size))
	}
	return out, nil
}

// DeleteQueue removes a queue and its messages.
func (s *Service) DeleteQueue(_ context.Context, in *awssqs.DeleteQueueInput) (*awssqs.DeleteQueueOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.byURL(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	delete(s.queues, q.name)
	s.deleted[q.name] = time.Now()
	q.wake()
	return &awssqs.DeleteQueueOutput{}, nil
}

// PurgeQueue removes a queue's messages, at most once a minute.
func (s *Service) PurgeQueue(_ context.Context, in *awssqs.PurgeQueueInput) (*awssqs.PurgeQueueOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.byURL(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	if !q.purged.IsZero() && now.Sub(q.purged) < quietTime {
		return nil, &types.PurgeQueueInProgress{Message: aws.String("Only one PurgeQueue operation on " + q.name + " is allowed every 60 seconds.")}
	}
	q.purged, q.messages = now, nil
	return &awssqs.PurgeQueueOutput{}, nil
}

func invalidParameter(reason string) error {
	return &wire.Error{Code: "InvalidParameterValue", Message: reason}
}
