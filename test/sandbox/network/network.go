// Package network is how services of the sandbox reach what they send requests to: handlers in this process by their address ("10.0.0.7:8080"),
// and what really listens on 127.0.0.1. Handlers need no socket, so they also work in a bubble of testing/synctest.
package network

import (
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"sluice/test/sandbox/wire"
)

// patience is how long a connection may take to come about
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html, HTTP 504).
const patience = 10 * time.Second

// A Network carries requests to addresses. It is an http.RoundTripper.
type Network struct {
	loopback http.RoundTripper

	mu       sync.Mutex
	handlers map[string]*http.Handler
	moved    map[string]string // addresses of what listens elsewhere
}

// New makes a network in which nothing but 127.0.0.1 can be reached.
func New() *Network {
	dialer := net.Dialer{Timeout: patience}
	return &Network{
		loopback: &http.Transport{DialContext: dialer.DialContext, DisableCompression: true, MaxIdleConnsPerHost: 16, IdleConnTimeout: patience},
		handlers: map[string]*http.Handler{}, moved: map[string]string{},
	}
}

// Serve has a handler answer at an address until stop is called. A second handler takes the place of the first.
func (n *Network) Serve(address string, h http.Handler) (stop func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.handlers[address] = &h
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.handlers[address] == &h {
			delete(n.handlers, address)
		}
	}
}

// Forward has requests to an address go to another one until stop is called: to the port of 127.0.0.1 on which an instance really listens.
func (n *Network) Forward(address, to string) (stop func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.moved[address] = to
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.moved, address)
	}
}

// RoundTrip carries a request to the address in its URL. Where nothing serves, the connection is refused. A handler that takes longer than the
// request's context goes on by itself.
func (n *Network) RoundTrip(r *http.Request) (*http.Response, error) {
	host, port := r.URL.Hostname(), r.URL.Port()
	switch {
	case port == "" && r.URL.Scheme == "https":
		port = "443"
	case port == "":
		port = "80"
	}
	address := net.JoinHostPort(host, port)
	n.mu.Lock()
	h, to := n.handlers[address], n.moved[address]
	n.mu.Unlock()
	switch {
	case h != nil:
		return handle(*h, r)
	case to != "":
		r = r.Clone(r.Context())
		r.URL.Host = to
		return n.RoundTrip(r)
	}
	if net.ParseIP(host).IsLoopback() {
		return n.loopback.RoundTrip(r)
	}
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
}

type outcome struct {
	response *http.Response
	err      error
}

func handle(h http.Handler, r *http.Request) (*http.Response, error) {
	ended := make(chan outcome, 1)
	go func() {
		response, err := wire.Client(h).RoundTrip(r)
		ended <- outcome{response, err}
	}()
	select {
	case o := <-ended:
		return o.response, o.err
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}
