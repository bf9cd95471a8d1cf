// Package sqs is Amazon SQS on one machine: standard queues with visibility time-outs, delays, long polls and
// redrive to dead-letter queues.
//
// A message that is received stays in its queue, out of sight, until it is deleted or its visibility time-out passes;
// then it is received again, with a new receipt handle. After the maxReceiveCount of the queue's redrive policy it goes
// to the dead-letter queue instead. Messages are handed out in the order of their arrival, which a standard queue does
// not promise. FIFO queues are refused.
//
// Documentation followed: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/Welcome.html and
// .../SQSDeveloperGuide/sqs-visibility-timeout.html, sqs-dead-letter-queues.html, sqs-message-metadata.html.
package sqs

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"sluice/test/sandbox/wire"
)

// Options of a Service.
type Options struct {
	Home wire.Home

	// BaseURL begins every queue's URL, "http://127.0.0.1:4566".
	BaseURL string

	// Record receives the AWS/SQS metrics of every queue once a minute; nil: nobody counts.
	Record func(namespace, name string, dims map[string]string, unit string, value float64, at time.Time)
}

// A Service is one account's SQS in one region.
type Service struct {
	ctx     context.Context
	options Options

	mu      sync.Mutex
	queues  map[string]*queue
	deleted map[string]time.Time // when a name was last given up
	sampler *time.Timer          // of the metrics; nil while there is no queue
}

// New makes a service without queues; its timer and its long polls end with ctx.
func New(ctx context.Context, o Options) *Service {
	s := &Service{ctx: ctx, options: o, queues: map[string]*queue{}, deleted: map[string]time.Time{}}
	context.AfterFunc(ctx, s.stopSampling)
	return s
}

// Wire registers the service's operations.
func (s *Service) Wire() wire.Service {
	return wire.Service{
		Name: "sqs", Target: "AmazonSQS", JSONVersion: "1.0", UpperCamel: true, EpochTimes: true,
		QueryVersion: "2012-11-05", XMLNamespace: "http://queue.amazonaws.com/doc/2012-11-05/",
		Impl: s, Scope: s.scope,
	}
}

// A Message is what lies in a queue, for those who look at it from outside.
type Message struct {
	ID         string
	Body       string
	Attributes map[string]string // the string-valued message attributes
	Sent       time.Time
	Receives   int
}

// Depth is how many messages a queue holds, in sight or not; 0 when there is no such queue.
func (s *Service) Depth(queueARN string) int {
	return len(s.Messages(queueARN))
}

// Messages looks at a queue's messages, oldest first, without receiving them.
func (s *Service) Messages(queueARN string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.byARN(queueARN)
	if q == nil {
		return nil
	}
	q.expire(time.Now())
	var shown []Message
	for _, m := range q.messages {
		seen := Message{ID: m.id, Body: m.body, Attributes: map[string]string{}, Sent: m.sent, Receives: m.receives}
		for name, value := range m.attributes {
			if value.StringValue != nil {
				seen.Attributes[name] = *value.StringValue
			}
		}
		shown = append(shown, seen)
	}
	slices.SortStableFunc(shown, func(a, b Message) int { return cmp.Compare(a.Sent.UnixNano(), b.Sent.UnixNano()) })
	return shown
}

// Policy is the access policy of a queue; false when there is no such queue, "" when it has none.
func (s *Service) Policy(queueARN string) (policy string, exists bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.byARN(queueARN)
	if q == nil {
		return "", false
	}
	return q.settings["Policy"], true
}

// Send puts a message into a queue for another service, with string attributes. Whether that service may is for the
// caller to find out from Policy.
func (s *Service) Send(_ context.Context, queueARN string, body []byte, attributes map[string]string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.byARN(queueARN)
	if q == nil {
		return noQueue()
	}
	draft := draft{body: string(body), attributes: map[string]types.MessageAttributeValue{}}
	for name, value := range attributes {
		draft.attributes[name] = types.MessageAttributeValue{DataType: aws.String("String"), StringValue: aws.String(value)}
	}
	_, err := q.send(draft, "")
	return err
}

func noQueue() error {
	return &types.QueueDoesNotExist{Message: aws.String("The specified queue does not exist.")}
}
