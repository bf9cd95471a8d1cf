package sns

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"sluice/test/sandbox/wire"
)

const (
	maxMessageSize   = 262144
	maxSubjectLength = 100
)

// A note is a message that was published and accepted.
type note struct {
	id, topic, subject string
	bodies             map[string]string // by protocol, "default" for the others
	attributes         map[string]types.MessageAttributeValue
	at                 time.Time
}

func (n *note) body(protocol string) string {
	if body, own := n.bodies[protocol]; own {
		return body
	}
	return n.bodies["default"]
}

// Publish sends a message to the subscriptions of a topic, without waiting for them.
func (s *Service) Publish(_ context.Context, in *awssns.PublishInput) (*awssns.PublishOutput, error) {
	arn := in.TopicArn
	if arn == nil {
		arn = in.TargetArn
	}
	if in.PhoneNumber != nil {
		return nil, wire.NotImplemented("Publish to a PhoneNumber")
	}
	if in.MessageGroupId != nil || in.MessageDeduplicationId != nil {
		return nil, invalid("The request includes MessageGroupId or MessageDeduplicationId parameter that is not valid for this topic type")
	}
	return s.publish(arn, in.Message, in.Subject, in.MessageStructure, in.MessageAttributes)
}

func (s *Service) publish(arn, message, subject, structure *string, attributes map[string]types.MessageAttributeValue) (*awssns.PublishOutput, error) {
	n := &note{topic: aws.ToString(arn), subject: aws.ToString(subject), attributes: attributes}
	if err := n.fill(aws.ToString(message), structure); err != nil {
		return nil, err
	}
	if subject != nil {
		if err := checkSubject(*subject); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	if _, err := s.topicOf(arn); err != nil {
		s.mu.Unlock()
		return nil, err
	}
	subs := s.of(n.topic)
	s.mu.Unlock()
	n.id, n.at = newID(), time.Now()
	for _, sub := range subs {
		s.deliver(n, sub)
	}
	return &awssns.PublishOutput{MessageId: &n.id}, nil
}

// fill checks the message and, with the structure "json", takes it apart by protocol.
func (n *note) fill(message string, structure *string) error {
	size := len(message)
	for name, value := range n.attributes {
		size += len(name) + len(aws.ToString(value.DataType)) + len(aws.ToString(value.StringValue)) + len(value.BinaryValue)
	}
	switch {
	case message == "":
		return invalid("Empty message")
	case size > maxMessageSize:
		return invalid("Message too long")
	case structure == nil:
		n.bodies = map[string]string{"default": message}
		return checkAttributes(n.attributes)
	case *structure != "json":
		return invalid("MessageStructure")
	}
	var parts map[string]any
	if err := json.Unmarshal([]byte(message), &parts); err != nil {
		return invalid("Message Structure - JSON message body failed to parse")
	}
	n.bodies = map[string]string{}
	for protocol, part := range parts {
		if text, ok := part.(string); ok { // "non-string values will cause the key to be ignored"
			n.bodies[protocol] = text
		}
	}
	if _, has := n.bodies["default"]; !has {
		return invalid("Message Structure - No default entry in JSON message body")
	}
	return checkAttributes(n.attributes)
}

func checkAttributes(attributes map[string]types.MessageAttributeValue) error {
	for name, value := range attributes {
		kind, _, _ := strings.Cut(aws.ToString(value.DataType), ".")
		switch {
		case !slices.Contains([]string{"String", "Number", "Binary"}, kind):
			return invalidValue("The message attribute '%s' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.", name)
		case kind == "Binary" && len(value.BinaryValue) == 0, kind != "Binary" && aws.ToString(value.StringValue) == "":
			return invalidValue("The message attribute '%s' must contain non-empty message attribute value for message attribute type '%s'.", name, kind)
		}
	}
	return nil
}

func invalidValue(format string, args ...any) error {
	return &types.InvalidParameterValueException{Message: aws.String(fmt.Sprintf(format, args...))}
}

// checkSubject keeps to the rule that the API reference had for years, ASCII that begins with a letter, a digit or a
// punctuation mark, and not to its newer, wider one (UTF-8): what passes here passes everywhere.
// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
func checkSubject(subject string) error {
	if subject == "" || len(subject) > maxSubjectLength || subject[0] == ' ' {
		return invalid("Subject")
	}
	for _, c := range []byte(subject) {
		if c < ' ' || c > '~' {
			return invalid("Subject")
		}
	}
	return nil
}

// newID is a random UUID, version 4.
func newID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
