package eventbridge

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/aws/smithy-go"
)

// A delivery is one message on its way to one target, over as many attempts as it takes.
type delivery struct {
	service *Service
	rule    *rule
	target  *target
	message *message
	since   time.Time
	retries int
}

// A refusal is a failure that no further attempt would mend.
type refusal struct{ code, reason string }

func (r *refusal) Error() string   { return r.reason }
func (r *refusal) Permanent() bool { return true }

// begin starts a delivery; the caller does not wait for it.
func (s *Service) begin(d *delivery) {
	s.counts.add(func(c *Counts) *int { return &c.Matched })
	s.work.begin()
	go func() {
		defer s.work.end()
		d.attempt()
	}()
}

func (d *delivery) attempt() {
	s := d.service
	if s.ctx.Err() != nil {
		return
	}
	s.record(d.rule, "Invocations")
	err := s.send(d)
	switch {
	case err == nil:
		s.counts.add(func(c *Counts) *int { return &c.Delivered })
	case permanent(err):
		d.fail(err, "")
	default:
		d.retry(err)
	}
}

func permanent(err error) bool {
	var p interface{ Permanent() bool }
	return errors.As(err, &p) && p.Permanent()
}

// send hands over one attempt. Other buses of the account are served here, other targets by the Deliver functions.
func (s *Service) send(d *delivery) error {
	service := serviceOf(d.target.arn)
	if service == "events" && strings.HasPrefix(d.target.arn, s.options.Home.ARN("events", "event-bus/")) {
		return s.forward(d)
	}
	deliver := s.options.Deliver[service]
	if deliver == nil {
		return &refusal{"INVALID_PARAMETER", "the sandbox has no targets in " + service}
	}
	out := Delivery{TargetARN: d.target.arn, RuleARN: d.rule.arn, Payload: d.message.body()}
	if d.target.RoleArn != nil {
		out.RoleARN = *d.target.RoleArn
	}
	if p := d.target.SqsParameters; p != nil && p.MessageGroupId != nil {
		out.GroupID = *p.MessageGroupId
	}
	return deliver(s.ctx, out)
}

// forward sends an event to another bus of the account. It goes no further than that: events that arrived from a bus
// are not sent to a third (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-bus-to-bus.html).
func (s *Service) forward(d *delivery) error {
	if d.message.hops > 0 {
		return &refusal{"THIRD_ACCOUNT_HOP_DETECTED", "the event came from another bus and is not forwarded again"}
	}
	s.mu.RLock()
	b := s.buses[busNameOf(d.target.arn)]
	s.mu.RUnlock()
	if b == nil {
		return &refusal{"NO_RESOURCE", "the event bus does not exist"}
	}
	m := *d.message
	m.hops++
	s.publish(d.target.arn, &m)
	return nil
}

// retry waits for the next attempt, or gives up when the target's policy says so.
func (d *delivery) retry(err error) {
	if d.retries >= d.target.policy.attempts {
		d.fail(err, "MaximumRetryAttempts")
		return
	}
	left := d.target.policy.age - time.Since(d.since)
	if left <= 0 {
		d.fail(err, "MaximumEventAgeInSeconds")
		return
	}
	d.retries++
	pause := min(backoff(d.retries, d.service.options.Jitter()), left)
	d.service.alarms.after(pause, func() {
		d.service.work.begin()
		defer d.service.work.end()
		d.service.counts.add(func(c *Counts) *int { return &c.Retried })
		d.attempt()
	})
}

// fail ends a delivery in the target's dead-letter queue, with the event and the reasons as attributes:
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
func (d *delivery) fail(err error, exhausted string) {
	s := d.service
	s.record(d.rule, "FailedInvocations")
	deadLetters := d.target.DeadLetterConfig
	send := s.options.Deliver["sqs"]
	if deadLetters == nil || deadLetters.Arn == nil || send == nil {
		s.counts.add(func(c *Counts) *int { return &c.Dropped })
		return
	}
	attributes := map[string]string{
		"RULE_ARN": d.rule.arn, "TARGET_ARN": d.target.arn, "ERROR_CODE": errorCode(err), "ERROR_MESSAGE": err.Error(),
	}
	if exhausted != "" {
		attributes["EXHAUSTED_RETRY_CONDITION"] = exhausted
		attributes["RETRY_ATTEMPTS"] = strconv.Itoa(d.retries)
	}
	err = send(s.ctx, Delivery{
		TargetARN: *deadLetters.Arn, RuleARN: d.rule.arn, Payload: d.message.body(), Attributes: attributes,
	})
	if err != nil {
		s.record(d.rule, "InvocationsFailedToBeSentToDlq")
		s.counts.add(func(c *Counts) *int { return &c.Dropped })
		return
	}
	s.record(d.rule, "InvocationsSentToDlq")
	s.counts.add(func(c *Counts) *int { return &c.DeadLettered })
}

// errorCode puts a target's error under one of the codes of eb-rule-dlq.html.
func errorCode(err error) string {
	if r := (*refusal)(nil); errors.As(err, &r) {
		return r.code
	}
	var api smithy.APIError
	if !errors.As(err, &api) {
		return "ERROR_FROM_TARGET"
	}
	code := api.ErrorCode()
	switch {
	case strings.Contains(code, "AccessDenied"), strings.Contains(code, "NotAuthorized"), code == "AuthorizationError":
		return "NO_PERMISSIONS"
	case strings.Contains(code, "NotFound"), strings.Contains(code, "DoesNotExist"), strings.Contains(code, "NonExistentQueue"):
		return "NO_RESOURCE"
	case strings.Contains(code, "Throttl"), strings.Contains(code, "TooManyRequests"):
		return "THROTTLING"
	case strings.HasPrefix(code, "Invalid"), strings.Contains(code, "Validation"):
		return "INVALID_PARAMETER"
	}
	return "ERROR_FROM_TARGET"
}

// record publishes one of the AWS/Events metrics; rules of custom buses have the bus as a second dimension:
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
func (s *Service) record(r *rule, name string) {
	if s.options.Record == nil {
		return
	}
	dims := map[string]string{"RuleName": r.name}
	if r.bus != defaultBus {
		dims["EventBusName"] = r.bus
	}
	s.options.Record("AWS/Events", name, dims, "Count", 1, time.Now())
}
