package sns

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"sluice/test/sandbox/wire"
)

var (
	home     = wire.Home{Region: "us-east-1", Account: "123456789012"}
	queue    = home.ARN("sqs", "orders")
	function = home.ARN("lambda", "function:f")
)

type delivery struct {
	topic, protocol, endpoint string
	message                   []byte
}

// A desk is a service with a topic "people", whose subscribers write down what they receive.
type desk struct {
	t *testing.T
	*Service
	topic  string
	answer func(endpoint string) error

	mu       sync.Mutex
	received []delivery
}

func inBubble(t *testing.T, test func(t *testing.T, d *desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := &desk{t: t, answer: func(string) error { return nil }}
		d.Service = New(t.Context(), Options{Home: home, Deliver: func(_ context.Context, topic, protocol, endpoint string, message []byte) error {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.received = append(d.received, delivery{topic, protocol, endpoint, message})
			return d.answer(endpoint)
		}})
		out, err := d.CreateTopic(t.Context(), &awssns.CreateTopicInput{Name: aws.String("people")})
		d.must(err)
		d.topic = *out.TopicArn
		test(t, d)
	})
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) subscribe(protocol, endpoint string, attributes map[string]string) string {
	d.t.Helper()
	out, err := d.Subscribe(d.t.Context(), &awssns.SubscribeInput{TopicArn: &d.topic, Protocol: &protocol, Endpoint: &endpoint, Attributes: attributes})
	d.must(err)
	return *out.SubscriptionArn
}

func (d *desk) publish(change ...func(*awssns.PublishInput)) error {
	in := &awssns.PublishInput{TopicArn: &d.topic, Message: aws.String("rolled back"), Subject: aws.String("checkout")}
	for _, c := range change {
		c(in)
	}
	_, err := d.Publish(d.t.Context(), in)
	return err
}

func (d *desk) deliveries() []delivery {
	synctest.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.received)
}

func TestMailIsFoundInTheMailbox(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.subscribe("email", "team@example.com", nil)
		d.must(d.publish())
		got := d.Mailbox()
		if len(got) != 1 || got[0].To != "team@example.com" || got[0].Subject != "checkout" || got[0].Body != "rolled back" || got[0].TopicARN != d.topic {
			t.Errorf("mailbox %+v", got)
		}
	})
}

func TestMailboxKeepsTheLastThousand(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.subscribe("email", "team@example.com", nil)
		for range mailLimit {
			d.must(d.publish())
		}
		d.must(d.publish(func(in *awssns.PublishInput) { in.Message = aws.String("last") }))
		if got := d.Mailbox(); len(got) != mailLimit || got[mailLimit-1].Body != "last" {
			t.Errorf("%d mails", len(got))
		}
	})
}

func TestQueueAndFunctionReceiveTheirJSON(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.subscribe("sqs", queue, nil)
		sub := d.subscribe("lambda", function, nil)
		d.subscribe("sqs", queue+"-raw", map[string]string{"RawMessageDelivery": "true"})
		d.must(d.publish(func(in *awssns.PublishInput) {
			in.MessageAttributes = map[string]types.MessageAttributeValue{"kind": {DataType: aws.String("String"), StringValue: aws.String("k")}}
		}))
		got := map[string]delivery{}
		for _, r := range d.deliveries() {
			got[r.endpoint] = r
		}
		var plain envelope
		d.must(json.Unmarshal(got[queue].message, &plain))
		if plain.Type != "Notification" || plain.Message != "rolled back" || plain.Subject != "checkout" || plain.TopicARN != d.topic || plain.MessageAttributes["kind"].Value != "k" {
			t.Errorf("queue received %s", got[queue].message)
		}
		var event struct {
			Records []struct {
				EventSource, EventSubscriptionArn string
				Sns                               struct{ Message string }
			}
		}
		d.must(json.Unmarshal(got[function].message, &event))
		if len(event.Records) != 1 || event.Records[0].EventSource != "aws:sns" || event.Records[0].EventSubscriptionArn != sub || event.Records[0].Sns.Message != "rolled back" {
			t.Errorf("function received %s", got[function].message)
		}
		if raw := got[queue+"-raw"]; string(raw.message) != "rolled back" || raw.topic != d.topic {
			t.Errorf("raw subscription received %s", raw.message)
		}
	})
}

func TestDeliveryIsTriedAgainAndEndsInTheDeadLetterQueue(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		dead := home.ARN("sqs", "dead")
		d.subscribe("lambda", function, map[string]string{"RedrivePolicy": `{"deadLetterTargetArn": "` + dead + `"}`})
		failures := 5
		d.answer = func(string) error {
			if failures--; failures >= 0 {
				return errors.New("busy")
			}
			return nil
		}
		d.must(d.publish())
		time.Sleep(time.Minute)
		if got := d.deliveries(); len(got) != 6 || d.Dropped() != 0 {
			t.Errorf("%d attempts, want five that failed and one that did not", len(got))
		}
		d.answer = func(endpoint string) error {
			if endpoint == dead {
				return nil
			}
			return refused{}
		}
		d.must(d.publish())
		got := d.deliveries()[6:]
		if len(got) != 2 || got[1].endpoint != dead || got[1].protocol != "sqs" {
			t.Errorf("deliveries %s, want one attempt and one dead letter", got)
		}
	})
}

type refused struct{}

func (refused) Error() string   { return "no permission" }
func (refused) Permanent() bool { return true }

func TestWebEndpointsStayPending(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		if got := d.subscribe("https", "https://example.com/hook", nil); got != "pending confirmation" {
			t.Errorf("subscription %q", got)
		}
		d.must(d.publish())
		if got := d.deliveries(); len(got) != 0 {
			t.Errorf("delivered to a pending subscription: %s", got)
		}
		list, err := d.ListSubscriptionsByTopic(t.Context(), &awssns.ListSubscriptionsByTopicInput{TopicArn: &d.topic})
		d.must(err)
		if len(list.Subscriptions) != 1 || *list.Subscriptions[0].SubscriptionArn != "PendingConfirmation" {
			t.Errorf("listed %+v", list.Subscriptions)
		}
	})
}

func TestUnsubscribedEndpointHearsNothing(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		sub := d.subscribe("sqs", queue, nil)
		if again := d.subscribe("sqs", queue, nil); again != sub {
			t.Errorf("a second subscription %s of the same endpoint", again)
		}
		_, err := d.Unsubscribe(t.Context(), &awssns.UnsubscribeInput{SubscriptionArn: &sub})
		d.must(err)
		d.must(d.publish())
		if got := d.deliveries(); len(got) != 0 {
			t.Errorf("deliveries %s", got)
		}
	})
}
