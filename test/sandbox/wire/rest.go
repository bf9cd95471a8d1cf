package wire

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/aws/smithy-go"
	smithytime "github.com/aws/smithy-go/time"
	"github.com/aws/smithy-go/traits"
)

// decodeREST is what restJson1 and restXml share: method and path name the operation, members are spread over path, query,
// headers and body. Parse turns the body into a tree.
func decodeREST(ex *exchange, services []*service, spell func(*service) spelling, parse func([]byte) (any, error)) (any, error) {
	r, labels, err := findRoute(ex, services)
	if err != nil {
		return nil, err
	}
	ex.op = r.op
	var tree any
	if r.payload == nil || !r.payload.plan.whole() {
		if tree, err = parse(ex.body); err != nil {
			return nil, err
		}
	}
	spelled := reader{spell(r.op.service)}
	input := reflect.New(r.op.in.typ)
	if err := r.readBody(ex, spelled, input.Elem(), tree); err != nil {
		return nil, err
	}
	return input.Interface(), r.readBindings(ex, spelled, labels, input.Elem())
}

func (r *route) readBody(ex *exchange, spelled reader, input reflect.Value, tree any) error {
	switch {
	case r.payload == nil:
		return spelled.read(r.bodyIn, input, tree)
	case r.payload.plan.kind == kindStream:
		input.Field(r.payload.index).Set(reflect.ValueOf(bytes.NewReader(ex.body)))
		return nil
	case len(ex.body) == 0:
		return nil
	case r.payload.plan.kind == kindBlob:
		return spelled.read(r.payload.plan, input.Field(r.payload.index), ex.body)
	}
	return spelled.read(r.payload.plan, input.Field(r.payload.index), tree)
}

func findRoute(ex *exchange, services []*service) (*route, map[string]string, error) {
	for _, s := range services {
		if r, labels := s.routed(ex.Request); r != nil {
			return r, labels, nil
		}
	}
	place := ex.Method + " " + ex.URL.EscapedPath()
	name := signedFor(ex.Request)
	for _, s := range services {
		if s.Name == name {
			return nil, nil, notImplemented(name+": "+place, "this sandbox's "+name+" has no such operation")
		}
	}
	return nil, nil, unknownService(services, name, place)
}

// readBindings fills the members that travel outside the body.
func (r *route) readBindings(ex *exchange, spelled reader, labels map[string]string, input reflect.Value) error {
	for name, f := range r.labels {
		if err := spelled.read(f.plan, input.Field(f.index), text(labels[name])); err != nil {
			return err
		}
	}
	var query url.Values
	if ex.URL.RawQuery != "" {
		query = ex.URL.Query()
	}
	for name, f := range r.query {
		if err := readValues(spelled, f, input, query[name]); err != nil {
			return err
		}
	}
	for name, f := range r.header {
		if err := readValues(spelled, f, input, ex.Header.Values(name)); err != nil {
			return err
		}
	}
	return nil
}

func readValues(spelled reader, f *field, input reflect.Value, values []string) error {
	if len(values) == 0 {
		return nil
	}
	var src any = text(values[0])
	if f.plan.kind == kindList {
		items := make([]any, len(values))
		for i, v := range values {
			items[i] = text(v)
		}
		src = items
	}
	return spelled.read(f.plan, input.Field(f.index), src)
}

// answerREST writes an output. Body spells what travels in the body: the structure, or the one member that is all of it.
func answerREST(ex *exchange, output reflect.Value, contentType string, body func(*plan, reflect.Value) ([]byte, error)) error {
	r, status := ex.op.route, ex.op.route.status()
	if r.statusOut != nil {
		if n := output.Field(r.statusOut.index); n.CanInt() && n.Int() != 0 {
			status = int(n.Int())
		}
	}
	var sent []byte
	var err error
	switch {
	case r.payloadOut != nil && r.payloadOut.plan.kind == kindBlob:
		sent = output.Field(r.payloadOut.index).Bytes()
	case r.payloadOut != nil && r.payloadOut.plan.kind == kindStream:
		if stream, _ := output.Field(r.payloadOut.index).Interface().(io.Reader); stream != nil {
			sent, err = io.ReadAll(stream)
		}
	case status == http.StatusNoContent:
		contentType = ""
	case r.payloadOut != nil:
		if part := output.Field(r.payloadOut.index); !absent(r.payloadOut.plan, part) {
			sent, err = body(r.payloadOut.plan, part)
		}
	default:
		sent, err = body(r.bodyOut, output)
	}
	if err != nil {
		return err
	}
	for name, f := range r.headerOut {
		setHeader(ex.w.Header(), name, f.plan, output.Field(f.index))
	}
	if own := ex.w.Header().Get("Content-Type"); own != "" { // of what the payload is, which the output says
		contentType = own
	}
	ex.send(status, contentType, sent)
	return nil
}

func setHeader(h http.Header, name string, p *plan, v reflect.Value) {
	if absent(p, v) {
		return
	}
	v = reflect.Indirect(v)
	switch {
	case v.Kind() == reflect.String:
		h.Set(name, v.String())
	case v.CanInt():
		h.Set(name, strconv.FormatInt(v.Int(), 10))
	case v.Kind() == reflect.Bool:
		h.Set(name, strconv.FormatBool(v.Bool()))
	case v.Type() == reflect.TypeFor[time.Time]():
		h.Set(name, smithytime.FormatHTTPDate(v.Interface().(time.Time)))
	}
}

// header is where an error's member travels, "" for the body. Without a schema only the one that Lambda has is known.
func (m model) header(member string) string {
	if m.schema == nil && member == "RetryAfterSeconds" {
		return "Retry-After"
	}
	if t, ok := smithy.SchemaTrait[*traits.HTTPHeader](m.member(member)); ok {
		return strings.TrimSpace(t.Name)
	}
	return ""
}

// setHeaders writes the members of an error that the model binds to headers, such as Retry-After, and names them.
func (f fault) setHeaders(h http.Header) (bound map[string]bool) {
	if f.plan == nil {
		return nil
	}
	m := modelOf(f.plan.typ)
	for _, member := range f.plan.fields {
		header := m.header(member.name)
		if header == "" {
			continue
		}
		if bound == nil {
			bound = map[string]bool{}
		}
		bound[member.name] = true
		setHeader(h, header, member.plan, f.value.Field(member.index))
	}
	return bound
}
