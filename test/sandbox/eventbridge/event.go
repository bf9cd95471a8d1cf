package eventbridge

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"sluice/test/sandbox/eventbridge/pattern"
)

// An Event is the envelope in which every event travels:
// https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
type Event struct {
	Version    string          `json:"version"`
	ID         string          `json:"id"`
	DetailType string          `json:"detail-type"`
	Source     string          `json:"source"`
	Account    string          `json:"account"`
	Time       time.Time       `json:"time"` // in whole seconds
	Region     string          `json:"region"`
	Resources  []string        `json:"resources"`
	Detail     json.RawMessage `json:"detail"` // an object
}

// A message is an event that was accepted, in the two forms that are needed: bytes for targets, a tree for patterns. Most events
// mean nothing to anybody, so the bytes and the detail of the tree are made when they are asked for.
type message struct {
	event Event
	body  func() []byte
	tree  map[string]any
	hops  int // buses it came through before this one
}

// Emit puts an event on a bus on behalf of an AWS service, which may use a source that begins with "aws.". The fields
// that are empty are filled in: version, id, account, time, region. An event for a bus that does not exist is dropped,
// as PutEvents does; the error is for a detail that is not a JSON object.
func (s *Service) Emit(_ context.Context, bus string, e Event) error {
	m, err := s.newMessage(e)
	if err != nil {
		return err
	}
	s.publish(bus, m)
	return nil
}

// newMessage completes an event and takes it in.
func (s *Service) newMessage(e Event) (*message, error) {
	if !json.Valid(e.Detail) || !bytes.HasPrefix(bytes.TrimLeft(e.Detail, " \t\r\n"), []byte("{")) {
		return nil, errors.New("decoding event: detail is not a JSON object")
	}
	now := time.Now()
	if e.Version == "" {
		e.Version = "0"
	}
	if e.ID == "" {
		e.ID = newID()
	}
	if e.Account == "" {
		e.Account = s.options.Home.Account
	}
	if e.Region == "" {
		e.Region = s.options.Home.Region
	}
	if e.Time.IsZero() {
		e.Time = now
	}
	if e.Resources == nil {
		e.Resources = []string{}
	}
	e.Time = e.Time.UTC().Truncate(time.Second)
	body := sync.OnceValue(func() []byte {
		text, err := encode(e)
		if err != nil {
			panic("sandbox: encoding an event of strings and valid JSON: " + err.Error())
		}
		return text
	})
	detail := sync.OnceValue(func() any {
		v, _ := pattern.Decode(e.Detail) // it is valid
		return v
	})
	return &message{event: e, body: body, tree: e.tree(detail)}, nil
}

// tree is what pattern.Decode would make of the encoded event, without decoding it again.
func (e Event) tree(detail pattern.Lazy) map[string]any {
	resources := make([]any, len(e.Resources))
	for i, r := range e.Resources {
		resources[i] = r
	}
	return map[string]any{
		"version": e.Version, "id": e.ID, "detail-type": e.DetailType, "source": e.Source, "account": e.Account,
		"time": e.Time.Format(time.RFC3339), "region": e.Region, "resources": resources, "detail": detail,
	}
}

// encode writes JSON the way AWS does, without HTML's escapes.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// newID is a random UUID, version 4.
func newID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
