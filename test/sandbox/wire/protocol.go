package wire

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// A protocol is one way to spell a call, its answer and its failure.
type protocol interface {
	// decode finds the operation that is asked for, notes it in the exchange and returns its input.
	decode(ex *exchange, services []*service) (input any, err error)
	// answer writes an output, unless it fails before the first byte.
	answer(ex *exchange, output reflect.Value) error
	// fail writes an error; the exchange may have no operation yet.
	fail(ex *exchange, f fault)
}

// An exchange is one request and its answer.
type exchange struct {
	*http.Request
	w    http.ResponseWriter
	id   string // of the request, as AWS numbers them
	body []byte
	op   *operation
}

// protocolOf decides by the request: one service may be asked in three protocols by three generations of clients.
func protocolOf(r *http.Request, services []*service) protocol {
	switch {
	case r.Header.Get("Smithy-Protocol") == "rpc-v2-cbor":
		return cborProtocol{}
	case r.Header.Get("X-Amz-Target") != "":
		return jsonProtocol{}
	case strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded"), r.URL.Query().Has("Action"):
		return queryProtocol{}
	}
	if speaksXML(r, services) {
		return restXML{}
	}
	return restJSON{}
}

// send writes a whole answer.
func (ex *exchange) send(status int, contentType string, body []byte) {
	h := ex.w.Header()
	if contentType != "" {
		h.Set("Content-Type", contentType)
	}
	h.Set("X-Amzn-Requestid", ex.id)
	if status != http.StatusNoContent {
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	ex.w.WriteHeader(status)
	_, _ = ex.w.Write(body) // the client may be gone, which is its own affair
}

// find takes a service's operation, or says which ones there are.
func (s *service) find(name string) (*operation, error) {
	if op := s.operations[name]; op != nil {
		return op, nil
	}
	known := slices.Sorted(maps.Keys(s.operations))
	return nil, notImplemented(s.Name+":"+name, "this sandbox's "+s.Name+" does "+strings.Join(known, ", "))
}

// unknownService is the refusal of a call whose service is not registered.
func unknownService(services []*service, name, operation string) error {
	var known []string
	for _, s := range services {
		known = append(known, s.Name)
	}
	slices.Sort(known)
	return notImplemented(name+":"+operation, "the services of this sandbox are "+strings.Join(known, ", "))
}

// parseJSON reads a body into the tree that reader wants.
func parseJSON(body []byte) (any, error) {
	if len(body) == 0 {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return nil, &Error{Code: "SerializationException", Message: "sandbox: the body is not JSON: " + err.Error()}
	}
	return tree, nil
}

// newInput reads a tree into a fresh input of the operation; body is the plan of what the tree may hold.
func (op *operation) newInput(body *plan, tree any, spell spelling) (reflect.Value, error) {
	input := reflect.New(op.in.typ)
	err := reader{spell}.read(body, input.Elem(), tree)
	return input, err
}
