package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"sluice/shared/rollout"
)

// remedy brings the services that the show does not need.
const remedy = "end this and start it with EVERYTHING=1 make run, which takes the compiler half a minute more, once"

// absent names a service that is called and was left out, "" if it is another. AWS's services of JSON are known by the beginning of
// a header, and Inspector's by their paths.
func absent(r *http.Request) string {
	for prefix, name := range map[string]string{"StarlingDoveService.": "AWS Config", "AmazonEC2ContainerRegistry_V20150921.": "ECR"} {
		if strings.HasPrefix(r.Header.Get("X-Amz-Target"), prefix) {
			return name
		}
	}
	if r.Method == http.MethodPost && (r.URL.Path == "/findings/list" || r.URL.Path == "/coverage/list") {
		return "Inspector"
	}
	return ""
}

// withoutTheRest answers calls of services that were left out, and says it on the screen.
func withoutTheRest(b *board, next http.Handler) http.Handler {
	if len(more()) > 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := absent(r)
		if name == "" {
			next.ServeHTTP(w, r)
			return
		}
		says := fmt.Sprintf("%s is not in this sandbox: %s", name, remedy)
		b.pin(entry{general: true, who: "run", what: says, bad: true})
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(http.StatusNotImplemented)
		_ = json.NewEncoder(w).Encode(map[string]string{"__type": "NotImplementedException", "message": says})
	})
}

// beyond says what a definition asks that this program was compiled without.
func beyond(d rollout.Definition) error {
	if g := d.Gates; g == nil || g.Config == nil && g.Scan == nil || len(more()) > 0 {
		return nil
	}
	return fmt.Errorf("the gates of %s ask AWS Config, ECR or Inspector, which this sandbox was compiled without: EVERYTHING=1 SERVICE=%[1]s make run", d.Service)
}
