// Package eventbridge is Amazon EventBridge on one machine: buses, rules, targets and archives.
//
// An event goes the way it goes at AWS. PutEvents gives it an envelope and an id and answers; a bus that does not exist
// swallows it without a word. Every enabled rule of the bus that matches hands it, whole, to each of its targets; targets
// with an Input, InputPath or InputTransformer are refused. Deliveries run beside each other, in no order and at least once.
// What a target refuses for now is tried again with growing pauses (185 times over 24 hours unless its RetryPolicy says
// otherwise). What it refuses for good, and what was tried in vain, goes to the target's dead-letter queue with
// attributes that say why; without such a queue it is dropped and counted.
//
// This package does not deliver by itself: Options.Deliver holds one function for each kind of target, so that the
// permissions of functions, queues and topics are checked where they are kept. Events to another bus of the same
// account stay inside.
//
// Documentation followed: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-what-is.html, in particular
// eb-rule-retry-policy.html, eb-rule-dlq.html, eb-putevents.html, eb-archive.html.
package eventbridge

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"sluice/test/sandbox/wire"
)

// A Delivery is one event on its way to one target.
type Delivery struct {
	TargetARN  string
	RoleARN    string            // the role that the target names, "" when its resource policy decides
	RuleARN    string            // who sends: the condition aws:SourceArn of resource policies
	Payload    []byte            // what the target receives
	Attributes map[string]string // message attributes, of dead letters; else nil
	GroupID    string            // SqsParameters.MessageGroupId, for FIFO queues
}

// Options of a Service.
type Options struct {
	Home wire.Home

	// Deliver hands a delivery to its target. The functions are keyed by the service in the target's ARN: "lambda",
	// "sqs", "sns", "states", "logs", ...; PutTargets refuses targets of other services. Dead letters go through "sqs".
	// An error is tried again, unless it has a method Permanent() bool that answers true: a missing permission, a
	// missing target, an event that the target will never take.
	Deliver map[string]func(ctx context.Context, d Delivery) error

	// Protect learns the policy of a bus each time that it changes, and refuses one that is none.
	// Nil: the policy is only kept and shown.
	Protect func(busARN, policy string) error

	// Record receives the AWS/Events metrics; nil discards them.
	Record func(namespace, name string, dims map[string]string, unit string, value float64, at time.Time)

	// Heard learns of each event that comes to a bus, and how many rules listened: none, too, where there is no bus of that name. It must
	// return at once. Nil: nobody asks.
	Heard func(bus string, e Event, rules int)

	// Jitter is a number in [0, 1) for each pause before a retry; nil means random.
	Jitter func() float64
}

// A Service is one account's EventBridge in one region.
type Service struct {
	ctx     context.Context
	options Options
	alarms  alarms
	work    work
	counts  counts

	mu       sync.RWMutex
	buses    map[string]*bus
	archives map[string]bool // by name
}

// New makes a service with the default bus; all its timers and deliveries end with ctx.
func New(ctx context.Context, o Options) *Service {
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	if o.Heard == nil {
		o.Heard = func(string, Event, int) {}
	}
	s := &Service{
		ctx: ctx, options: o,
		buses:    map[string]*bus{},
		archives: map[string]bool{},
	}
	s.buses[defaultBus] = s.newBus(defaultBus)
	context.AfterFunc(ctx, s.alarms.stop)
	return s
}

// Wire registers the service's operations.
func (s *Service) Wire() wire.Service {
	return wire.Service{
		Name: "events", Target: "AWSEvents", JSONVersion: "1.1", UpperCamel: true, EpochTimes: true,
		Impl: s, Scope: s.scope,
	}
}
