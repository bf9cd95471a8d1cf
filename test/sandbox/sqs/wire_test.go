package sqs

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"sluice/test/sandbox/wire"
)

// inProcess is an HTTP client that calls a server without a network.
type inProcess struct{ http.Handler }

func (p inProcess) Do(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w.Result(), nil
}

// The SDK's client checks the digests of bodies itself. The digest of the
// attributes is known from SQS.
func TestSDKClientAcceptsTheAnswers(t *testing.T) {
	s := New(t.Context(), Options{Home: home, BaseURL: "http://127.0.0.1:4566"})
	client := awssqs.New(awssqs.Options{
		Region: home.Region, BaseEndpoint: aws.String("http://127.0.0.1:4566"), HTTPClient: inProcess{wire.NewServer(home, s.Wire())},
		Credentials: credentials.NewStaticCredentialsProvider("key", "secret", ""),
	})
	queue, err := client.CreateQueue(t.Context(), &awssqs.CreateQueueInput{QueueName: aws.String("orders")})
	if err != nil {
		t.Fatal(err)
	}
	sent, err := client.SendMessage(t.Context(), &awssqs.SendMessageInput{
		QueueUrl: queue.QueueUrl, MessageBody: aws.String("derp"),
		MessageAttributes: map[string]types.MessageAttributeValue{"timestamp": {DataType: aws.String("Number"), StringValue: aws.String("1493147359900")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := *sent.MD5OfMessageAttributes; got != "235c5c510d26fb653d073faed50ae77c" {
		t.Errorf("digest of attributes %s", got)
	}
	got, err := client.ReceiveMessage(t.Context(), &awssqs.ReceiveMessageInput{QueueUrl: queue.QueueUrl, MessageAttributeNames: []string{"time.*"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Messages) != 1 || *got.Messages[0].MessageAttributes["timestamp"].StringValue != "1493147359900" {
		t.Errorf("received %+v", got.Messages)
	}
}
