// Package start is the common part of every function's main: it builds the function from its environment and serves it.
package start

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"reflect"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"sluice/events"
)

// World is everything that a function gets from outside. Tests give it another one.
type World struct {
	AWS    aws.Config
	HTTP   *http.Client // for calls outside of AWS
	Public *http.Client // for addresses that definitions name: it reaches the internet alone
	Getenv func(key string) string
	Stdout io.Writer // embedded metrics
	Log    *slog.Logger
	Now    func() time.Time
}

// Build makes a function's handler, one that lambda.Start accepts.
type Build func(World) (handler any, err error)

// Lambda serves a function. It ends the process when the function cannot be built.
func Lambda(build Build) {
	w := FromEnvironment()
	handler, err := build(w)
	if err != nil {
		w.Log.Error("cannot start", "error", err)
		os.Exit(1)
	}
	lambda.Start(handler)
}

// Answers is how long a call of AWS may take. An invocation of a function may take longer: see lambda.Patient.
const Answers = 10 * time.Second

// FromEnvironment is the world of a real function. It reads credentials and region as Lambda sets them and leaves out the
// SDK's config module, which would cost a millisecond of every cold start for sources that Lambda does not have.
func FromEnvironment() World {
	cfg := aws.Config{
		Region: os.Getenv("AWS_REGION"),
		Credentials: credentials.NewStaticCredentialsProvider(
			os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"), os.Getenv("AWS_SESSION_TOKEN")),
		HTTPClient: &http.Client{Timeout: Answers},
		Retryer:    func() aws.Retryer { return retry.NewStandard() },
	}
	if endpoint := os.Getenv("AWS_ENDPOINT_URL"); endpoint != "" {
		cfg.BaseEndpoint = &endpoint
	}
	return World{AWS: cfg, HTTP: &http.Client{Timeout: 10 * time.Second}, Public: public(loopback(os.Getenv("AWS_ENDPOINT_URL"))), Getenv: os.Getenv, Stdout: os.Stdout, Log: slog.New(lambdacontext.NewLogHandler()), Now: time.Now}
}

// Decode fills the string fields of a config struct from the variables that their env tags name. All are required, except those
// with the tag optional, which says why.
func (w World) Decode(config any) error {
	v := reflect.ValueOf(config).Elem()
	var missing []error
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		key := tag.Get("env")
		value := w.Getenv(key)
		if _, optional := tag.Lookup("optional"); value == "" && !optional {
			missing = append(missing, fmt.Errorf("environment variable %s is not set", key))
		}
		v.Field(i).SetString(value)
	}
	return errors.Join(missing...)
}

// Handle adapts a method to lambda.Start's shape and logs what it returns, once, at the edge. It decodes the event itself, so that
// an event that cannot be read is logged like any other failure, with the field and the remedy.
func Handle[In, Out any](w World, name string, f func(context.Context, In) (Out, error)) any {
	log := w.Log.With("function", name)
	return func(ctx context.Context, raw json.RawMessage) (out Out, err error) {
		var in In
		if err = events.Decode(raw, "the event", &in); err == nil {
			out, err = f(ctx, in)
		}
		if err != nil {
			log.ErrorContext(ctx, "failed", "in", in, "error", err)
		} else {
			log.InfoContext(ctx, "done", "in", in, "out", out)
		}
		return out, err
	}
}
