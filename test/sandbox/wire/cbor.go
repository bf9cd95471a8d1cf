package wire

import "reflect"

type cborProtocol struct{}

func (cborProtocol) decode(*exchange, []*service) (any, error) {
	return nil, NotImplemented("rpcv2Cbor")
}
func (cborProtocol) answer(*exchange, reflect.Value) error { return NotImplemented("rpcv2Cbor") }
func (cborProtocol) fail(ex *exchange, f fault)            { jsonProtocol{}.fail(ex, f) }

type queryProtocol struct{}

func (queryProtocol) decode(*exchange, []*service) (any, error) {
	return nil, NotImplemented("awsQuery")
}
func (queryProtocol) answer(*exchange, reflect.Value) error { return NotImplemented("awsQuery") }
func (queryProtocol) fail(ex *exchange, f fault)            { jsonProtocol{}.fail(ex, f) }

func (f form) items(string) []any      { return nil }
func (f form) entries() map[string]any { return nil }
