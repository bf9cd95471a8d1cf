package scenario

import (
	"net/http"

	"sluice/test/sandbox/github"
)

// outside is what functions reach that is not AWS, by its host.
func (w *World) outside() http.Handler {
	outside := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Host == "api.github.com" {
			under("/api", w.GitHub).ServeHTTP(rw, r)
			return
		}
		w.Slack.ServeHTTP(rw, r)
	})
	if w.beyond != nil {
		return w.beyond(outside)
	}
	return outside
}

// under serves a handler whose paths begin with a prefix that callers do not write.
func under(prefix string, h *github.Host) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		inner := r.Clone(r.Context())
		inner.URL.Path = prefix + r.URL.Path
		h.ServeHTTP(rw, inner)
	})
}

// internet reaches what stands on it: the load balancers of the world, and the endpoints of definitions. As in start.World, no redirect is followed.
func (w *World) internet() *http.Client {
	if w.shop == nil {
		return &http.Client{Transport: w.hosts, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	return &http.Client{Transport: w.shop.Network()}
}

// Endpoint has a handler answer at a host of the internet.
func (w *World) Endpoint(host string, h http.Handler) { w.hosts.Serve(host+":443", h) }
