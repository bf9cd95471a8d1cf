package lambda

import (
	"encoding/json"
	"fmt"
	"time"
)

// A record tells a destination how an asynchronous invocation ended
// (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html).
type record struct {
	Version         string          `json:"version"`
	Timestamp       string          `json:"timestamp"`
	RequestContext  requestContext  `json:"requestContext"`
	RequestPayload  json.RawMessage `json:"requestPayload"`
	ResponseContext *response       `json:"responseContext,omitempty"`
	ResponsePayload json.RawMessage `json:"responsePayload,omitempty"`
}

type requestContext struct {
	RequestID   string `json:"requestId"`
	FunctionARN string `json:"functionArn"`
	Condition   string `json:"condition"`
	Invocations int    `json:"approximateInvokeCount"`
}

type response struct {
	Status        int    `json:"statusCode"`
	Version       string `json:"executedVersion"`
	FunctionError string `json:"functionError,omitempty"`
}

// describe the end of an event; one that was never executed has no response.
func (s *Service) describe(e *event, condition string, a answer) []byte {
	r := record{
		Version:   "1.0",
		Timestamp: time.Now().UTC().Format("2006-01-02T15:04:05.000Z"),
		RequestContext: requestContext{
			RequestID: e.id, FunctionARN: s.arn(reference{e.ref.name, e.ref.version()}),
			Condition: condition, Invocations: e.attempts,
		},
		RequestPayload: e.payload,
	}
	if a.version != "" {
		r.ResponseContext = &response{Status: 200, Version: a.version, FunctionError: a.fault}
		r.ResponsePayload = asJSON(a.payload)
	}
	text, err := json.Marshal(r)
	if err != nil {
		panic(fmt.Sprintf("marshalling a destination record: %v", err)) // both payloads are valid JSON
	}
	return text
}

// asJSON is a payload as a JSON value, although a function may answer with anything.
func asJSON(payload []byte) json.RawMessage {
	switch {
	case len(payload) == 0:
		return nil
	case json.Valid(payload):
		return payload
	}
	text, err := json.Marshal(string(payload))
	if err != nil {
		return nil
	}
	return text
}

// A Delivery is a record on its way to a destination, or an event on its way to a dead-letter queue.
type Delivery struct {
	TargetARN   string
	RoleARN     string // of the function: it must be allowed to send there
	FunctionARN string
	Payload     []byte
	Attributes  map[string]string // of dead letters: RequestID, ErrorCode, ErrorMessage
}

// deliver sends to a destination or queue; what cannot be delivered is lost, and counted under the metric.
func (s *Service) deliver(e *event, d Delivery, lost string) {
	if d.TargetARN == "" {
		return
	}
	d.FunctionARN = s.arn(reference{e.ref.name, e.ref.version()})
	if s.o.Deliver == nil || s.o.Deliver(s.ctx, d) != nil {
		s.recordAsync(e, lost, "Count", 1)
	}
}

func (s *Service) deliverSuccess(e *event, settings asyncSettings, a answer) {
	s.deliverRecord(e, settings, settings.onSuccess, "Success", a)
}

func (s *Service) deliverRecord(e *event, settings asyncSettings, destination, condition string, a answer) {
	if destination == "" {
		return
	}
	d := Delivery{TargetARN: destination, RoleARN: settings.role, Payload: s.describe(e, condition, a)}
	s.deliver(e, d, "DestinationDeliveryFailures")
}

// giveUp ends an event without success: the on-failure destination learns how, the dead-letter queue gets the event itself.
func (s *Service) giveUp(e *event, settings asyncSettings, condition string, a answer) {
	s.recordAsync(e, "AsyncEventsDropped", "Count", 1)
	s.deliverRecord(e, settings, settings.onFailure, condition, a)
	s.deliver(e, Delivery{
		TargetARN: settings.deadLetters, RoleARN: settings.role, Payload: e.payload, Attributes: e.attributes(a),
	}, "DeadLetterErrors")
}

// attributes tell of a dead letter what went wrong: the status of the invocation and the first KB of its error
// (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq).
func (e *event) attributes(a answer) map[string]string {
	_, message := failure(a.payload)
	all := map[string]string{"RequestID": e.id}
	if a.fault != "" {
		all["ErrorCode"], all["ErrorMessage"] = "200", message[:min(len(message), 1024)]
	}
	return all
}
