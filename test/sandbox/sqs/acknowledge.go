package sqs

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// find takes a receipt handle. Nil means that the message is gone or was received again since, which standard queues
// let pass.
func (q *queue) find(handle *string) (*message, error) {
	raw, err := base64.StdEncoding.DecodeString(aws.ToString(handle))
	id, receipt, ok := strings.Cut(string(raw), "#")
	n, numErr := strconv.Atoi(receipt)
	if err != nil || !ok || numErr != nil {
		return nil, &types.ReceiptHandleIsInvalid{Message: aws.String("The input receipt handle is invalid.")}
	}
	for _, m := range q.messages {
		if m.id == id && m.receives == n {
			return m, nil
		}
	}
	return nil, nil
}

// DeleteMessage removes a message that was received. With a stale receipt it succeeds and changes nothing.
func (s *Service) DeleteMessage(_ context.Context, in *awssqs.DeleteMessageInput) (*awssqs.DeleteMessageOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.byURL(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	return &awssqs.DeleteMessageOutput{}, q.delete(in.ReceiptHandle)
}

func (q *queue) delete(handle *string) error {
	m, err := q.find(handle)
	if m != nil {
		q.remove(m)
	}
	return err
}

// ChangeMessageVisibility sets when a message that is being worked on comes back into sight.
func (s *Service) ChangeMessageVisibility(_ context.Context, in *awssqs.ChangeMessageVisibilityInput) (*awssqs.ChangeMessageVisibilityOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.byURL(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	if in.VisibilityTimeout < 0 || in.VisibilityTimeout > 43200 {
		return nil, invalidParameter(fmt.Sprintf("Value %d for parameter VisibilityTimeout is invalid. Reason: VisibilityTimeout must be an integer between 0 and 43200.", in.VisibilityTimeout))
	}
	m, err := q.find(in.ReceiptHandle)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	if m == nil || !m.visible.After(now) {
		return nil, &types.MessageNotInflight{Message: aws.String("The message referred to isn't in flight.")}
	}
	m.visible = now.Add(time.Duration(in.VisibilityTimeout) * time.Second)
	q.wake()
	return &awssqs.ChangeMessageVisibilityOutput{}, nil
}
