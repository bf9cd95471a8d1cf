package sns

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
)

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
