package network_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"sluice/test/sandbox/network"
)

func get(n *network.Network, ctx context.Context, url string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	response, err := n.RoundTrip(r)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return string(text), err
}

func says(text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, text+" "+r.Host) })
}

func TestRequestsFindWhatServes(t *testing.T) {
	n := network.New()
	server := httptest.NewServer(says("real"))
	defer server.Close()
	stop := n.Serve("10.0.0.1:80", says("first"))
	n.Serve("10.0.0.1:80", says("second"))
	stop() // which does not stop the second one
	defer n.Forward("i-1:8080", server.Listener.Addr().String())()
	for url, want := range map[string]string{
		"http://10.0.0.1/": "second 10.0.0.1", "http://10.0.0.1:80/": "second 10.0.0.1:80", "http://i-1:8080/": "real i-1:8080", server.URL: "real " + server.Listener.Addr().String(),
	} {
		if got, err := get(n, t.Context(), url); got != want {
			t.Errorf("%s: %q, %v", url, got, err)
		}
	}
	for _, url := range []string{"http://10.0.0.1:81/", "http://example.com/"} {
		var dial *net.OpError
		if _, err := get(n, t.Context(), url); !errors.As(err, &dial) || dial.Op != "dial" || !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestAClientDoesNotWaitForASilentHandler(t *testing.T) {
	n := network.New()
	end := make(chan struct{})
	defer close(end)
	n.Serve("10.0.0.1:80", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-end }))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := get(n, ctx, "http://10.0.0.1/"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}
