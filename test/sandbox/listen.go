package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"time"
)

// listen opens the sandbox's port, or nothing when it needs none. Only loopback addresses will do: the sandbox is this
// machine's, and so are the pages that its port shows without a key.
func listen(addr string) (net.Listener, error) {
	if addr == "" {
		return nil, nil
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("reading listen address: %w", err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("listening on %s: the sandbox shows its pages to every caller, so it listens on 127.0.0.1 only", addr)
	}
	l, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("listening on %s: port %s is taken; choose another: PORT=4600 make run", addr, port)
	}
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", addr, err)
	}
	return l, nil
}

// A webServer serves the sandbox's handler on its port until it is closed.
type webServer struct {
	server *http.Server
	done   chan error
}

func serve(l net.Listener, h http.Handler) *webServer {
	w := &webServer{
		server: &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second},
		done:   make(chan error, 1),
	}
	go func() {
		w.done <- w.server.Serve(l)
		close(w.done) // whoever closes a second time does not wait
	}()
	return w
}

// close answers what is under way, for a moment, and hangs up on the rest.
func (w *webServer) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if w.server.Shutdown(ctx) != nil {
		_ = w.server.Close()
	}
	<-w.done
}
