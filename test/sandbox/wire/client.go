package wire

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
)

// A Transport carries requests to a handler in the same process. It is an http.RoundTripper and, by Do, the HTTPClient
// of an aws.Config. The call runs on the caller's goroutine and touches no network, so it works inside a
// testing/synctest bubble.
type Transport struct{ handler http.Handler }

// Client is the way to a handler without a network.
func Client(handler http.Handler) *Transport { return &Transport{handler} }

// Do is RoundTrip by the name under which aws.HTTPClient wants it.
func (t *Transport) Do(r *http.Request) (*http.Response, error) { return t.RoundTrip(r) }

// RoundTrip has the handler answer the request. A handler that aborts (ErrHangUp) and a context that is over look as
// they do on a real connection: as an error in place of an answer.
func (t *Transport) RoundTrip(r *http.Request) (answer *http.Response, err error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if r.Body != nil {
		defer r.Body.Close()
	}
	r = received(r)
	defer func() {
		if p := recover(); p == http.ErrAbortHandler {
			answer, err = nil, io.ErrUnexpectedEOF
		} else if p != nil {
			panic(p)
		}
	}()
	rec := &recorder{header: http.Header{}, status: http.StatusOK}
	t.handler.ServeHTTP(rec, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return rec.response(r), nil
}

// A recorder is a ResponseWriter that keeps the answer.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
	begun  bool
}

// Header is part of http.ResponseWriter.
func (r *recorder) Header() http.Header { return r.header }

// Write is part of http.ResponseWriter.
func (r *recorder) Write(b []byte) (int, error) {
	r.begun = true
	return r.body.Write(b)
}

// WriteHeader is part of http.ResponseWriter: the first status counts.
func (r *recorder) WriteHeader(status int) {
	if !r.begun {
		r.status, r.begun = status, true
	}
}

func (r *recorder) response(request *http.Request) *http.Response {
	return &http.Response{
		Status:        fmt.Sprintf("%d %s", r.status, http.StatusText(r.status)),
		StatusCode:    r.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        r.header,
		Body:          io.NopCloser(&r.body),
		ContentLength: int64(r.body.Len()),
		Request:       request,
	}
}

// received is a request as a server sees it: with a body, however empty, and with the host that it was sent to.
func received(r *http.Request) *http.Request {
	if r.Body != nil && r.Host != "" {
		return r
	}
	seen := r.WithContext(r.Context())
	if seen.Body == nil {
		seen.Body = http.NoBody
	}
	if seen.Host == "" {
		seen.Host = r.URL.Host
	}
	return seen
}
