package sns_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"

	"sluice/shared/sns"
	"sluice/test/sandbox"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
)

const topicARN = "arn:aws:sns:us-east-1:123456789012:people"

// subscribed is a topic that one person reads.
func subscribed(t *testing.T, middleware ...wire.Middleware) (*sns.Topic, *sandbox.Sandbox) {
	t.Helper()
	box := sandboxtest.Boot(t, middleware...)
	_, err := box.SNS.CreateTopic(t.Context(), &awssns.CreateTopicInput{Name: aws.String("people")})
	if err == nil {
		_, err = box.SNS.Subscribe(t.Context(), &awssns.SubscribeInput{TopicArn: aws.String(topicARN), Protocol: aws.String("email"), Endpoint: aws.String("ops@example.com")})
	}
	if err != nil {
		t.Fatal(err)
	}
	return sns.New(box.Config(""), topicARN), box
}

// SNS refuses a subject of 100 characters, and with it the whole mail: nobody would hear of a stuck release.
func TestMailArrivesWhateverTheLengthOfItsSubject(t *testing.T) {
	for name, test := range map[string]struct {
		subject string
		want    string
	}{
		"short":     {subject: "STUCK: checkout", want: "STUCK: checkout"},
		"as long":   {subject: strings.Repeat("x", 99), want: strings.Repeat("x", 99)},
		"too long":  {subject: strings.Repeat("x", 100), want: strings.Repeat("x", 96) + "..."},
		"very long": {subject: strings.Repeat("x", 5000), want: strings.Repeat("x", 96) + "..."},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				topic, box := subscribed(t)
				if err := topic.Send(t.Context(), test.subject, "Look at it now."); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Second)
				mail := box.SNS.Mailbox()
				if len(mail) != 1 || mail[0].Subject != test.want || mail[0].Body != "Look at it now." {
					t.Errorf("the mailbox holds %+v, want one mail about %q", mail, test.want)
				}
			})
		})
	}
}

func TestMailThatWasNotTakenIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, box := subscribed(t)
		err := sns.New(box.Config(""), topicARN+"-gone").Send(t.Context(), "STUCK", "Look at it now.")
		if sandboxtest.Code(err) != "NotFound" {
			t.Errorf("a topic that is gone answers %v", err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		topic, _ := subscribed(t, sandboxtest.Fail("sns:Publish", sandboxtest.Always, wire.Throttled("Rate exceeded")))
		if err := topic.Send(t.Context(), "STUCK", "Look at it now."); sandboxtest.Code(err) != "Throttling" {
			t.Errorf("a throttle that lasts answers %v", err)
		}
	})
}
