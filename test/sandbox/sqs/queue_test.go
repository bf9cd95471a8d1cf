package sqs

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"
)

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
