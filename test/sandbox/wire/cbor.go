package wire

import (
	"math"
	"net/http"
	"reflect"
	"strings"

	"github.com/aws/smithy-go/encoding/cbor"
)

// cborProtocol is Smithy RPC v2 with CBOR, today's way to CloudWatch.
// https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
type cborProtocol struct{}

func (cborProtocol) decode(ex *exchange, services []*service) (any, error) {
	target, name, ok := cborPath(ex.URL.Path)
	if !ok {
		return nil, unknownService(services, ex.URL.Path, ex.Method)
	}
	for _, s := range services {
		if s.CBOR == "" || s.CBOR != target {
			continue
		}
		op, err := s.find(name)
		if err != nil {
			return nil, err
		}
		ex.op = op
		tree, err := parseCBOR(ex.body)
		if err != nil {
			return nil, err
		}
		input, err := op.newInput(op.in, tree, s.spell)
		return input.Interface(), err
	}
	return nil, unknownService(services, target, name)
}

// cborPath takes "/service/<name>/operation/<name>" apart.
func cborPath(path string) (service, operation string, ok bool) {
	parts := strings.Split(path, "/")
	if len(parts) < 4 {
		return "", "", false
	}
	parts = parts[len(parts)-4:] // the rule allows a prefix
	return parts[1], parts[3], parts[0] == "service" && parts[2] == "operation"
}

func (cborProtocol) answer(ex *exchange, output reflect.Value) error {
	sink := &cborSink{}
	if err := (writer{sink, ex.op.service.spell}).write(ex.op.out, output); err != nil {
		return err
	}
	sendCBOR(ex, http.StatusOK, sink.b)
	return nil
}

func (cborProtocol) fail(ex *exchange, f fault) {
	sink := &cborSink{}
	writeError(sink, ex, f, nil)
	queryErrorHeader(ex, f)
	sendCBOR(ex, f.rpcStatus(), sink.b)
}

func sendCBOR(ex *exchange, status int, body []byte) {
	ex.w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
	ex.send(status, "application/cbor", body)
}

func parseCBOR(body []byte) (any, error) {
	if len(body) == 0 { // an operation without input
		return nil, nil
	}
	v, err := cbor.Decode(body)
	if err != nil {
		return nil, &Error{Code: "SerializationException", Message: "sandbox: the body is not CBOR: " + err.Error()}
	}
	return cborTree(v), nil
}

// cborTree is a value in the words that reader knows. Tag 1 is a timestamp; other tags are not in the protocol, so
// their content is taken as it is.
func cborTree(v cbor.Value) any {
	switch v := v.(type) {
	case cbor.Uint:
		if v > math.MaxInt64 {
			return float64(v) // no member is that large; it will not fit an integer, which is the right complaint
		}
		return int64(v)
	case cbor.NegInt:
		return -int64(v)
	case cbor.Float32:
		return float64(v)
	case cbor.Float64:
		return float64(v)
	case cbor.Bool:
		return bool(v)
	case cbor.String:
		return string(v)
	case cbor.Slice:
		return []byte(v)
	case cbor.List:
		items := make([]any, len(v))
		for i, item := range v {
			items[i] = cborTree(item)
		}
		return items
	case cbor.Map:
		members := make(map[string]any, len(v))
		for name, value := range v {
			members[name] = cborTree(value)
		}
		return members
	case *cbor.Tag:
		return cborTag(v)
	}
	return nil
}

func cborTag(v *cbor.Tag) any {
	inner := cborTree(v.Value)
	seconds, ok := asFloat(inner)
	if v.ID != 1 || !ok {
		return inner
	}
	return epoch(seconds)
}
