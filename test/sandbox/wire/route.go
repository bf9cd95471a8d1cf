package wire

import (
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/traits"
)

// A route is a Route made ready: its path in segments, its bindings resolved to members.
type route struct {
	Route
	segments []string   // "functions", "{FunctionName}"
	literal  url.Values // of the query, which tells routes of one path apart: "List=ALL"
	op       *operation

	labels, query, header map[string]*field // of the input, by wire name
	payload               *field
	bodyIn                *plan // the input's members that are in the JSON body

	headerOut             map[string]*field // of the output, by header
	payloadOut, statusOut *field
	bodyOut               *plan
}

// addRoutes binds the service's routes to its operations.
func (s *service) addRoutes() error {
	for _, described := range s.Routes {
		op := s.operations[described.Operation]
		if op == nil {
			return fmt.Errorf("registering %s: route %s %s leads to %s, which it does not have", s.Name, described.Method, described.Path, described.Operation)
		}
		r, err := newRoute(described, op)
		if err != nil {
			return fmt.Errorf("registering %s:%s: %w", s.Name, op.name, err)
		}
		s.routes = append(s.routes, r)
		op.route = r
	}
	return nil
}

// bound are routes that were made before, by what they are made of: servers come and go, the types of their inputs stay.
var bound sync.Map // *route by routeKey

type routeKey struct {
	input        reflect.Type
	method, path string
}

func newRoute(described Route, op *operation) (*route, error) {
	key := routeKey{op.in.typ, described.Method, described.Path}
	if made, ok := bound.Load(key); ok && reflect.DeepEqual(made.(*route).Route, described) {
		r := *made.(*route)
		r.op = op
		return &r, nil
	}
	r, err := bind(described, op)
	if err != nil {
		return nil, err
	}
	kept := *r
	kept.op = nil // which would keep the whole service
	bound.Store(key, &kept)
	return r, nil
}

func bind(described Route, op *operation) (*route, error) {
	path, query, _ := strings.Cut(described.Path, "?")
	literal, err := url.ParseQuery(query)
	if err != nil {
		return nil, fmt.Errorf("reading the query of route %s: %w", described.Path, err)
	}
	r := &route{Route: described, segments: segmentsOf(path), literal: literal, op: op}
	if err := r.bindInput(); err != nil {
		return nil, err
	}
	return r, r.bindOutput()
}

// A binder collects the members that travel outside the body, from the Route and from the SDK's schema.
type binder struct {
	plan  *plan
	bound map[string]bool
	err   error
}

func (b *binder) field(goName string) *field {
	f := b.plan.body(goName)
	if f == nil && b.err == nil {
		b.err = fmt.Errorf("binding route: %s has no member %s", b.plan.typ, goName)
	}
	b.bound[goName] = true
	return f
}

func (b *binder) fields(goNames map[string]string) map[string]*field {
	fields := map[string]*field{}
	for wireName, goName := range goNames {
		fields[wireName] = b.field(goName)
	}
	return fields
}

func (r *route) bindInput() error {
	b := &binder{plan: r.op.in, bound: map[string]bool{}}
	r.query, r.header, r.labels = b.fields(r.Query), b.fields(r.Header), map[string]*field{}
	for _, s := range r.segments {
		if name, ok := label(s); ok {
			r.labels[name] = b.field(name)
		}
	}
	if r.Payload != "" {
		r.payload = b.field(r.Payload)
	}
	m := modelOf(r.op.in.typ)
	for _, f := range r.op.in.fields {
		s := m.member(f.name)
		if t, ok := smithy.SchemaTrait[*traits.HTTPQuery](s); ok {
			r.query[t.Name] = b.field(f.name)
		}
		if t, ok := smithy.SchemaTrait[*traits.HTTPHeader](s); ok {
			r.header[t.Name] = b.field(f.name)
		}
		if _, ok := smithy.SchemaTrait[*traits.HTTPPayload](s); ok {
			r.payload = b.field(f.name)
		}
	}
	if m.schema == nil && !r.hasBody() {
		for _, f := range r.op.in.fields {
			if !b.bound[f.name] {
				r.query[f.name] = b.field(f.name)
			}
		}
	}
	r.bodyIn = r.op.in.without(b.bound)
	return b.err
}

// hasBody says whether members that are not bound elsewhere travel in the body. Without one they are query parameters of
// their own names, which is how REST services read and delete.
func (r *route) hasBody() bool { return r.Method != http.MethodGet && r.Method != http.MethodDelete }

func (r *route) bindOutput() error {
	b := &binder{plan: r.op.out, bound: map[string]bool{}}
	r.headerOut = b.fields(r.HeaderOut)
	if r.PayloadOut != "" {
		r.payloadOut = b.field(r.PayloadOut)
	}
	if r.StatusOut != "" {
		r.statusOut = b.field(r.StatusOut)
	}
	m := modelOf(r.op.out.typ)
	for _, f := range r.op.out.fields {
		s := m.member(f.name)
		if t, ok := smithy.SchemaTrait[*traits.HTTPHeader](s); ok {
			r.headerOut[t.Name] = b.field(f.name)
		}
		if _, ok := smithy.SchemaTrait[*traits.HTTPPayload](s); ok {
			r.payloadOut = b.field(f.name)
		}
		if _, ok := smithy.SchemaTrait[*traits.HTTPResponseCode](s); ok {
			r.statusOut = b.field(f.name)
		}
	}
	r.bodyOut = r.op.out.without(b.bound)
	return b.err
}

// label is the member named by a segment in braces.
func label(segment string) (name string, ok bool) {
	if !strings.HasPrefix(segment, "{") || !strings.HasSuffix(segment, "}") {
		return "", false
	}
	return strings.TrimSuffix(segment[1:len(segment)-1], "+"), true
}

// greedy says whether a label takes all segments that are left.
func greedy(segment string) bool { return strings.HasSuffix(segment, "+}") }

// segmentsOf splits a path; a slash at its end means nothing.
func segmentsOf(path string) []string {
	return strings.Split(strings.Trim(path, "/"), "/")
}

// routed is the service's route of a request, with the labels of its path, or nil.
func (s *service) routed(r *http.Request) (found *route, labels map[string]string) {
	if len(s.routes) == 0 || s.Anywhere && signedFor(r) != s.Name {
		return nil, nil
	}
	escaped, query := segmentsOf(r.URL.EscapedPath()), r.URL.Query()
	for _, route := range s.routes {
		if labels, ok := route.match(r.Method, escaped, query); ok {
			return route, labels
		}
	}
	return nil, nil
}

// match compares a request's *escaped* segments with the route, since an ARN in a label may hold an escaped slash.
func (r *route) match(method string, escaped []string, query url.Values) (labels map[string]string, ok bool) {
	if n := len(r.segments); greedy(r.segments[n-1]) && len(escaped) > n {
		escaped = append(slices.Clone(escaped[:n-1]), strings.Join(escaped[n-1:], "/"))
	}
	if method != r.Method || len(escaped) != len(r.segments) {
		return nil, false
	}
	for name := range r.literal {
		if query.Get(name) != r.literal.Get(name) {
			return nil, false
		}
	}
	for i, want := range r.segments {
		name, isLabel := label(want)
		if !isLabel {
			if escaped[i] != want {
				return nil, false
			}
			continue
		}
		value, err := url.PathUnescape(escaped[i])
		if err != nil || value == "" {
			return nil, false
		}
		if labels == nil {
			labels = map[string]string{}
		}
		labels[name] = value
	}
	return labels, true
}

func (r *route) status() int {
	if r.Status == 0 {
		return http.StatusOK
	}
	return r.Status
}
