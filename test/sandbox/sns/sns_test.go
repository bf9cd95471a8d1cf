package sns

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
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

func TestStructuredMessageDiffersByProtocol(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.subscribe("email", "team@example.com", nil)
		d.subscribe("sqs", queue, map[string]string{"RawMessageDelivery": "true"})
		structured := func(message string) func(*awssns.PublishInput) {
			return func(in *awssns.PublishInput) { in.Message, in.MessageStructure = &message, aws.String("json") }
		}
		d.must(d.publish(structured(`{"default": "short", "email": "long"}`)))
		if got := d.deliveries(); len(got) != 1 || string(got[0].message) != "short" || d.Mailbox()[0].Body != "long" {
			t.Errorf("deliveries %s, mailbox %+v", got, d.Mailbox())
		}
		for _, message := range []string{`{"email": "long"}`, `{`} {
			if d.publish(structured(message)) == nil {
				t.Errorf("accepted %s", message)
			}
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

func TestPublishRefusesWhatSNSRefuses(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		subject := func(s string) error { return d.publish(func(in *awssns.PublishInput) { in.Subject = &s }) }
		if err := subject(strings.Repeat("s", 100)); err != nil {
			t.Errorf("a subject of 100 characters: %v", err)
		}
		for name, err := range map[string]error{
			"empty subject":     subject(""),
			"long subject":      subject(strings.Repeat("s", 101)),
			"line break":        subject("a\nb"),
			"no ASCII":          subject("rückgängig"),
			"leading space":     subject(" a"),
			"empty message":     d.publish(func(in *awssns.PublishInput) { in.Message = nil }),
			"more than 256 KiB": d.publish(func(in *awssns.PublishInput) { in.Message = aws.String(strings.Repeat("m", 262145)) }),
			"no such topic":     d.publish(func(in *awssns.PublishInput) { in.TopicArn = aws.String(home.ARN("sns", "none")) }),
			"phone number":      d.publish(func(in *awssns.PublishInput) { in.PhoneNumber = aws.String("+41") }),
			"attribute's type":  d.publish(func(in *awssns.PublishInput) { in.MessageAttributes = map[string]types.MessageAttributeValue{"a": {}} }),
			"unknown structure": d.publish(func(in *awssns.PublishInput) { in.MessageStructure = aws.String("xml") }),
		} {
			if err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
	})
}

// inProcess is an HTTP client that calls a server without a network.
type inProcess struct{ http.Handler }

func (p inProcess) Do(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w.Result(), nil
}

func TestSDKClientAcceptsTheAnswers(t *testing.T) {
	s := New(t.Context(), Options{Home: home})
	client := awssns.New(awssns.Options{
		Region: home.Region, BaseEndpoint: aws.String("http://127.0.0.1:4566"), HTTPClient: inProcess{wire.NewServer(home, s.Wire())},
		Credentials: credentials.NewStaticCredentialsProvider("key", "secret", ""),
	})
	topic, err := client.CreateTopic(t.Context(), &awssns.CreateTopicInput{Name: aws.String("people"), Attributes: map[string]string{"DisplayName": "Sluice"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Subscribe(t.Context(), &awssns.SubscribeInput{TopicArn: topic.TopicArn, Protocol: aws.String("email"), Endpoint: aws.String("a@b.c")}); err != nil {
		t.Fatal(err)
	}
	out, err := client.PublishBatch(t.Context(), &awssns.PublishBatchInput{TopicArn: topic.TopicArn, PublishBatchRequestEntries: []types.PublishBatchRequestEntry{
		{Id: aws.String("1"), Message: aws.String("m & m")}, {Id: aws.String("2"), Message: aws.String("m"), Subject: aws.String("\n")},
	}})
	if err != nil || len(out.Successful) != 1 || len(out.Failed) != 1 || *out.Failed[0].Code != "InvalidParameter" {
		t.Errorf("batch %+v, error %v, want one of two to fail", out, err)
	}
	attributes, err := client.GetTopicAttributes(t.Context(), &awssns.GetTopicAttributesInput{TopicArn: topic.TopicArn})
	if err != nil || attributes.Attributes["DisplayName"] != "Sluice" || attributes.Attributes["SubscriptionsConfirmed"] != "1" {
		t.Errorf("attributes %v, error %v", attributes, err)
	}
	if got := s.Mailbox(); len(got) != 1 || got[0].Body != "m & m" {
		t.Errorf("mailbox %+v", got)
	}
	var missing *types.NotFoundException
	if _, err := client.Publish(t.Context(), &awssns.PublishInput{TopicArn: aws.String(home.ARN("sns", "none")), Message: aws.String("m")}); !errors.As(err, &missing) {
		t.Errorf("error %v, want NotFoundException", err)
	}
}
