package sns

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// deliver sends a note to one subscription: mail at once, everything else beside the caller.
func (s *Service) deliver(n *note, sub *subscription) {
	if sub.pending {
		return
	}
	if strings.HasPrefix(sub.protocol, "email") {
		s.mailbox.add(n.mail(sub))
		return
	}
	payload, err := n.payload(sub)
	if err != nil {
		return // it is made of strings, which always encode
	}
	go s.insist(n, sub, payload)
}

// pauses between attempts at an endpoint that AWS manages: three at once, two after a second, ten with growing
// pauses, then one every 20 seconds, 100,015 in all over 23 days:
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
const retries = 100015

func pauseBefore(retry int) time.Duration {
	switch {
	case retry <= 3:
		return 0
	case retry <= 5:
		return time.Second
	case retry <= 15:
		return min(time.Second<<(retry-6), 20*time.Second)
	}
	return 20 * time.Second
}

// insist tries until the subscriber takes the message, refuses it for good, or the retries are used up; then the
// message goes to the subscription's dead-letter queue, if it has one.
func (s *Service) insist(n *note, sub *subscription, payload []byte) {
	for retry := 1; retry <= retries+1; retry++ {
		if s.ctx.Err() != nil {
			return
		}
		err := s.options.Deliver(s.ctx, sub.topic, sub.protocol, sub.endpoint, payload)
		if err == nil {
			return
		}
		if permanent(err) || !s.pause(pauseBefore(retry)) {
			break
		}
	}
	if sub.deadLetters == "" || s.ctx.Err() != nil {
		s.mailbox.drop()
		return
	}
	if err := s.options.Deliver(s.ctx, sub.topic, "sqs", sub.deadLetters, payload); err != nil {
		s.mailbox.drop()
	}
}

func permanent(err error) bool {
	var p interface{ Permanent() bool }
	return errors.As(err, &p) && p.Permanent()
}

// pause reports whether the service still runs after it.
func (s *Service) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.ctx.Done():
		return false
	}
}

// An envelope is the JSON around a message: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
// Signature and certificate are left out: only AWS can sign.
type envelope struct {
	Type              string
	MessageID         string `json:"MessageId"`
	TopicARN          string `json:"TopicArn"`
	Subject           string `json:",omitempty"`
	Message           string
	Timestamp         string
	MessageAttributes map[string]attribute `json:",omitempty"`
}

type attribute struct{ Type, Value string }

func (n *note) envelope(protocol string) envelope {
	e := envelope{
		Type: "Notification", MessageID: n.id, TopicARN: n.topic, Subject: n.subject, Message: n.body(protocol),
		Timestamp: n.at.UTC().Format("2006-01-02T15:04:05.000Z"), MessageAttributes: map[string]attribute{},
	}
	for name, value := range n.attributes {
		text := aws.ToString(value.StringValue)
		if value.StringValue == nil {
			text = base64.StdEncoding.EncodeToString(value.BinaryValue)
		}
		e.MessageAttributes[name] = attribute{aws.ToString(value.DataType), text}
	}
	return e
}

// payload is what a queue or a function receives.
func (n *note) payload(sub *subscription) ([]byte, error) {
	if sub.raw {
		return []byte(n.body(sub.protocol)), nil
	}
	e := n.envelope(sub.protocol)
	if sub.protocol != "lambda" {
		return json.Marshal(e)
	}
	type record struct {
		EventSource, EventVersion, EventSubscriptionArn string
		Sns                                             envelope
	}
	return json.Marshal(map[string][]record{"Records": {{"aws:sns", "1.0", sub.arn, e}}})
}
