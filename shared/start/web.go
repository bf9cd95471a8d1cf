package start

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// A Request came over a function's address (payload format 2.0,
// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html).
type Request struct {
	Method  string
	Path    string            // decoded
	Query   map[string]string // the last value of each
	Header  map[string]string // names in lower case
	Cookies map[string]string
	Body    []byte // as it was sent
	Source  string // IP address
	Host    string // the name under which Lambda serves the function, without a port; a visitor cannot choose it
	Caller  string // ARN of who signed the request, as AWS states it, where the address wants a signature; empty elsewhere
}

// An Answer goes back.
type Answer struct {
	Status int
	Header map[string]string
	Cookie string // a whole Set-Cookie value; empty is none
	Body   string
	Note   string // for the log: what was done, or why not. No secret belongs in it
}

// Web adapts a method to lambda.Start's shape, for a function that has an address. The log holds only the method of a request and
// its path up to the second segment: bodies, queries, headers and the rest of a path may hold secrets.
func Web(w World, name string, f func(context.Context, Request) (Answer, error)) func(context.Context, json.RawMessage) (events.LambdaFunctionURLResponse, error) {
	log := w.Log.With("function", name)
	return func(ctx context.Context, raw json.RawMessage) (events.LambdaFunctionURLResponse, error) {
		r, err := readRequest(raw)
		if err != nil {
			log.ErrorContext(ctx, "failed", "error", "the invocation is no request: this function is called over its address")
			return answer(Answer{Status: http.StatusBadRequest, Body: "Bad request.\n"}), nil
		}
		a, err := f(ctx, r)
		if err != nil {
			log.ErrorContext(ctx, "failed", "method", r.Method, "path", shortened(r.Path), "error", err)
			return events.LambdaFunctionURLResponse{}, err
		}
		log.InfoContext(ctx, "done", "method", r.Method, "path", shortened(r.Path), "status", a.Status, "note", a.Note)
		return answer(a), nil
	}
}

func readRequest(raw json.RawMessage) (Request, error) {
	var e events.LambdaFunctionURLRequest
	if err := json.Unmarshal(raw, &e); err != nil {
		return Request{}, err
	}
	r := Request{
		Method: e.RequestContext.HTTP.Method, Path: e.RequestContext.HTTP.Path, Source: e.RequestContext.HTTP.SourceIP, Host: e.RequestContext.DomainName,
		Query: e.QueryStringParameters, Header: map[string]string{}, Cookies: map[string]string{}, Body: []byte(e.Body),
	}
	if by := e.RequestContext.Authorizer; by != nil && by.IAM != nil {
		r.Caller = by.IAM.UserARN
	}
	for name, value := range e.Headers {
		r.Header[strings.ToLower(name)] = value
	}
	for _, c := range e.Cookies {
		name, value, _ := strings.Cut(c, "=")
		r.Cookies[name] = value
	}
	if !e.IsBase64Encoded {
		return r, nil
	}
	body, err := base64.StdEncoding.DecodeString(e.Body)
	r.Body = body
	return r, err
}

// answer adds the headers of every answer, such as: do not store it, and do not guess its type.
func answer(a Answer) events.LambdaFunctionURLResponse {
	header := map[string]string{
		"content-type": "text/plain; charset=utf-8", "cache-control": "no-store", "x-content-type-options": "nosniff",
		"referrer-policy": "no-referrer", "x-robots-tag": "noindex", "strict-transport-security": "max-age=31536000",
	}
	for name, value := range a.Header {
		header[name] = value
	}
	out := events.LambdaFunctionURLResponse{StatusCode: a.Status, Headers: header, Body: a.Body}
	if a.Cookie != "" {
		out.Cookies = []string{a.Cookie}
	}
	return out
}

// shortened is a path up to its second segment.
func shortened(path string) string {
	parts := strings.SplitN(path, "/", 3)
	return strings.Join(parts[:min(2, len(parts))], "/")
}
