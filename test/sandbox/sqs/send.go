package sqs

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"sluice/test/sandbox/wire"
)

// A message in a queue. It can be received once visible has passed.
type message struct {
	id, body   string
	attributes map[string]types.MessageAttributeValue
	trace      string // AWSTraceHeader
	sender     string
	sent       time.Time
	visible    time.Time
	receives   int
	first      time.Time // when it was received first
	from       string    // ARN of the queue that it was redriven from
}

// A draft is a message that is not sent yet.
type draft struct {
	body       string
	attributes map[string]types.MessageAttributeValue
	system     map[string]types.MessageSystemAttributeValue
	delay      int32
}

// SendMessage puts a message into a queue.
func (s *Service) SendMessage(ctx context.Context, in *awssqs.SendMessageInput) (*awssqs.SendMessageOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.byURL(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	if in.MessageDeduplicationId != nil {
		return nil, invalidParameter("The request include parameter that is not valid for this queue type: MessageDeduplicationId")
	}
	m, err := q.send(draft{
		body: aws.ToString(in.MessageBody), attributes: in.MessageAttributes, system: in.MessageSystemAttributes,
		delay: in.DelaySeconds,
	}, wire.Caller(ctx))
	if err != nil {
		return nil, err
	}
	return &awssqs.SendMessageOutput{
		MessageId: &m.id, MD5OfMessageBody: aws.String(digest(m.body)), MD5OfMessageAttributes: digestAttributes(m.attributes),
		MD5OfMessageSystemAttributes: digestSystem(in.MessageSystemAttributes),
	}, nil
}

// send checks a draft and appends it.
func (q *queue) send(d draft, sender string) (*message, error) {
	if err := q.checkDraft(d); err != nil {
		return nil, err
	}
	now := time.Now()
	delay := time.Duration(d.delay) * time.Second
	if d.delay == 0 {
		delay = q.seconds("DelaySeconds")
	}
	m := &message{
		id: newID(), body: d.body, attributes: d.attributes, sender: sender, sent: now, visible: now.Add(delay),
		trace: aws.ToString(d.system["AWSTraceHeader"].StringValue),
	}
	q.add(m)
	return m, nil
}

func (q *queue) add(m *message) {
	q.messages = append(q.messages, m)
	q.wake()
}

// wake lets every long poll look again.
func (q *queue) wake() {
	close(q.arrived)
	q.arrived = make(chan struct{})
}

func (q *queue) checkDraft(d draft) error {
	if d.body == "" {
		return &wire.Error{Code: "MissingParameter", Message: "The request must contain the parameter MessageBody."}
	}
	if d.delay < 0 || d.delay > 900 {
		return invalidParameter(fmt.Sprintf("Value %d for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.", d.delay))
	}
	if !legible(d.body) {
		return &types.InvalidMessageContents{Message: aws.String("Invalid characters were found in the message body.")}
	}
	if err := checkAttributes(d.attributes); err != nil {
		return err
	}
	limit, _ := strconv.Atoi(q.settings["MaximumMessageSize"])
	if size := len(d.body) + attributesSize(d.attributes); size > limit {
		return invalidParameter(fmt.Sprintf("One or more parameters are invalid. Reason: Message must be shorter than %d bytes.", limit))
	}
	return nil
}

// legible accepts the characters that XML 1.0 can carry:
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
func legible(body string) bool {
	if !utf8.ValidString(body) {
		return false
	}
	for _, r := range body {
		if (r < 0x20 && r != '\t' && r != '\n' && r != '\r') || r == 0xFFFE || r == 0xFFFF {
			return false
		}
	}
	return true
}

// newID is a random UUID, version 4.
func newID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
