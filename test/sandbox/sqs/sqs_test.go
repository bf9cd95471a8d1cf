package sqs

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"sluice/test/sandbox/wire"
)

var home = wire.Home{Region: "us-east-1", Account: "123456789012"}

// A post is a service in virtual time, with a queue "orders".
type post struct {
	t *testing.T
	*Service
	url string
}

func inBubble(t *testing.T, o Options, test func(t *testing.T, p *post)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o.Home, o.BaseURL = home, "http://127.0.0.1:4566"
		p := &post{t: t, Service: New(t.Context(), o)}
		p.url = p.queue("orders", nil)
		test(t, p)
	})
}

func (p *post) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *post) queue(name string, attributes map[string]string) string {
	p.t.Helper()
	out, err := p.CreateQueue(p.t.Context(), &awssqs.CreateQueueInput{QueueName: &name, Attributes: attributes})
	p.must(err)
	return *out.QueueUrl
}

func (p *post) send(body string) {
	p.t.Helper()
	_, err := p.SendMessage(p.t.Context(), &awssqs.SendMessageInput{QueueUrl: &p.url, MessageBody: &body})
	p.must(err)
}

// receive waits for up to a number of seconds.
func (p *post) receive(wait int32) []types.Message {
	p.t.Helper()
	out, err := p.ReceiveMessage(p.t.Context(), &awssqs.ReceiveMessageInput{
		QueueUrl: &p.url, MaxNumberOfMessages: 10, WaitTimeSeconds: wait, MessageSystemAttributeNames: []types.MessageSystemAttributeName{"All"},
	})
	p.must(err)
	return out.Messages
}

func (p *post) attribute(url, name string) string {
	p.t.Helper()
	out, err := p.GetQueueAttributes(p.t.Context(), &awssqs.GetQueueAttributesInput{
		QueueUrl: &url, AttributeNames: []types.QueueAttributeName{types.QueueAttributeName(name)},
	})
	p.must(err)
	return out.Attributes[name]
}

func TestReceivedMessageHidesUntilItsTimeoutAndThenComesBack(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *post) {
		p.send("a")
		first := p.receive(0)
		if len(first) != 1 || *first[0].Body != "a" {
			t.Fatalf("received %v", first)
		}
		if again := p.receive(0); len(again) != 0 {
			t.Errorf("received a hidden message")
		}
		if got := p.attribute(p.url, "ApproximateNumberOfMessagesNotVisible"); got != "1" {
			t.Errorf("%s messages in flight, want 1", got)
		}
		time.Sleep(30 * time.Second)
		second := p.receive(0)
		if len(second) != 1 || second[0].Attributes["ApproximateReceiveCount"] != "2" || *second[0].ReceiptHandle == *first[0].ReceiptHandle {
			t.Fatalf("received %v, want the message once more, under a new receipt", second)
		}
		_, err := p.DeleteMessage(t.Context(), &awssqs.DeleteMessageInput{QueueUrl: &p.url, ReceiptHandle: first[0].ReceiptHandle})
		p.must(err)
		if p.Depth(home.ARN("sqs", "orders")) != 1 {
			t.Error("a stale receipt deleted the message")
		}
		_, err = p.DeleteMessage(t.Context(), &awssqs.DeleteMessageInput{QueueUrl: &p.url, ReceiptHandle: second[0].ReceiptHandle})
		p.must(err)
		if p.Depth(home.ARN("sqs", "orders")) != 0 {
			t.Error("the message is still there")
		}
	})
}

func TestVisibilityCanBeChanged(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *post) {
		p.send("a")
		handle := p.receive(0)[0].ReceiptHandle
		change := func(seconds int32) error {
			_, err := p.ChangeMessageVisibility(t.Context(), &awssqs.ChangeMessageVisibilityInput{QueueUrl: &p.url, ReceiptHandle: handle, VisibilityTimeout: seconds})
			return err
		}
		p.must(change(3600))
		time.Sleep(time.Minute)
		if len(p.receive(0)) != 0 {
			t.Error("in sight before its longer time-out")
		}
		p.must(change(0))
		var notInFlight *types.MessageNotInflight
		if err := change(5); !errors.As(err, &notInFlight) {
			t.Errorf("error %v, want MessageNotInflight", err)
		}
		if len(p.receive(0)) != 1 {
			t.Error("not in sight at once")
		}
	})
}

