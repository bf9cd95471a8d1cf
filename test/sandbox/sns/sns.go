// Package sns is Amazon SNS on one machine: standard topics and their subscriptions.
//
// Publish answers at once. Each message goes to each confirmed subscription separately, and is tried again when the
// subscriber does not take it. Queues and functions are reached through Options.Deliver. Mail goes to a mailbox that
// the sandbox shows (Mailbox): an address counts as confirmed as soon as it subscribes, because whoever can read the
// mailbox could have followed the link in it. http and https endpoints stay pending for ever: nothing is sent over a
// network. FIFO topics, filter policies, SMS and mobile push are refused.
//
// Documentation followed: https://docs.aws.amazon.com/sns/latest/api/Welcome.html,
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html and sns-message-delivery-retries.html.
package sns

import (
	"context"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"sluice/test/sandbox/wire"
)

// Options of a Service.
type Options struct {
	Home wire.Home

	// Deliver hands a message to a subscriber: protocol is "sqs" or "lambda", endpoint its ARN. An error is tried
	// again, unless it has a method Permanent() bool that answers true. Nil: such subscriptions are refused.
	Deliver func(ctx context.Context, topicARN, protocol, endpoint string, message []byte) error
}

// A Service is one account's SNS in one region.
type Service struct {
	ctx     context.Context
	options Options
	mailbox mailbox

	mu     sync.Mutex
	topics map[string]*topic        // by ARN
	subs   map[string]*subscription // by ARN
}

// New makes a service without topics; its deliveries end with ctx.
func New(ctx context.Context, o Options) *Service {
	return &Service{ctx: ctx, options: o, topics: map[string]*topic{}, subs: map[string]*subscription{}}
}

// Wire registers the service's operations.
func (s *Service) Wire() wire.Service {
	return wire.Service{
		Name: "sns", QueryVersion: "2010-03-31", XMLNamespace: "http://sns.amazonaws.com/doc/2010-03-31/",
		Impl: s, Scope: s.scope,
	}
}

// Policy is the access policy of a topic; false when there is no such topic.
func (s *Service) Policy(topicARN string) (policy string, exists bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.topics[topicARN]
	if t == nil {
		return "", false
	}
	return t.attributes["Policy"], true
}

func (s *Service) topicOf(arn *string) (*topic, error) {
	if t := s.topics[aws.ToString(arn)]; t != nil {
		return t, nil
	}
	return nil, &types.NotFoundException{Message: aws.String("Topic does not exist")}
}

func invalid(format string, args ...any) error {
	return &types.InvalidParameterException{Message: aws.String("Invalid parameter: " + fmt.Sprintf(format, args...))}
}
