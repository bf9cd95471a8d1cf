package wire

import (
	"net/http"
	"reflect"
)

// restJSON is restJson1. https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
type restJSON struct{}

func (restJSON) decode(ex *exchange, services []*service) (any, error) {
	return decodeREST(ex, services, func(s *service) spelling { return s.spell }, parseJSON)
}

func (restJSON) answer(ex *exchange, output reflect.Value) error {
	return answerREST(ex, output, "application/json", func(p *plan, v reflect.Value) ([]byte, error) {
		sink := &jsonSink{b: make([]byte, 0, 512), dates: ex.op.service.DateTimes}
		err := (writer{sink, ex.op.service.spell}).write(p, v)
		return sink.b, err
	})
}

// restStatus is for errors whose type carries no schema and so no status, by the code's usual meaning.
var restStatus = map[string]int{
	"AccessDeniedException":                         http.StatusForbidden,
	"ResourceNotFoundException":                     http.StatusNotFound,
	"NotFoundException":                             http.StatusNotFound,
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

func (restJSON) fail(ex *exchange, f fault) {
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
