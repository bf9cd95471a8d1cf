package lambda

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
)

// The Runtime API (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html), below a path that names the
// environment: aws-lambda-go and other runtimes put AWS_LAMBDA_RUNTIME_API in front of the paths as it is.
const (
	runtimeRoot = "/_runtime/{env}/2018-06-01/runtime"
	accepted    = `{"status":"OK"}`
)

// RuntimeAPI serves /_runtime/ to the processes of this service; no one else has use for it.
func (s *Service) RuntimeAPI() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, f func(*instance, http.ResponseWriter, *http.Request)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if i := s.processes.environment(r.PathValue("env")); i != nil {
				f(i, w, r)
				return
			}
			refuse(w, http.StatusForbidden, "InvalidEnvironment", "no such execution environment")
		})
	}
	handle("GET "+runtimeRoot+"/invocation/next", (*instance).serveNext)
	handle("POST "+runtimeRoot+"/invocation/{id}/response", (*instance).serveResponse)
	handle("POST "+runtimeRoot+"/invocation/{id}/error", (*instance).serveError)
	handle("POST "+runtimeRoot+"/init/error", (*instance).serveInitError)
	return mux
}

func (p *pool) environment(id string) *instance {
	if p == nil {
		return nil
	}
	return p.find(id)
}

func refuse(w http.ResponseWriter, status int, errorType, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"errorType": errorType, "errorMessage": message})
}

func accept(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, accepted)
}

// serveNext ends the invocation in hand and blocks until there is another event.
func (i *instance) serveNext(w http.ResponseWriter, r *http.Request) {
	if !i.ask() {
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "the event in hand has no response yet")
		return
	}
	select {
	case j := <-i.work:
		i.hand(w, j)
	case <-i.exited:
	case <-r.Context().Done():
	}
}

// ask records that the process wants an event. Asking twice, after a broken connection, is asking once.
func (i *instance) ask() (allowed bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.job != nil && i.job.out == nil && !i.asking {
		return false
	}
	if !i.asking {
		i.asking = true
		i.waiting <- struct{}{}
	}
	return true
}

func (i *instance) hand(w http.ResponseWriter, j *job) {
	i.mu.Lock()
	i.asking = false
	i.mu.Unlock()
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Lambda-Runtime-Aws-Request-Id", j.id)
	h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(j.deadline.UnixMilli(), 10))
	h.Set("Lambda-Runtime-Invoked-Function-Arn", j.arn)
	h.Set("Lambda-Runtime-Trace-Id", j.trace)
	if context, err := base64.StdEncoding.DecodeString(j.client); err == nil && len(context) > 0 {
		h.Set("Lambda-Runtime-Client-Context", string(context))
	}
	_, _ = w.Write(j.payload)
}

// serveResponse takes the function's answer. A response that fails half-way says so in a trailer.
func (i *instance) serveResponse(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxSync))
	if err != nil {
		i.answer(r.PathValue("id"), reported(tooLarge(max(int(r.ContentLength), maxSync+1))))
		refuse(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "Exceeded maximum allowed payload size (6291556 bytes).")
		return
	}
	o := outcome{payload: body}
	if broken, err := base64.StdEncoding.DecodeString(r.Trailer.Get("Lambda-Runtime-Function-Error-Body")); err == nil && len(broken) > 0 {
		o = outcome{payload: broken, fault: unhandled}
	}
	i.conclude(w, r, o)
}

// serveError takes the function's error, as the JSON that its runtime made of it.
func (i *instance) serveError(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxSync))
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "Exceeded maximum allowed payload size (6291556 bytes).")
		return
	}
	i.conclude(w, r, outcome{payload: body, fault: unhandled})
}

// serveInitError takes the reason why there will never be a first event; the process ends after it.
func (i *instance) serveInitError(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxSync))
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "Exceeded maximum allowed payload size (6291556 bytes).")
		return
	}
	i.mu.Lock()
	i.initError = body
	i.mu.Unlock()
	accept(w)
}

func (i *instance) conclude(w http.ResponseWriter, r *http.Request, o outcome) {
	if !i.answer(r.PathValue("id"), o) {
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "Invalid request ID")
		return
	}
	accept(w)
}

// answer notes the end of the event in hand, once.
func (i *instance) answer(id string, o outcome) (taken bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.job == nil || i.job.id != id || i.job.out != nil {
		return false
	}
	i.job.out = &o
	return true
}
