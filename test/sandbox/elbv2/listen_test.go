package elbv2_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// The same load balancer on a real port, in front of real ones.
func TestListenersServeRealConnections(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	defer end()
	d := newDesk(ctx, t)
	address, err := d.service.Listen(d.listener, "127.0.0.1:0")
	d.must(err)
	d.rule(forward(d.blue, 1, d.green, 1))
	for group, serve := range map[string]http.HandlerFunc{
		d.blue:  func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) },
		d.green: func(w http.ResponseWriter, _ *http.Request) { garble(w) },
	} {
		server := httptest.NewServer(serve)
		defer server.Close()
		host, port, _ := net.SplitHostPort(server.Listener.Addr().String())
		n, _ := strconv.Atoi(port)
		_, err := d.RegisterTargets(t.Context(), &elb.RegisterTargetsInput{TargetGroupArn: &group, Targets: []types.TargetDescription{{Id: &host, Port: new(int32(n))}}})
		d.must(err)
	}
	for chance, want := range map[float64]string{0.1: "200 hello", 0.9: "502 <html>"} {
		d.chance = chance
		response, err := http.Post("http://"+address+"/", "text/plain", io.LimitReader(hello{}, 5))
		d.must(err)
		text, _ := io.ReadAll(response.Body)
		if got := strconv.Itoa(response.StatusCode) + " " + string(text); !strings.HasPrefix(got, want) {
			t.Errorf("%s, want %s", got, want)
		}
		_ = response.Body.Close()
	}
	if _, err := d.service.Listen(d.listener, "0.0.0.0:0"); err == nil {
		t.Error("listens to the world")
	}
}

type hello struct{}

func (hello) Read(b []byte) (int, error) { return copy(b, "hello"), nil }

// garble answers what is no HTTP.
func garble(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_, _ = conn.Write([]byte("bzzt\r\n\r\n"))
		_ = conn.Close()
	}
}
