package scenario

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"sluice/shared/jobs"
	"sluice/shared/rollout"
)

// posted is a request that an endpoint got.
type posted struct {
	event    rollout.JobEvent
	delivery string
	genuine  bool
}

// endpoint answers with each status in turn, and with the last one from then on.
func (w *World) endpoint(got *[]posted, body string, statuses ...int) {
	w.Endpoint("ci.example.com", http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		w.must(err)
		p := posted{delivery: r.Header.Get(jobs.HeaderDelivery)}
		w.must(json.Unmarshal(text, &p.event))
		p.genuine = r.Header.Get(jobs.HeaderSignature) == jobs.Sign(r.Header.Get(jobs.HeaderTime), text, EndpointKey) && r.Method == http.MethodPost && r.URL.Path == "/sluice"
		*got = append(*got, p)
		status := statuses[min(len(*got), len(statuses))-1]
		if status == http.StatusFound {
			rw.Header().Set("Location", "https://thief.example.com/")
		}
		rw.WriteHeader(status)
		_, _ = io.WriteString(rw, body)
	}))
}

// An endpoint is told of the release, with a signature, and its answer decides as a function's does. One that is away for a moment is asked again, with
// the same delivery.
func TestEndpointIsAHook(t *testing.T) {
	for name, test := range map[string]struct {
		body     string
		statuses []int
		asked    int
		end      rollout.End
		why      string
	}{
		"that says yes":              {`{}`, []int{200}, 1, rollout.Succeeded, "It passed in"},
		"that says nothing":          {"", []int{204}, 1, rollout.Succeeded, "It passed in"},
		"that says no":               {`{"verdict":"fail","why":"the till is closed"}`, []int{200}, 1, rollout.RolledBack, "the till is closed."},
		"that is away for a moment":  {`{}`, []int{503, 502, 200}, 3, rollout.Succeeded, "It passed in 3s."},
		"that stays away":            {`{}`, []int{503}, 3, rollout.RolledBack, "POST https://ci.example.com/sluice was answered 503, and not 2xx."},
		"that knows no such path":    {`{}`, []int{404}, 1, rollout.RolledBack, "was answered 404, and not 2xx."},
		"that leads somewhere else":  {`{}`, []int{302}, 1, rollout.RolledBack, "was answered 302: redirects are not followed."},
		"that answers with a secret": {`hunter2`, []int{500}, 3, rollout.RolledBack, "was answered 500, and not 2xx."},
	} {
		t.Run(name, func(t *testing.T) {
			RunWith(t, Options{Edit: WithHooks}, func(w *World) {
				w.Given(Hooking(Canary, `{"name":"warm","beforeStep":2,`+ByEndpoint+`}`))
				w.GivesEndpointKey()
				var got []posted
				w.endpoint(&got, test.body, test.statuses...)
				id := w.Requested("2")
				r := w.Ended(id)
				w.wantRan(id, "warm", map[rollout.End]rollout.GateVerdict{rollout.Succeeded: rollout.GatePass, rollout.RolledBack: rollout.GateFail}[test.end], test.why)
				if r.End != test.end || len(got) != test.asked {
					t.Errorf("%s, after %d requests\n%s", r.End, len(got), Story(r))
				}
				for _, p := range got {
					if !p.genuine || p.delivery != id+"/warm" || p.event.Release != id || p.event.Hook != "warm" || p.event.Revision != "2" || string(p.event.Payload) != `{"depth":"full"}` {
						t.Errorf("the endpoint got %+v", p)
					}
				}
				record, err := json.Marshal(w.asItIs(id))
				w.must(err)
				if strings.Contains(string(record), "hunter2") || strings.Contains(string(record), EndpointKey) {
					t.Errorf("the record has a secret: %s", record)
				}
			})
		})
	}
}

func TestEndpointThatTakesTooLongOrHasNoKeyFails(t *testing.T) {
	for name, test := range map[string]struct {
		given func(w *World)
		why   string
	}{
		"takes too long": {func(w *World) {
			w.GivesEndpointKey()
			w.Endpoint("ci.example.com", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
		}, "It took longer than 30s and was stopped."},
		"has no key": {func(*World) {}, "create it: aws secretsmanager create-secret --name checkout-hooks"},
		"is nowhere": {func(w *World) { w.GivesEndpointKey() }, "connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			RunWith(t, Options{Edit: WithHooks}, func(w *World) {
				w.Given(Hooking(Canary, `{"name":"warm","beforeStep":2,`+ByEndpoint+`}`))
				test.given(w)
				id := w.Requested("2")
				begun := time.Now()
				r := w.Ended(id)
				w.wantRan(id, "warm", rollout.GateFail, test.why)
				if r.End != rollout.RolledBack || time.Since(begun) > 15*time.Minute {
					t.Errorf("%s after %v", r.End, time.Since(begun))
				}
			})
		})
	}
}
