package sqs

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// ReceiveMessage takes up to ten messages out of sight; with a wait time it stays until there is one.
func (s *Service) ReceiveMessage(ctx context.Context, in *awssqs.ReceiveMessageInput) (*awssqs.ReceiveMessageOutput, error) {
	most := in.MaxNumberOfMessages
	if most == 0 {
		most = 1
	}
	if most < 1 || most > 10 {
		return nil, invalidParameter(fmt.Sprintf("Value %d for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.", most))
	}
	if in.WaitTimeSeconds < 0 || in.WaitTimeSeconds > 20 {
		return nil, invalidParameter(fmt.Sprintf("Value %d for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.", in.WaitTimeSeconds))
	}
	began := time.Now()
	for {
		took, p, err := s.look(in, int(most), began)
		if err != nil || len(took) > 0 || !p.wait(ctx, s.ctx) {
			return &awssqs.ReceiveMessageOutput{Messages: took}, err
		}
	}
}

// A pause is what a long poll waits for before it looks again.
type pause struct {
	arrived <-chan struct{}
	next    time.Time // when a message comes back into sight, or the wait ends
	over    bool
}

// look takes what is in sight, and says how to go on if that is nothing.
func (s *Service) look(in *awssqs.ReceiveMessageInput, most int, began time.Time) ([]types.Message, pause, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.byURL(in.QueueUrl)
	if err != nil {
		return nil, pause{}, err
	}
	now := time.Now()
	q.expire(now)
	var took []types.Message
	for _, m := range s.take(q, most, now, in.VisibilityTimeout) {
		took = append(took, m.shown(in))
	}
	wait := time.Duration(in.WaitTimeSeconds) * time.Second
	if wait == 0 {
		wait = q.seconds("ReceiveMessageWaitTimeSeconds")
	}
	end := began.Add(wait)
	p := pause{arrived: q.arrived, next: end, over: !now.Before(end)}
	for _, m := range q.messages {
		if m.visible.Before(p.next) {
			p.next = m.visible
		}
	}
	return took, p, nil
}

// wait reports whether there is reason to look again.
func (p pause) wait(ctxs ...context.Context) bool {
	if p.over {
		return false
	}
	timer := time.NewTimer(time.Until(p.next))
	defer timer.Stop()
	select {
	case <-p.arrived:
		return true
	case <-timer.C:
		return true
	case <-ctxs[0].Done():
	case <-ctxs[1].Done():
	}
	return false
}

// take receives messages; those that were received too often go to the dead-letter queue instead.
func (s *Service) take(q *queue, most int, now time.Time, visibility int32) []*message {
	hidden := time.Duration(visibility) * time.Second
	if visibility == 0 {
		hidden = q.seconds("VisibilityTimeout")
	}
	var took []*message
	for _, m := range slices.Clone(q.messages) {
		if len(took) == most {
			break
		}
		if m.visible.After(now) || s.redriven(q, m, now) {
			continue
		}
		m.receives++
		if m.receives == 1 {
			m.first = now
		}
		m.visible = now.Add(hidden)
		took = append(took, m)
	}
	return took
}

// redriven moves a message whose receives are used up, if there is where to. It keeps the time it was sent, on which
// its retention depends.
func (s *Service) redriven(q *queue, m *message, now time.Time) bool {
	if q.redrive == nil || m.receives < q.redrive.receives {
		return false
	}
	to := s.byARN(q.redrive.to)
	if to == nil {
		return false
	}
	q.remove(m)
	m.from, m.visible = q.arn, now
	to.add(m)
	return true
}

func (q *queue) remove(m *message) {
	q.messages = slices.DeleteFunc(q.messages, func(other *message) bool { return other == m })
}

// expire forgets what is older than the queue's retention period.
func (q *queue) expire(now time.Time) {
	oldest := now.Add(-q.seconds("MessageRetentionPeriod"))
	q.messages = slices.DeleteFunc(q.messages, func(m *message) bool { return m.sent.Before(oldest) })
}

func (q *queue) count(now time.Time) (visible, inFlight, delayed int) {
	for _, m := range q.messages {
		switch {
		case !m.visible.After(now):
			visible++
		case m.receives > 0:
			inFlight++
		default:
			delayed++
		}
	}
	return
}

func (m *message) shown(in *awssqs.ReceiveMessageInput) types.Message {
	attributes := m.wanted(in.MessageAttributeNames)
	return types.Message{
		MessageId: &m.id, Body: &m.body, MD5OfBody: aws.String(digest(m.body)), ReceiptHandle: aws.String(m.handle()),
		Attributes: m.system(in), MessageAttributes: attributes, MD5OfMessageAttributes: digestAttributes(attributes),
	}
}

// wanted picks message attributes by name, by prefix ("bar.*") or all of them ("All", ".*").
func (m *message) wanted(names []string) map[string]types.MessageAttributeValue {
	wanted := map[string]types.MessageAttributeValue{}
	for name, value := range m.attributes {
		if slices.ContainsFunc(names, func(want string) bool {
			prefix, isPrefix := strings.CutSuffix(want, ".*")
			return want == "All" || want == name || (isPrefix && strings.HasPrefix(name, prefix))
		}) {
			wanted[name] = value
		}
	}
	return wanted
}

func (m *message) system(in *awssqs.ReceiveMessageInput) map[string]string {
	all := map[string]string{
		"SentTimestamp":                    milliseconds(m.sent),
		"ApproximateReceiveCount":          strconv.Itoa(m.receives),
		"ApproximateFirstReceiveTimestamp": milliseconds(m.first),
		"SenderId":                         m.sender,
		"AWSTraceHeader":                   m.trace,
		"DeadLetterQueueSourceArn":         m.from,
	}
	wanted := map[string]string{}
	for name, value := range all {
		if value != "" && asksFor(in, name) {
			wanted[name] = value
		}
	}
	return wanted
}

// asksFor looks in the list of today and in the one it replaced, which older clients still send.
func asksFor(in *awssqs.ReceiveMessageInput, name string) bool {
	//lint:ignore SA1019 the deprecated list is part of the protocol
	old := in.AttributeNames
	return slices.Contains(old, types.QueueAttributeName(name)) || slices.Contains(old, "All") ||
		slices.Contains(in.MessageSystemAttributeNames, types.MessageSystemAttributeName(name)) ||
		slices.Contains(in.MessageSystemAttributeNames, "All")
}

func milliseconds(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// handle names one receipt of a message: the next receive makes it stale.
func (m *message) handle() string {
	return base64.StdEncoding.EncodeToString([]byte(m.id + "#" + strconv.Itoa(m.receives)))
}
