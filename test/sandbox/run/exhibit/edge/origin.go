package edge

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	service "sluice/test/sandbox/cloudfront"
)

const (
	host         = "shop.example"
	folderHeader = "X-Folder"
)

// origin is the web server behind the distribution. It has a folder for each configuration.
type origin struct {
	server *http.Server

	mu      sync.Mutex
	failing map[string]float64 // percent of a folder's requests
}

func newOrigin() *origin { return &origin{failing: map[string]float64{}} }

// folder makes one more folder, of which a share of requests fails.
func (o *origin) folder(failing float64) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	name := fmt.Sprintf("/release-%d", len(o.failing)+1)
	o.failing[name] = failing
	return name
}

// ServeHTTP answers from the folder that a request is for.
func (o *origin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	folder := "/" + first
	o.mu.Lock()
	failing, known := o.failing[folder]
	o.mu.Unlock()
	w.Header().Set(folderHeader, folder)
	switch {
	case !known:
		http.NotFound(w, r)
	case rand.Float64()*100 < failing:
		http.Error(w, "the cart cannot be read", http.StatusInternalServerError)
	default:
		fmt.Fprintln(w, "a cart")
	}
}

func (o *origin) close() {
	if o.server != nil {
		_ = o.server.Close()
	}
}

// listen puts the origin and the edges on loopback addresses. The edges know the origin by a name that no DNS has.
func (s *shop) listen(edges *service.Service) error {
	at, server, err := serve(s.origin)
	if err != nil {
		return err
	}
	s.origin.server = server
	origins := &http.Transport{MaxIdleConnsPerHost: 16, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, at)
	}}
	for number := range edges.Edges() {
		at, server, err := serve(edges.Edge(number, origins))
		if err != nil {
			return err
		}
		s.edges, s.asked = append(s.edges, server), append(s.asked, "http://"+at)
	}
	return nil
}

// serve serves a handler on a free loopback address.
func serve(h http.Handler) (address string, server *http.Server, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server = &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	return listener.Addr().String(), server, nil
}
