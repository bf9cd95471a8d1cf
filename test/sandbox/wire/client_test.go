package wire_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"sluice/test/sandbox/wire"
)

func TestTheClientTakesTheFirstStatusAndTheWholeBody(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		w.WriteHeader(http.StatusOK)
		_, _ = io.WriteString(w, "short ")
		_, _ = io.WriteString(w, "and stout")
	})
	if status, body, _ := asked(t, h, "GET", "/", "", nil); status != http.StatusTeapot || body != "short and stout" {
		t.Errorf("got %d %q", status, body)
	}
	implicit := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "x")
		w.WriteHeader(http.StatusTeapot)
	})
	if status, _, _ := asked(t, implicit, "GET", "/", "", nil); status != http.StatusOK {
		t.Errorf("got %d", status)
	}
}

func TestACallWhoseContextIsOverIsNotMade(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", "http://127.0.0.1/", nil)
	if err != nil {
		t.Fatal(err)
	}
	called := false
	_, err = wire.Client(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true })).Do(r)
	if called || !errors.Is(err, context.Canceled) {
		t.Errorf("called: %t, error: %v", called, err)
	}
}

func TestAPanicOfTheHandlerIsNotHidden(t *testing.T) {
	defer func() {
		if recover() != "a bug" {
			t.Error("the panic was swallowed")
		}
	}()
	asked(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("a bug") }), "GET", "/", "", nil)
}

func TestTheLimitHoldsForTheUnpackedBody(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(make([]byte, 9<<20))
	_ = z.Close()
	header := map[string]string{"Content-Encoding": "gzip", "X-Amz-Target": "DynamoDB_20120810.PutItem"}
	for body, want := range map[string]string{packed.String(): "RequestEntityTooLargeException", "not packed": "SerializationException"} {
		if _, answer, _ := asked(t, dynamoServer(&fakeDynamo{}), "POST", "/", body, header); !strings.Contains(answer, want) {
			t.Errorf("got %s, want %s", answer, want)
		}
	}
}
