package scenario

import (
	"net/http"

	"sluice/test/sandbox/github"
	"sluice/test/sandbox/wire"
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

// internet reaches what stands on it: the load balancers of the world.
func (w *World) internet() *http.Client {
	if w.shop == nil {
		return &http.Client{Transport: wire.Client(http.NotFoundHandler())}
	}
	return &http.Client{Transport: w.shop.Network()}
}
