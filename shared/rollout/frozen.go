package rollout

import (
	"fmt"
	"time"
)

// Frozen is a freeze that somebody set while Sluice runs, for one service or for all. Until it is lifted or its time ends, no release begins and none
// gets more traffic. Alarms, checks, aborts and ways back do not know it. The freezes that a definition sets beforehand are gates (Freeze).
type Frozen struct {
	Service string    `json:"service,omitempty"` // empty: all services
	By      string    `json:"by"`                // a person of the definition, or whom AWS states
	How     string    `json:"how"`               // mail, slack or iam
	Reason  string    `json:"reason"`
	At      time.Time `json:"at"`
	Until   time.Time `json:"until,omitzero"` // not included; zero: until somebody lifts it
}

// FreezeGate is the name of the gate that a Frozen shuts.
const FreezeGate = "freeze"

// LongestFreeze is how long a freeze may be set for. A release that waits looks each hour, and its execution holds so many looks.
const LongestFreeze = 60 * 24 * time.Hour

// Holds says whether the freeze still stands.
func (f Frozen) Holds(now time.Time) bool { return f.Until.IsZero() || now.Before(f.Until) }

// Subject is what is frozen: "checkout", "everything".
func (f Frozen) Subject() string { return Subject(f.Service) }

// Subject names a service, or all of them.
func Subject(service string) string {
	if service == "" {
		return "everything"
	}
	return service
}

// Sentence says who froze what, until when and why.
func (f Frozen) Sentence() string {
	until := "until it is lifted"
	if !f.Until.IsZero() {
		until = "until " + f.Until.UTC().Format("2 Jan 15:04 MST")
	}
	return fmt.Sprintf("%s froze %s %s: %s", Briefly(f.By), f.Subject(), until, f.Reason)
}

// Again is how long to wait before it is worth looking whether the freeze still stands. Whoever lifts it ends the wait; a wake that is lost costs an hour
// at most.
func (f Frozen) Again(now time.Time) Duration {
	if f.Until.IsZero() {
		return Duration(longestLook)
	}
	return Duration(min(max(f.Until.Sub(now)+time.Second, time.Second), longestLook))
}

// FrozenBy is the freeze that keeps the release where it is, of those that stand; nil when none does, or when the release was let through. Of
// several it is the one that ends last.
func (r Release) FrozenBy(all []Frozen, now time.Time) *Frozen {
	var last *Frozen
	for _, f := range all {
		if !f.Holds(now) || f.Service != "" && f.Service != r.Service || r.Overridden(FreezeGate, f.At) != nil {
			continue
		}
		if last == nil || f.Until.IsZero() || !last.Until.IsZero() && f.Until.After(last.Until) {
			last = &f
		}
	}
	return last
}

// Freezing is the freeze that shuts the release's gate, whether it was let through or not.
func (r Release) Freezing(all []Frozen, now time.Time) *Frozen {
	r.Overrides = nil
	return r.FrozenBy(all, now)
}
