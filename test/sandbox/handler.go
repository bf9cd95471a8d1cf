package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"

	"sluice/test/sandbox/lambda"
)

// newHandler answers everything on one port: the AWS APIs, and what is told apart from them by its path. AWS itself
// tells services apart by host name; here the request does (see package wire).
func (s *Sandbox) newHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.health)
	mux.HandleFunc("GET /{$}", s.welcome)
	mux.Handle("/_runtime/", s.Lambda.RuntimeAPI())
	for path, h := range s.options.Mounts {
		mux.Handle(path, http.StripPrefix(strings.TrimSuffix(path, "/"), h))
	}
	mux.Handle("/", s.api)
	web := s.Lambda.Web()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if lambda.IsWeb(r) {
			web.ServeHTTP(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// health answers once the sandbox listens; what the template holds may still be on its way.
func (s *Sandbox) health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{
		"status": "ok", "region": s.options.Home.Region, "account": s.options.Home.Account, "stack": s.options.StackName,
	})
}

// welcome tells a person with a browser where they are. An AWS call never looks like this: it is signed.
func (s *Sandbox) welcome(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "" || r.URL.RawQuery != "" {
		s.api.ServeHTTP(w, r)
		return
	}
	_, _ = w.Write([]byte("Sluice's sandbox: AWS on one machine.\n" +
		"Point SDKs here with AWS_ENDPOINT_URL=" + s.Endpoint() + " and the AWS CLI with --endpoint-url " + s.Endpoint() + ",\n" +
		"with the key of this run: make run prints it.\n"))
}
