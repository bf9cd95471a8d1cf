package faults

import (
	"fmt"
	"strconv"
	"strings"
)

// Kind is what goes wrong.
type Kind string

// The kinds. Those of calls happen to a function of Sluice that calls AWS, those of deliveries to an event on its way to
// a function, or to a task of the state machine.
const (
	Refuse   Kind = "refuse"   // error before the effect, as often as the SDK tries
	Lose     Kind = "lose"     // effect, then a time-out for the caller; the SDK's next try is answered
	Mute     Kind = "mute"     // effect, then a time-out for the caller at every try
	Throttle Kind = "throttle" // five times in a row
	Kill     Kind = "kill"     // effect, then the function is killed
	Slow     Kind = "slow"     // effect, and an answer that comes after the function's time-out
	Stale    Kind = "stale"    // a read of an index that is behind the table by ten minutes; it asks for nothing consistent

	Twice  Kind = "twice"  // delivered two times, the second a little later
	Late   Kind = "late"   // delivered after minutes, so also out of order
	Drop   Kind = "drop"   // never delivered: only where AWS promises best effort
	Reject Kind = "reject" // a task's function cannot be invoked for a while
	Forget Kind = "forget" // a task's function runs, and Step Functions hears a time-out
)

// Point is a place where something can go wrong: the nth call of an operation by a function, or the nth delivery to it.
type Point struct {
	Function  string // "shift"
	Operation string // "lambda:UpdateAlias", or "<- events", "<- states" for a delivery
	N         int    // counted from 1; 0 in a fault is every one
}

// Fault is one thing that goes wrong.
type Fault struct {
	Point
	Kind Kind
}

// String is the form that Parse reads: "shift lambda:UpdateAlias 2 kill".
func (f Fault) String() string {
	return fmt.Sprintf("%s %s %d %s", f.Function, f.Operation, f.N, f.Kind)
}

// Parse reads faults as String writes them, separated by semicolons.
func Parse(text string) ([]Fault, error) {
	var faults []Fault
	for part := range strings.SplitSeq(text, ";") {
		words := strings.Fields(part)
		if len(words) == 0 {
			continue
		}
		if len(words) < 4 {
			return nil, fmt.Errorf("reading fault %q: want function, operation, number and kind", part)
		}
		n, err := strconv.Atoi(words[len(words)-2])
		if err != nil {
			return nil, fmt.Errorf("reading fault %q: %w", part, err)
		}
		faults = append(faults, Fault{Point{words[0], strings.Join(words[1:len(words)-2], " "), n}, Kind(words[len(words)-1])})
	}
	return faults, nil
}

// delivery says whether the point is on the way to a function.
func (p Point) delivery() bool { return strings.HasPrefix(p.Operation, "<- ") }

// kinds that mean something at a point. A read has no effect that its caller could miss.
func (p Point) kinds() []Kind {
	switch {
	case p.Operation == "<- states" || p.Operation == "<- appconfig":
		return []Kind{Reject, Forget}
	case p.Operation == "<- events" && p.Function == "sweep":
		return []Kind{Twice, Late, Drop} // execution status changes are best effort
	case p.delivery():
		return []Kind{Twice, Late}
	case !p.isAWS():
		return nil // what is not AWS has outages only
	case strings.HasPrefix(p.Operation, indexRead):
		return []Kind{Refuse, Throttle, Kill, Slow, Stale}
	case reads(p.Operation):
		return []Kind{Refuse, Throttle, Kill, Slow}
	}
	return []Kind{Refuse, Lose, Mute, Throttle, Kill, Slow}
}

// indexRead begins the operation of a point that reads an index; the index follows.
const indexRead = "dynamodb:Query of "

func reads(operation string) bool {
	_, name, _ := strings.Cut(operation, ":")
	for _, verb := range []string{"Get", "BatchGet", "Query", "Describe", "List"} {
		if strings.HasPrefix(name, verb) {
			return true
		}
	}
	return false
}
