package sandbox_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"sluice/test/sandbox"
)

func TestATakenPortIsToldWithTheRemedy(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = sandbox.Boot(context.Background(), sandbox.Options{ListenAddr: l.Addr().String()})
	if err == nil || !strings.Contains(err.Error(), "PORT=4600 make run") {
		t.Errorf("error %v; want the remedy", err)
	}
}

func TestOtherMachinesAreNotServed(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", ":0", "localhost:0", "192.0.2.1:0"} {
		box, err := sandbox.Boot(context.Background(), sandbox.Options{ListenAddr: addr})
		if err == nil {
			box.Close()
			t.Errorf("the sandbox listens on %s", addr)
		}
	}
}

func TestWhatIsNoAWSCallIsAnsweredClearly(t *testing.T) {
	box := boot(t, sandbox.Options{ListenAddr: "127.0.0.1:0"})
	for path, want := range map[string]string{
		"/healthz":     `"status":"ok"`,
		"/":            "AWS_ENDPOINT_URL=" + box.Endpoint(),
		"/favicon.ico": "Missing Authentication Token",
	} {
		answer, err := http.Get(box.Endpoint() + path)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("GET %s answers %d %s (%v); want it to say %q", path, answer.StatusCode, text, err, want)
		}
	}
}

func TestNothingIsServedAfterClose(t *testing.T) {
	box := boot(t, sandbox.Options{Template: golden(t), ListenAddr: "127.0.0.1:0"})
	box.Close()
	if answer, err := http.Get(box.Endpoint() + "/healthz"); err == nil {
		answer.Body.Close()
		t.Error("the port still answers")
	}
}

// notify stands for all functions here: what matters is that a compiled handler gets its event, finds the APIs by its
// environment alone, and is allowed what its role is.
func TestACompiledHandlerRunsOnTheTemplate(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "bootstrap")
	build := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", binary, "sluice/functions/notify/lambda")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	box := boot(t, sandbox.Options{
		Template: golden(t), ListenAddr: "127.0.0.1:0",
		Binaries: func(string) (string, error) { return binary, nil },
		Logs:     func(function string, line []byte) { t.Logf("%s %s", function, line) },
	})
	t.Cleanup(box.Close) // before the log of this test ends
	if _, err := sns.NewFromConfig(box.Config("")).Subscribe(t.Context(), &sns.SubscribeInput{
		TopicArn: new(topic), Protocol: new("email"), Endpoint: new("me@example.com"),
	}); err != nil {
		t.Fatal(err)
	}
	record := map[string]ddbtypes.AttributeValue{} // the mail is written from it
	for name, value := range map[string]string{
		"pk": "release#checkout-1", "sk": "release", "id": "checkout-1", "service": "checkout", "end": "succeeded", "state": "settle",
		"created": "2026-11-23T09:00:00Z", "ended": "2026-11-23T10:00:00Z",
	} {
		record[name] = &ddbtypes.AttributeValueMemberS{Value: value}
	}
	if _, err := dynamodb.NewFromConfig(box.Config("")).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: new("sluice-sandbox"), Item: record}); err != nil {
		t.Fatal(err)
	}
	detail := `{"release":"checkout-1"}`
	if _, err := eventbridge.NewFromConfig(box.Config("")).PutEvents(t.Context(), &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{{
		EventBusName: new("sluice-sandbox"), Source: new("sluice"), DetailType: new("release.succeeded"), Detail: &detail,
	}}}); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); len(box.SNS.Mailbox()) == 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("no mail came")
		}
	}
}
