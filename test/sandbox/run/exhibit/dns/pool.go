package dns

import (
	"context"
	"fmt"
	"math"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// A pool is what a record leads to: a server, which stands for the address in the record.
type pool struct {
	label   string
	address string
	server  *http.Server
	failing atomic.Uint64 // percent, as the bits of a float
	asked   atomic.Uint64
}

func listen(label string) (*pool, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("opening pool %s: %w", label, err)
	}
	p := &pool{label: label, address: "http://" + listener.Addr().String()}
	p.server = &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = p.server.Serve(listener) }()
	return p, nil
}

// deploy makes a percentage of the requests fail from now on.
func (p *pool) deploy(failing float64) { p.failing.Store(math.Float64bits(failing)) }

// ServeHTTP implements http.Handler. Failures are spread evenly over the requests.
func (p *pool) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	percent := math.Float64frombits(p.failing.Load())
	before := float64(p.asked.Add(1)-1) * percent / 100
	if math.Floor(before+percent/100) > math.Floor(before) {
		http.Error(w, "the cart is gone", http.StatusInternalServerError)
		return
	}
	_, _ = fmt.Fprintln(w, "your cart, by", p.label) // a caller that hangs up is no matter of the pool
}

// ask asks the pool as a caller does.
func (p *pool) ask(ctx context.Context) (failed bool, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.address+"/cart", nil)
	if err != nil {
		return false, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return false, err
	}
	_ = answer.Body.Close()
	return answer.StatusCode >= http.StatusInternalServerError, nil
}
