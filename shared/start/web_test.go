package start_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"sluice/shared/start"
)

const visit = `{"version":"2.0","rawPath":"/open","cookies":["session=hidden-cookie"],"headers":{"X-Slack-Signature":"hidden-signature"},
	"queryStringParameters":{"t":"hidden-link"},"requestContext":{"http":{"method":"POST","path":"/open/hidden-path","sourceIp":"192.0.2.1"}},
	"body":"aGlkZGVuLWJvZHk=","isBase64Encoded":true}`

// served is a function with an address as Lambda calls it, and its log.
func served(f func(context.Context, start.Request) (start.Answer, error)) (lambda.Handler, *bytes.Buffer) {
	var log bytes.Buffer
	return lambda.NewHandler(start.Web(start.World{Log: slog.New(slog.NewJSONHandler(&log, nil))}, "console", f)), &log
}

func TestRequestIsReadAndNothingOfItIsLogged(t *testing.T) {
	var got start.Request
	h, log := served(func(_ context.Context, r start.Request) (start.Answer, error) {
		got = r
		return start.Answer{Status: 200, Body: "hidden-answer", Cookie: "a=b", Note: "looked"}, nil
	})
	out, err := h.Invoke(t.Context(), []byte(visit))
	if err != nil {
		t.Fatal(err)
	}
	if string(got.Body) != "hidden-body" || got.Cookies["session"] != "hidden-cookie" || got.Header["x-slack-signature"] != "hidden-signature" ||
		got.Query["t"] != "hidden-link" || got.Path != "/open/hidden-path" || got.Source != "192.0.2.1" {
		t.Errorf("read %+v", got)
	}
	if strings.Contains(log.String(), "hidden") || !strings.Contains(log.String(), `"path":"/open"`) || !strings.Contains(log.String(), "looked") {
		t.Errorf("the log says %s", log)
	}
	var answer events.LambdaFunctionURLResponse
	if err := json.Unmarshal(out, &answer); err != nil || answer.Headers["cache-control"] != "no-store" || answer.Headers["referrer-policy"] != "no-referrer" || answer.Cookies[0] != "a=b" {
		t.Errorf("answered %s (%v)", out, err)
	}
}

func TestInvocationThatIsNoRequestIsRefused(t *testing.T) {
	h, _ := served(func(context.Context, start.Request) (start.Answer, error) {
		t.Error("the handler was called")
		return start.Answer{}, nil
	})
	for _, payload := range []string{`[]`, `{"headers":3}`, `{"body":"%","isBase64Encoded":true}`} {
		out, err := h.Invoke(t.Context(), []byte(payload))
		if err != nil || !strings.Contains(string(out), `"statusCode":400`) {
			t.Errorf("%s: answered %s (%v)", payload, out, err)
		}
	}
}

// Lambda turns a failure into a 502, so the sender tries again.
func TestFailureOfARequestIsLambdas(t *testing.T) {
	h, log := served(func(context.Context, start.Request) (start.Answer, error) {
		return start.Answer{}, errors.New("no such table")
	})
	if _, err := h.Invoke(t.Context(), []byte(visit)); err == nil {
		t.Error("a failure is no error")
	}
	if !strings.Contains(log.String(), "no such table") || strings.Contains(log.String(), "hidden") {
		t.Errorf("the log says %s", log)
	}
}
