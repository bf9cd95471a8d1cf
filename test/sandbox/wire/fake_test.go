package wire_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"sluice/test/sandbox/wire"
)

var home = wire.Home{Region: "us-east-1", Account: "123456789012"}

// configFor is the configuration of SDK clients that reach a server in process.
func configFor(h http.Handler) aws.Config {
	return aws.Config{
		Region:           home.Region,
		HTTPClient:       wire.Client(h),
		Credentials:      credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
		BaseEndpoint:     aws.String("http://127.0.0.1:4566"),
		RetryMaxAttempts: 1,
	}
}

// An op is a fake operation that keeps its input and gives a fixed answer.
type op[In, Out any] struct {
	in  *In
	out *Out
	err error
}

func (o *op[In, Out]) call(_ context.Context, in *In) (*Out, error) {
	o.in = in
	if o.err != nil {
		return nil, o.err
	}
	if o.out == nil {
		o.out = new(Out)
	}
	return o.out, nil
}

// asked has a server answer a raw request, as a client of another language would send it.
func asked(t *testing.T, h http.Handler, method, path, body string, header map[string]string) (status int, answer string, got http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://127.0.0.1:4566"+path, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		r.Header.Set(k, v)
	}
	response, err := wire.Client(h).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(raw), response.Header
}

// unexported has cmp pass over the unexported marker in every SDK type, and over what the client adds to an output.
var unexported = cmp.FilterPath(func(p cmp.Path) bool {
	f, ok := p.Last().(cmp.StructField)
	return ok && (f.Name() == "noSmithyDocumentSerde" || f.Name() == "ResultMetadata")
}, cmp.Ignore())

// same fails the test where two SDK values differ.
func same(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, unexported); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
