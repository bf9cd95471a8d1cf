// Package events is the contract between Sluice and the world: every event that comes in or goes out, one file per group.
//
// Each event has a Go type for its detail, constants for its source and detail-type, the EventBridge pattern that
// selects it, a sample in testdata and a JSON Schema. Event names appear nowhere else as literals.
package events

import (
	"encoding/json"
	"time"
)

// Source is the source of every event that Sluice sends. Rules that start something exclude it, so that Sluice never
// answers itself (EventBridge has no loop detection of its own).
const Source = "sluice"

// Envelope is an EventBridge event around a detail of type T
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html).
type Envelope[T any] struct {
	Version    string    `json:"version"`
	ID         string    `json:"id"`
	DetailType string    `json:"detail-type"`
	Source     string    `json:"source"`
	Account    string    `json:"account"`
	Time       time.Time `json:"time"`
	Region     string    `json:"region"`
	Resources  []string  `json:"resources"`
	ReplayName string    `json:"replay-name,omitempty"` // set on events that are replayed from an archive: these are history
	Detail     T         `json:"detail"`
}

// Raw is an event whose detail is not decoded yet.
type Raw = Envelope[json.RawMessage]

// Pattern selects events on a bus, in the form that EventBridge rules take.
type Pattern map[string]any

func pattern(detailTypes ...string) Pattern {
	return Pattern{"source": []any{map[string]any{"anything-but": []string{Source}}}, "detail-type": detailTypes}
}
