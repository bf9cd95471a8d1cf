package start_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"sluice/shared/start"
)

type config struct {
	Table string `env:"SLUICE_TABLE"`
	Bus   string `env:"SLUICE_BUS"`
	Topic string `env:"SLUICE_TOPIC"`
}

// with is a world with these variables.
func with(variables map[string]string) start.World {
	return start.World{Getenv: func(key string) string { return variables[key] }}
}

func TestConfigurationIsReadByTheNamesOfItsTags(t *testing.T) {
	var c config
	err := with(map[string]string{"SLUICE_TABLE": "table", "SLUICE_BUS": "bus", "SLUICE_TOPIC": "topic", "PATH": "/bin"}).Decode(&c)
	if err != nil || c != (config{Table: "table", Bus: "bus", Topic: "topic"}) {
		t.Errorf("read %+v (%v)", c, err)
	}
}

// A function that is deployed without a variable must not start and then write to a table without a name.
func TestMissingConfigurationIsRefusedWithEveryNameThatIsMissing(t *testing.T) {
	all := map[string]string{"SLUICE_TABLE": "table", "SLUICE_BUS": "bus", "SLUICE_TOPIC": "topic"}
	for _, missing := range [][]string{{"SLUICE_TABLE"}, {"SLUICE_BUS", "SLUICE_TOPIC"}, {"SLUICE_BUS", "SLUICE_TABLE", "SLUICE_TOPIC"}} {
		given := maps.Clone(all)
		for _, name := range missing {
			delete(given, name)
		}
		err := with(given).Decode(&config{})
		if err == nil {
			t.Errorf("without %v it starts", missing)
			continue
		}
		for name := range all {
			if got, want := strings.Contains(err.Error(), name), slices.Contains(missing, name); got != want {
				t.Errorf("without %v it says %q", missing, err)
			}
		}
	}
}

// asked and answered are what a handler gets and gives.
type (
	asked    struct{ Service string }
	answered struct{ Release string }
)

// handled is a handler as Lambda calls it, and its log.
func handled(f func(context.Context, asked) (answered, error)) (lambda.Handler, *bytes.Buffer) {
	var log bytes.Buffer
	w := start.World{Log: slog.New(slog.NewJSONHandler(&log, nil))}
	return lambda.NewHandler(start.Handle(w, "trigger", f)), &log
}

// line reads the one line of a log.
func line(t *testing.T, log *bytes.Buffer) map[string]any {
	t.Helper()
	if n := bytes.Count(log.Bytes(), []byte("\n")); n != 1 {
		t.Fatalf("%d lines for one invocation, want one:\n%s", n, log)
	}
	var l map[string]any
	if err := json.Unmarshal(log.Bytes(), &l); err != nil {
		t.Fatalf("reading %s: %v", log, err)
	}
	return l
}

func TestInvocationLeavesOneLineOfJSON(t *testing.T) {
	h, log := handled(func(_ context.Context, in asked) (answered, error) { return answered{in.Service + "-1"}, nil })
	out, err := h.Invoke(t.Context(), []byte(`{"Service":"checkout"}`))
	if err != nil || string(out) != `{"Release":"checkout-1"}` {
		t.Errorf("answered %s (%v)", out, err)
	}
	l := line(t, log)
	in, _ := l["in"].(map[string]any)
	said, _ := l["out"].(map[string]any)
	if l["level"] != "INFO" || l["msg"] != "done" || l["function"] != "trigger" || in["Service"] != "checkout" || said["Release"] != "checkout-1" {
		t.Errorf("the log says %v", l)
	}
}

func TestFailureIsLoggedOnceAndHandedToLambda(t *testing.T) {
	broken := errors.New("reading table: no such table")
	h, log := handled(func(context.Context, asked) (answered, error) { return answered{}, broken })
	if _, err := h.Invoke(t.Context(), []byte(`{"Service":"checkout"}`)); err == nil || !strings.Contains(err.Error(), broken.Error()) {
		t.Errorf("Lambda hears %v, want the error: it retries and dead-letters by it", err)
	}
	if l := line(t, log); l["level"] != "ERROR" || l["msg"] != "failed" || l["function"] != "trigger" || l["error"] != broken.Error() {
		t.Errorf("the log says %v", l)
	}
}

func TestPayloadThatIsNoEventNeverReachesTheHandler(t *testing.T) {
	h, _ := handled(func(context.Context, asked) (answered, error) {
		t.Error("the handler was called")
		return answered{}, nil
	})
	if _, err := h.Invoke(t.Context(), []byte(`{"Service":`)); err == nil {
		t.Error("half an event is no error")
	}
}

// A function outside of AWS reaches the sandbox by AWS_ENDPOINT_URL, as SDK clients do.
func TestEndpointAndCredentialsComeFromTheEnvironment(t *testing.T) {
	for name, value := range map[string]string{
		"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token", "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
	} {
		t.Setenv(name, value)
	}
	w := start.FromEnvironment()
	c, err := w.AWS.Credentials.Retrieve(t.Context())
	if err != nil || c.AccessKeyID != "AKIATEST" || c.SecretAccessKey != "secret" || c.SessionToken != "token" || w.AWS.Region != "eu-central-1" {
		t.Errorf("credentials %+v (%v) in %s", c, err, w.AWS.Region)
	}
	if o := ssm.NewFromConfig(w.AWS).Options(); o.BaseEndpoint == nil || *o.BaseEndpoint != "http://127.0.0.1:4566" || o.Retryer.MaxAttempts() < 2 {
		t.Errorf("clients call %v, and try %d times", o.BaseEndpoint, o.Retryer.MaxAttempts())
	}
	if since := time.Since(w.Now()); since < 0 || since > time.Hour || w.Getenv("AWS_REGION") != "eu-central-1" || w.Stdout == nil || w.Log == nil {
		t.Error("a part of the world is missing")
	}
}

// Who may hand something over is told by the alias that was invoked.
func TestAliasIsTheOneThatWasInvoked(t *testing.T) {
	const arn = "arn:aws:lambda:eu-central-1:123456789012:function:sluice-production-decide"
	for invoked, want := range map[string]string{arn: "", arn + ":button": "button", arn + ":$LATEST": "$LATEST", "": ""} {
		ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{InvokedFunctionArn: invoked})
		if got := start.Alias(ctx); got != want {
			t.Errorf("%s: %q, want %q", invoked, got, want)
		}
	}
	if got := start.Alias(t.Context()); got != "" {
		t.Errorf("outside of an invocation: %q", got)
	}
}
