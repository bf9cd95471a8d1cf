package wire

import (
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

// restProtocol is restJson1: method and path name the operation, members are spread over path, query, headers and body.
// https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
type restProtocol struct{}

func (restProtocol) decode(ex *exchange, services []*service) (any, error) {
	r, labels, err := findRoute(ex, services)
	if err != nil {
		return nil, err
	}
	ex.op = r.op
	var tree any
	if r.payload == nil {
		if tree, err = parseJSON(ex.body); err != nil {
			return nil, err
		}
	}
	input, err := r.op.newInput(r.bodyIn, tree, r.op.service.spell)
	if err != nil {
		return nil, err
	}
	return input.Interface(), r.readBindings(ex, labels, input.Elem())
}

func findRoute(ex *exchange, services []*service) (*route, map[string]string, error) {
	escaped, query := segmentsOf(ex.URL.EscapedPath()), ex.URL.Query()
	for _, s := range services {
		for _, r := range s.routes {
			if labels, ok := r.match(ex.Method, escaped, query); ok {
				return r, labels, nil
			}
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
func (r *route) readBindings(ex *exchange, labels map[string]string, input reflect.Value) error {
	spelled := reader{r.op.service.spell}
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
	if r.payload != nil && len(ex.body) > 0 {
		return spelled.read(r.payload.plan, input.Field(r.payload.index), ex.body)
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

func (restProtocol) answer(ex *exchange, output reflect.Value) error {
	r, status := ex.op.route, ex.op.route.status()
	if r.statusOut != nil {
		if n := output.Field(r.statusOut.index); n.CanInt() && n.Int() != 0 {
			status = int(n.Int())
		}
	}
	contentType, body := "application/json", []byte(nil)
	switch {
	case r.payloadOut != nil:
		body = output.Field(r.payloadOut.index).Bytes()
	case status == http.StatusNoContent:
		contentType = ""
	default:
		sink := &jsonSink{b: make([]byte, 0, 512)}
		if err := (writer{sink, ex.op.service.spell}).write(r.bodyOut, output); err != nil {
			return err
		}
		body = sink.b
	}
	for name, f := range r.headerOut {
		setHeader(ex.w.Header(), name, f.plan, output.Field(f.index))
	}
	ex.send(status, contentType, body)
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

// restStatus is for errors whose type carries no schema and so no status, by the code's usual meaning.
var restStatus = map[string]int{
	"AccessDeniedException":                         http.StatusForbidden,
	"ResourceNotFoundException":                     http.StatusNotFound,
	"ResourceConflictException":                     http.StatusConflict,
	"ConflictException":                             http.StatusConflict,
	"PreconditionFailedException":                   http.StatusPreconditionFailed,
	"ProvisionedConcurrencyConfigNotFoundException": http.StatusNotFound,
	"TooManyRequestsException":                      http.StatusTooManyRequests,
	"ThrottlingException":                           http.StatusTooManyRequests,
	"RequestEntityTooLargeException":                http.StatusRequestEntityTooLarge,
	"RequestTooLargeException":                      http.StatusRequestEntityTooLarge,
	"ResourceNotReadyException":                     http.StatusBadGateway,
	"UnsupportedMediaTypeException":                 http.StatusUnsupportedMediaType,
}

func (restProtocol) fail(ex *exchange, f fault) {
	status := f.status
	if status == 0 {
		status = restStatus[f.shape]
	}
	switch {
	case status == 0 && f.server():
		status = http.StatusInternalServerError
	case status == 0:
		status = http.StatusBadRequest
	}
	bound := f.setHeaders(ex.w.Header())
	ex.w.Header().Set("X-Amzn-Errortype", f.shape)
	ex.send(status, "application/json", jsonError(ex, f, bound))
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
