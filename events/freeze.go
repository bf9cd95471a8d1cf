package events

import "time"

// Events that Sluice sends when somebody stops all forward moves of a service, or of all, and when somebody lets them go on.
const (
	FreezeSet    = "freeze.set"
	FreezeLifted = "freeze.lifted"
)

// Frozen is the detail of both.
type Frozen struct {
	Service  string    `json:"service,omitempty"` // empty: all services
	By       string    `json:"by"`                // who set it, or lifted it
	How      string    `json:"how"`               // how that is known: mail, slack or iam
	Reason   string    `json:"reason"`            // why it was set
	Until    time.Time `json:"until,omitzero"`    // when it ends by itself; nothing: when it is lifted
	Sentence string    `json:"sentence"`          // what happened, for people
	At       time.Time `json:"at"`
}
