package sqs

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"

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
		QueueUrl: &p.url, MaxNumberOfMessages: 10, WaitTimeSeconds: wait, AttributeNames: []types.QueueAttributeName{"All"},
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

func TestMetricsTellTheDepthEveryMinute(t *testing.T) {
	type sample struct {
		queue string
		value float64
	}
	var mu sync.Mutex
	var samples []sample
	record := func(namespace, name string, dims map[string]string, _ string, value float64, _ time.Time) {
		if namespace == "AWS/SQS" && name == "ApproximateNumberOfMessagesVisible" {
			mu.Lock()
			defer mu.Unlock()
			samples = append(samples, sample{dims["QueueName"], value})
		}
	}
	inBubble(t, Options{Record: record}, func(t *testing.T, p *post) {
		time.Sleep(90 * time.Second)
		p.send("a")
		time.Sleep(time.Minute)
		_, err := p.DeleteQueue(t.Context(), &awssqs.DeleteQueueInput{QueueUrl: &p.url})
		p.must(err)
		time.Sleep(time.Hour)
		mu.Lock()
		defer mu.Unlock()
		if diff := cmp.Diff([]sample{{"orders", 0}, {"orders", 1}}, samples, cmp.AllowUnexported(sample{})); diff != "" {
			t.Errorf("samples (-want +got):\n%s", diff)
		}
	})
}

func TestServicesSendAndLookWithoutReceiving(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *post) {
		arn := home.ARN("sqs", "orders")
		p.must(p.Send(t.Context(), arn, []byte("body"), map[string]string{"ERROR_CODE": "NO_RESOURCE"}))
		for range 2 {
			got := p.Messages(arn)
			if len(got) != 1 || got[0].Body != "body" || got[0].Attributes["ERROR_CODE"] != "NO_RESOURCE" || got[0].Receives != 0 {
				t.Fatalf("messages %+v", got)
			}
		}
		var missing *types.QueueDoesNotExist
		if err := p.Send(t.Context(), arn+"x", []byte("body"), nil); !errors.As(err, &missing) {
			t.Errorf("error %v, want QueueDoesNotExist", err)
		}
	})
}

func TestQueueNameIsFreeAMinuteAfterDeletion(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *post) {
		_, err := p.DeleteQueue(t.Context(), &awssqs.DeleteQueueInput{QueueUrl: &p.url})
		p.must(err)
		var recently *types.QueueDeletedRecently
		if _, err := p.CreateQueue(t.Context(), &awssqs.CreateQueueInput{QueueName: aws.String("orders")}); !errors.As(err, &recently) {
			t.Errorf("error %v, want QueueDeletedRecently", err)
		}
		time.Sleep(time.Minute)
		p.queue("orders", nil)
	})
}

func TestQueueRefusesWhatSQSRefuses(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *post) {
		send := func(change func(*awssqs.SendMessageInput)) error {
			in := &awssqs.SendMessageInput{QueueUrl: &p.url, MessageBody: aws.String("a")}
			change(in)
			_, err := p.SendMessage(t.Context(), in)
			return err
		}
		create := func(name string, attributes map[string]string) error {
			_, err := p.CreateQueue(t.Context(), &awssqs.CreateQueueInput{QueueName: &name, Attributes: attributes})
			return err
		}
		text := types.MessageAttributeValue{DataType: aws.String("Text"), StringValue: aws.String("x")}
		for name, err := range map[string]error{
			"no queue":          send(func(in *awssqs.SendMessageInput) { in.QueueUrl = aws.String("http://x/1/none") }),
			"no body":           send(func(in *awssqs.SendMessageInput) { in.MessageBody = nil }),
			"control character": send(func(in *awssqs.SendMessageInput) { in.MessageBody = aws.String("\x01") }),
			"more than 1 MiB":   send(func(in *awssqs.SendMessageInput) { in.MessageBody = aws.String(strings.Repeat("x", 1<<20+1)) }),
			"delay over 15 min": send(func(in *awssqs.SendMessageInput) { in.DelaySeconds = 901 }),
			"attribute type": send(func(in *awssqs.SendMessageInput) {
				in.MessageAttributes = map[string]types.MessageAttributeValue{"a": text}
			}),
			"FIFO":               create("q.fifo", nil),
			"name":               create("a b", nil),
			"unknown attribute":  create("q", map[string]string{"Colour": "red"}),
			"attribute value":    create("q", map[string]string{"VisibilityTimeout": "43201"}),
			"redrive policy":     create("q", map[string]string{"RedrivePolicy": `{"maxReceiveCount": 3}`}),
			"another definition": create("orders", map[string]string{"VisibilityTimeout": "5"}),
		} {
			if err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
	})
}
