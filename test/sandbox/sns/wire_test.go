package sns

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"sluice/test/sandbox/wire"
)

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
	if _, err := client.Publish(t.Context(), &awssns.PublishInput{TopicArn: topic.TopicArn, Message: aws.String("m & m")}); err != nil {
		t.Fatal(err)
	}
	var wrong *types.InvalidParameterException
	if _, err := client.Publish(t.Context(), &awssns.PublishInput{TopicArn: topic.TopicArn, Message: aws.String("m"), Subject: aws.String("\n")}); !errors.As(err, &wrong) {
		t.Errorf("error %v, want InvalidParameterException", err)
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
