// Package sns writes to people.
package sns

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
)

type api interface {
	Publish(context.Context, *sns.PublishInput, ...func(*sns.Options)) (*sns.PublishOutput, error)
}

// Topic is the topic that people subscribe to.
type Topic struct {
	sns api
	arn string
}

// New opens the topic of that ARN.
func New(cfg aws.Config, arn string) *Topic { return &Topic{sns: sns.NewFromConfig(cfg), arn: arn} }

// subjectLimit is SNS's: a subject has fewer than 100 characters (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html).
const subjectLimit = 99

// Send publishes a message; a long subject is cut.
func (t *Topic) Send(ctx context.Context, subject, body string) error {
	if len(subject) > subjectLimit {
		subject = subject[:subjectLimit-3] + "..."
	}
	if _, err := t.sns.Publish(ctx, &sns.PublishInput{TopicArn: &t.arn, Subject: &subject, Message: aws.String(body)}); err != nil {
		return fmt.Errorf("publishing to people: %w", err)
	}
	return nil
}
