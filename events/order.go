package events

import (
	"encoding/json"
	"fmt"
	"time"
)

// Ask is what an Order does that asks for a release; the others are words to one (Word.Do).
const Ask = "release"

// Open is what an Order does that asks for a link to the pages, with which one may look.
const Open = "open"

// Order is what somebody types at the command line, as the function command gets it over its address. Who they are is no part of it: AWS
// states that.
type Order struct {
	Do      string          `json:"do"`                // release, open, or one of Does
	Request *ReleaseRequest `json:"request,omitempty"` // of release; its requester does not count, and its key is needed
	Release string          `json:"release,omitempty"` // id; of all others but freeze and unfreeze; open without it is about all services
	Service string          `json:"service,omitempty"` // of freeze and unfreeze; empty: all services
	Until   time.Time       `json:"until,omitzero"`    // of freeze: when it ends by itself
	Step    int             `json:"step,omitempty"`    // the step that is asked about, 0-based; of approve and reject
	Digest  string          `json:"digest,omitempty"`  // of the question that the person saw; of approve and reject
	Comment string          `json:"comment,omitempty"` // why
	Gate    string          `json:"gate,omitempty"`    // of override: the one gate to override; empty: all that are shut
}

// Outcome is the answer to an Order.
type Outcome struct {
	Heard

	Release string `json:"release,omitempty"` // id
	Page    string `json:"page,omitempty"`    // of the release
	Link    string `json:"link,omitempty"`    // of open: lets a browser in, to look
}

// ReadOrder reads an order. What else is wrong with it, Word.Check and ReadRequest say.
func ReadOrder(text []byte) (Order, error) {
	var o Order
	if err := Decode(json.RawMessage(text), "the order", &o); err != nil {
		return o, err
	}
	switch {
	case o.Do == "":
		return o, &Malformed{"do", "is missing", "write release, open, " + oneOf(Does)}
	case o.Do == Ask && o.Request == nil:
		return o, &Malformed{"request", "is missing", "say which service and revision"}
	case o.Do == Ask && o.Request.Key == "":
		return o, &Malformed{"request.key", "is missing", "write a name of your own for this request: the same key makes one release"}
	case o.Do != Ask && o.Request != nil:
		return o, &Malformed{"request", fmt.Sprintf("is there, and the order is to %.20q", o.Do), "leave it out"}
	}
	return o, nil
}
