package wire

import (
	"hash/crc32"
	"net/http"
	"reflect"
	"strconv"
	"strings"
)

// jsonProtocol is awsJson 1.0 and 1.1: a POST that names the operation in X-Amz-Target.
// https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
type jsonProtocol struct{}

func (jsonProtocol) decode(ex *exchange, services []*service) (any, error) {
	target, name, _ := strings.Cut(ex.Header.Get("X-Amz-Target"), ".")
	for _, s := range services {
		// The cloudwatch client of aws-cli takes its awsJson target from the name that CBOR uses.
		if s.Target != target && s.CBOR != target {
			continue
		}
		op, err := s.find(name)
		if err != nil {
			return nil, err
		}
		ex.op = op
		tree, err := parseJSON(ex.body)
		if err != nil {
			return nil, err
		}
		input, err := op.newInput(op.in, tree, s.spell)
		return input.Interface(), err
	}
	return nil, unknownService(services, target, name)
}

func (jsonProtocol) answer(ex *exchange, output reflect.Value) error {
	sink := &jsonSink{b: make([]byte, 0, 1024)}
	if err := (writer{sink, ex.op.service.spell}).write(ex.op.out, output); err != nil {
		return err
	}
	sendJSON(ex, http.StatusOK, sink.b)
	return nil
}

func (jsonProtocol) fail(ex *exchange, f fault) {
	queryErrorHeader(ex, f)
	sendJSON(ex, f.rpcStatus(), jsonError(ex, f, nil))
}

// sendJSON adds the checksum that the DynamoDB client verifies, of errors too.
func sendJSON(ex *exchange, status int, body []byte) {
	contentType := ex.Header.Get("Content-Type") // the client says 1.0 or 1.1
	if ex.op != nil && ex.op.service.JSONVersion != "" {
		contentType = "application/x-amz-json-" + ex.op.service.JSONVersion
	}
	ex.w.Header().Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(body)), 10))
	ex.send(status, contentType, body)
}

// jsonError is the body of an error: its type and its members. A modelled error's members are spelled by its model;
// an error outside the model has a message.
func jsonError(ex *exchange, f fault, bound map[string]bool) []byte {
	sink := &jsonSink{b: make([]byte, 0, 256)}
	writeError(sink, ex, f, bound)
	return sink.b
}

// writeError is the part that JSON and CBOR share.
func writeError(sink sink, ex *exchange, f fault, bound map[string]bool) {
	spell := lowerCamel
	if ex.op != nil {
		spell = ex.op.service.spell
	}
	sink.openStruct()
	sink.member("__type")
	sink.str(f.shape)
	if f.plan == nil {
		sink.member("message")
		sink.str(f.api.ErrorMessage())
	} else if err := (writer{sink, spell}).writeMembers(f.plan.without(bound), f.value); err != nil {
		sink.member("message")
		sink.str(err.Error())
	}
	sink.closeStruct()
}

// queryErrorHeader tells clients of a service that once spoke the query protocol the code it had there:
// https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-protocols-awsquerycompatible-trait
func queryErrorHeader(ex *exchange, f fault) {
	if ex.Header.Get("X-Amzn-Query-Mode") == "true" {
		ex.w.Header().Set("X-Amzn-Query-Error", f.queryCode+";"+f.sender())
	}
}
