// Package cloudwatch is Amazon CloudWatch on one machine: metrics, metric math, alarms and what alarms cause.
//
// Metrics come in by PutMetricData, by Record (other sandbox services reporting on themselves) and by Log
// (embedded metric format lines in a function's log). They go out by GetMetricData and by alarms.
//
// A release engine depends on alarms, so their rules are kept as AWS documents them:
//
//   - A metric alarm is looked at every minute, or every ten seconds when its period is 10, 20 or 30 seconds, and
//     decides on *whole* periods, the last of which ends at the minute (ten seconds) just past.
//   - It fetches more periods than it evaluates (the evaluation range), so one bad point in a metric that then falls
//     silent keeps an alarm red for about three periods, whatever TreatMissingData says.
//   - A state change is emitted once; a repeated SetAlarmState to the same state emits nothing, and an alarm may go
//     from INSUFFICIENT_DATA to ALARM without ever having been OK.
//   - Muted alarms and suppressed composite alarms still emit their events, marked; they only run no actions.
//
// Two timers drive all of it, and they exist only while there is an alarm to evaluate.
package cloudwatch

import (
	"context"
	"sync"
	"time"

	"sluice/test/sandbox/wire"
)

// Options connect CloudWatch to the rest of the account.
type Options struct {
	Home wire.Home // where alarms live; the zero value is us-east-1 in account 123456789012

	// Emit puts an event with source aws.cloudwatch on the default bus; nil drops events.
	Emit func(ctx context.Context, detailType string, resources []string, detail any)

	// Notify runs an alarm action: it publishes to the SNS topic actionARN; nil drops notifications.
	Notify func(ctx context.Context, actionARN, subject, message string)

	// Lag is how late metrics of AWS's own services (namespaces "AWS/...") can be read. Real ones lag by a minute or
	// so and then grow, which is what makes a judge that reads too early see a better world than there is.
	Lag time.Duration
}

// A Service is CloudWatch of one account and Region. Its operations have the shape of the SDK's client methods.
type Service struct {
	opts Options
	ctx  context.Context // ends with the sandbox; alarms act on nobody's request, so they act in this context

	mu         sync.Mutex
	metrics    metrics
	alarms     map[string]*alarm
	mutes      map[string]*muteRule
	fast, slow ticker
	moved      []string // alarms that changed and whose composite alarms have not been told
	closed     bool

	outbox  []func() // effects that wait for mu to be free, in order
	sending bool
}

// New starts CloudWatch without metrics or alarms; it ends with ctx or with Close.
func New(ctx context.Context, opts Options) *Service {
	if opts.Home == (wire.Home{}) {
		opts.Home = wire.Home{Region: "us-east-1", Account: "123456789012"}
	}
	s := &Service{
		opts:    opts,
		ctx:     ctx,
		metrics: metrics{byKey: map[string]*series{}, lag: opts.Lag},
		alarms:  map[string]*alarm{},
		mutes:   map[string]*muteRule{},
	}
	context.AfterFunc(ctx, s.Close)
	return s
}

// Close stops the evaluation of alarms. Metrics can still be read.
func (s *Service) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.fast.stop()
	s.slow.stop()
	for _, a := range s.alarms {
		a.forgetTimers()
	}
}

// Wire registers the service with the sandbox's protocols.
func (s *Service) Wire() wire.Service {
	return wire.Service{
		Name:         "cloudwatch",
		Target:       "GraniteServiceVersion20100801",
		JSONVersion:  "1.0",
		UpperCamel:   true,
		EpochTimes:   true,
		QueryVersion: "2010-08-01",
		XMLNamespace: "http://monitoring.amazonaws.com/doc/2010-08-01/",
		CBOR:         "GraniteServiceVersion20100801",
		Impl:         s,
		Scope:        s.scope,
	}
}

// after queues an effect (an event, a notification) to run when the state is unlocked. Call it with mu held.
func (s *Service) after(effect func()) { s.outbox = append(s.outbox, effect) }

// unlock frees the state, then runs queued effects in the order they were caused. An effect may call the service
// again: what that causes is queued behind, and sent by the goroutine that is already sending.
func (s *Service) unlock() {
	if s.sending {
		s.mu.Unlock()
		return
	}
	s.sending = true
	for len(s.outbox) > 0 {
		effects := s.outbox
		s.outbox = nil
		s.mu.Unlock()
		for _, effect := range effects {
			effect()
		}
		s.mu.Lock()
	}
	s.sending = false
	s.mu.Unlock()
}