func TestLongPollWakesForAMessageAndEndsInTime(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *post) {
		began := time.Now()
		time.AfterFunc(7*time.Second, func() { p.send("late") })
		if got := p.receive(20); len(got) != 1 || time.Since(began) != 7*time.Second {
			t.Errorf("received %d messages after %v, want 1 after 7 s", len(got), time.Since(began))
		}
		began = time.Now()
		if got := p.receive(5); len(got) != 0 || time.Since(began) != 5*time.Second {
			t.Errorf("received %d messages after %v, want none after 5 s", len(got), time.Since(began))
		}
		began = time.Now() // the message was received 5 s ago and comes back 30 s after that
		p.receive(20)
		if got := p.receive(20); len(got) != 1 || time.Since(began) != 25*time.Second {
			t.Errorf("received %d messages after %v, want the hidden one after 25 s", len(got), time.Since(began))
		}
	})
}

func TestLongPollEndsWithItsCaller(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *post) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_, err := p.ReceiveMessage(ctx, &awssqs.ReceiveMessageInput{QueueUrl: &p.url, WaitTimeSeconds: 20})
		if err != nil || time.Since(began) != time.Second {
			t.Errorf("ended after %v with error %v", time.Since(began), err)
		}
	})
}

func TestMessageReceivedTooOftenGoesToTheDeadLetterQueue(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *post) {
		dead := p.queue("dead", nil)
		_, err := p.SetQueueAttributes(t.Context(), &awssqs.SetQueueAttributesInput{QueueUrl: &p.url, Attributes: map[string]string{
			"RedrivePolicy": `{"deadLetterTargetArn": "` + home.ARN("sqs", "dead") + `", "maxReceiveCount": "2"}`,
		}})
		p.must(err)
		p.send("poison")
		for range 3 {
			p.receive(0)
			time.Sleep(31 * time.Second)
		}
		if got := p.Depth(home.ARN("sqs", "orders")); got != 0 {
			t.Errorf("%d messages left", got)
		}
		if got := p.attribute(dead, "ApproximateNumberOfMessages"); got != "1" {
			t.Errorf("%s messages in the dead-letter queue, want 1", got)
		}
		p.url = dead
		got := p.receive(0)
		if len(got) != 1 || got[0].Attributes["DeadLetterQueueSourceArn"] != home.ARN("sqs", "orders") {
			t.Errorf("received %v, want the message with where it came from", got)
		}
	})
}

func TestMessageIsForgottenAfterItsRetention(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *post) {
		p.url = p.queue("brief", map[string]string{"MessageRetentionPeriod": "60"})
		p.send("a")
		time.Sleep(61 * time.Second)
		if got := p.Depth(home.ARN("sqs", "brief")); got != 0 {
			t.Errorf("%d messages after the retention period", got)
		}
	})
}

func TestDelayedMessageComesIntoSightLater(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *post) {
		_, err := p.SendMessage(t.Context(), &awssqs.SendMessageInput{QueueUrl: &p.url, MessageBody: aws.String("a"), DelaySeconds: 10})
		p.must(err)
		if got := p.attribute(p.url, "ApproximateNumberOfMessagesDelayed"); got != "1" || len(p.receive(0)) != 0 {
			t.Errorf("%s messages delayed, want 1 that cannot be received", got)
		}
		began := time.Now()
		if got := p.receive(20); len(got) != 1 || time.Since(began) != 10*time.Second {
			t.Errorf("received %d messages after %v, want 1 after 10 s", len(got), time.Since(began))
		}
	})
}
