// Package deadletter is what a person does with events that no function could handle: look at them, hand them to their function
// again, remove them. An event leaves its queue only when the function has handled it or the person says so; whatever else
// happens, Ctrl-C included, it is in the queue afterwards.
package deadletter

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

type queueAPI interface {
	GetQueueUrl(context.Context, *sqs.GetQueueUrlInput, ...func(*sqs.Options)) (*sqs.GetQueueUrlOutput, error)
	GetQueueAttributes(context.Context, *sqs.GetQueueAttributesInput, ...func(*sqs.Options)) (*sqs.GetQueueAttributesOutput, error)
	ReceiveMessage(context.Context, *sqs.ReceiveMessageInput, ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error)
	DeleteMessage(context.Context, *sqs.DeleteMessageInput, ...func(*sqs.Options)) (*sqs.DeleteMessageOutput, error)
	ChangeMessageVisibility(context.Context, *sqs.ChangeMessageVisibilityInput, ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityOutput, error)
}

type functionAPI interface {
	Invoke(context.Context, *lambda.InvokeInput, ...func(*lambda.Options)) (*lambda.InvokeOutput, error)
}

// hidden is how long others do not see a message while this program has it. It is longer than the longest time-out of a function, so
// that nobody sends the message a second time meanwhile. Nobody else reads a dead-letter queue, so a crash costs no more than this wait.
const hidden = 5 * time.Minute

// Queue is the dead-letter queue of one function.
type Queue struct {
	Name     string
	function string
	url      string
	sqs      queueAPI
	lambda   functionAPI
}

// ErrNoQueue means that no queue of that name exists.
var ErrNoQueue = errors.New("no such queue")

// Open finds the dead-letter queue of a function in an environment.
func Open(ctx context.Context, cfg aws.Config, environment, function string) (*Queue, error) {
	q := &Queue{
		function: "sluice-" + environment + "-" + function, sqs: sqs.NewFromConfig(cfg),
		lambda: lambda.NewFromConfig(cfg, func(o *lambda.Options) { o.RetryMaxAttempts = 1 }), // a try that timed out may still be at work
	}
	q.Name = q.function + "-dead-letters"
	found, err := q.sqs.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: &q.Name})
	var none *types.QueueDoesNotExist
	switch {
	case errors.As(err, &none):
		return nil, fmt.Errorf("finding queue %s: %w", q.Name, ErrNoQueue)
	case err != nil:
		return nil, fmt.Errorf("finding queue %s: %w", q.Name, err)
	}
	q.url = aws.ToString(found.QueueUrl)
	return q, nil
}

// Depth is how many events lie in the queue, approximately, as SQS says.
func (q *Queue) Depth(ctx context.Context) (int, error) {
	out, err := q.sqs.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: &q.url, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameApproximateNumberOfMessages},
	})
	if err != nil {
		return 0, fmt.Errorf("counting messages of %s: %w", q.Name, err)
	}
	return strconv.Atoi(out.Attributes[string(types.QueueAttributeNameApproximateNumberOfMessages)])
}

// All takes the queue's events, each once, until none is in sight. The loop over them removes an event or leaves it. What is left comes
// back into sight when the loop ends, however it ends. A long poll asks every server of SQS, a short one does not
// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html).
func (q *Queue) All(ctx context.Context) iter.Seq2[*Letter, error] {
	return func(yield func(*Letter, error) bool) {
		taken := map[string]*Letter{}
		defer func() { q.putBack(context.WithoutCancel(ctx), taken) }()
		for {
			out, err := q.sqs.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
				QueueUrl: &q.url, MaxNumberOfMessages: 10, WaitTimeSeconds: 1, VisibilityTimeout: int32(hidden.Seconds()),
				MessageAttributeNames:       []string{"All"},
				MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameSentTimestamp},
			})
			if err != nil {
				yield(nil, fmt.Errorf("reading %s: %w", q.Name, err))
				return
			}
			fresh := false
			for _, l := range letters(out.Messages) {
				_, again := taken[l.ID] // the loop took longer than it was hidden
				taken[l.ID] = l
				if fresh = fresh || !again; !again && !yield(l, nil) {
					return
				}
			}
			if !fresh {
				return
			}
		}
	}
}

// putBack brings back into sight what was not removed.
func (q *Queue) putBack(ctx context.Context, taken map[string]*Letter) {
	for _, l := range taken {
		if !l.gone { // an event that cannot be put back comes back by itself, after a while
			_, _ = q.sqs.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{QueueUrl: &q.url, ReceiptHandle: &l.receipt})
		}
	}
}

// Remove takes an event out of the queue for good.
func (q *Queue) Remove(ctx context.Context, l *Letter) error {
	if _, err := q.sqs.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &q.url, ReceiptHandle: &l.receipt}); err != nil {
		return fmt.Errorf("removing %s: %w", l.ID, err)
	}
	l.gone = true
	return nil
}

// Send hands an event to its function and waits for the outcome; an event that was handled leaves the queue. The function runs at
// once, not through its own queue, so that the person sees what it says. A person's word goes through the alias for the way in which it
// says that it was said. The queue does not tell through which alias it came, so whoever sends it vouches for that way.
func (q *Queue) Send(ctx context.Context, l *Letter) error {
	in := &lambda.InvokeInput{FunctionName: &q.function, Payload: []byte(l.Body)}
	if speaker := l.Speaker(); speaker != "" {
		in.Qualifier = &speaker
	}
	out, err := q.lambda.Invoke(ctx, in)
	if err != nil {
		return fmt.Errorf("invoking %s: %w", q.function, err)
	}
	if out.FunctionError != nil {
		return fmt.Errorf("%s failed again: %s", q.function, complaint(out.Payload))
	}
	return q.Remove(ctx, l)
}
