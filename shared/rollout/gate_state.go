package rollout

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Gate is how one gate of a release stands.
type Gate struct {
	Name    string      `json:"name"` // "windows", "test checkout-smoke"
	Verdict GateVerdict `json:"verdict"`
	Why     string      `json:"why"`            // one sentence
	Until   time.Time   `json:"until,omitzero"` // when a shut gate opens, if that is known
	Since   time.Time   `json:"since,omitzero"` // when somebody shut it; overrides from before that do not open it
	Run     *Run        `json:"run,omitempty"`  // of a test
}

// GateVerdict is what a gate says.
type GateVerdict string

// A gate is open, or shut for a while, or has failed.
const (
	GatePass GateVerdict = "pass"
	GateWait GateVerdict = "wait"
	GateFail GateVerdict = "fail"
)

// Run is the one run of a test.
type Run struct {
	Handle string    `json:"handle,omitempty"` // the service's name for it; empty before it was started
	Page   string    `json:"page,omitempty"`   // where people look at it
	Since  time.Time `json:"since,omitzero"`
}

// Runs says whether a test was started and has not ended.
func (g Gate) Runs() bool { return g.Run != nil && g.Run.Handle != "" && g.Verdict == GateWait }

// Override is a person's decision to let a release through gates that are shut.
type Override struct {
	By     string    `json:"by"`  // the person's name in the definition
	How    string    `json:"how"` // event, mail or slack
	Reason string    `json:"reason"`
	Gates  []string  `json:"gates"` // by name
	Origin string    `json:"origin,omitempty"`
	At     time.Time `json:"at"`
}

// Overridden is the override that opened a gate which somebody shut at a time; nil when there is none. Gates that nobody shuts have the zero time.
func (r Release) Overridden(gate string, since time.Time) *Override {
	for i, o := range r.Overrides {
		if slices.Contains(o.Gates, gate) && o.At.After(since) {
			return &r.Overrides[i]
		}
	}
	return nil
}

// Shut lists the gates that keep a release out.
func (r Release) Shut() []Gate {
	var shut []Gate
	for _, g := range r.Gates {
		if g.Verdict != GatePass && r.Overridden(g.Name, g.Since) == nil {
			shut = append(shut, g)
		}
	}
	return shut
}

// Gated says whether a release waits before its gates.
func (r Release) Gated() bool {
	return r.End == "" && r.Started.IsZero() && r.Rejection == nil && len(r.Shut()) > 0
}

// Overrider finds the person who overrides, and refuses a person who may not. by is the name by which the way of saying it (how) knows them.
func (r Release) Overrider(how, by string) (person string, refusal *Rejection) {
	g := r.Definition.Gates
	if g == nil || len(g.Override) == 0 {
		return "", Because("nobody may override the gates of "+r.Service, "name somebody in gates.override; it counts for later releases")
	}
	person = r.Definition.Known(how, by)
	if !slices.Contains(g.Override, person) {
		return "", Because(fmt.Sprintf("%.120q is not among those who may override by %s", by, how), "ask one of "+strings.Join(g.Override, ", "))
	}
	return person, nil
}

// Overridable lists the gates that an override opens: the named one, or all that are shut now. A gate that shuts later stays shut.
func (r Release) Overridable(gate string) (names []string, refusal *Rejection) {
	if r.Frozen != nil && r.End == "" && (gate == "" || gate == FreezeGate) { // it has begun, and waits for nothing else
		return []string{FreezeGate}, nil
	}
	for _, g := range r.Shut() {
		if gate == "" || gate == g.Name {
			names = append(names, g.Name)
		}
	}
	switch {
	case !r.Gated():
		return nil, Because("the release does not wait before a gate", "look at the release: it has begun, or ended, or was not let in")
	case names == nil:
		return nil, Because(fmt.Sprintf("gate %.60q is not shut", gate), "name one of: "+strings.Join(gateNames(r.Shut()), ", "))
	}
	return names, nil
}

// Door is what the gates of a release mean together: it may begin, is rejected, or looks again after a while.
type Door struct {
	Open      bool
	Rejection *Rejection
	Again     Duration
}

// How often gates are looked at. A wait for a known time is cut into pieces, so that a lost wake matters little.
const (
	soonestLook = minute
	longestLook = hour
	testLook    = 5 * minute // the events of a test's end are best effort
	mostLooks   = 500        // of one release: an execution holds 25,000 events
)

// Door decides what the gates, as they were found, mean together.
func (r Release) Door(now time.Time) Door {
	shut := r.Shut()
	if len(shut) == 0 {
		return Door{Open: true}
	}
	limit := r.Definition.QueueLimit.Std()
	left, again := limit-now.Sub(r.Created), time.Duration(0)
	for _, g := range shut {
		if why := r.turnedAway(g); why != nil {
			return Door{Rejection: why}
		}
		if g.Run == nil && left <= 0 {
			return Door{Rejection: Because(fmt.Sprintf("it waited longer than %s: gate %s: %s", r.Definition.QueueLimit, g.Name, g.Why), "release again when the gate is open, or make queueLimit longer")}
		}
		again = max(again, g.lookAgain(now, limit))
	}
	if left > 0 {
		again = min(again, left+time.Second)
	}
	return Door{Again: Duration(again)}
}

// turnedAway is the rejection for a shut gate, if the definition's policy rejects. A test that still runs is neither shut nor open.
func (r Release) turnedAway(g Gate) *Rejection {
	d := r.Definition.Gates
	switch {
	case d == nil || g.Verdict == GateWait && g.Run != nil:
		return nil
	case g.Verdict == GateFail && d.WhenFailed != ShutWaits:
		return Because(fmt.Sprintf("gate %s failed: %s", g.Name, g.Why), "mend that and release again; gates.whenFailed: wait leaves time for it, or for an override")
	case g.Verdict == GateWait && d.WhenShut == ShutRejects:
		return Because(fmt.Sprintf("gate %s is shut: %s", g.Name, g.Why), "release again when it is open, or set gates.whenShut: wait")
	}
	return nil
}

// lookAgain is how long to wait before it is worth looking at a gate again.
func (g Gate) lookAgain(now time.Time, limit time.Duration) time.Duration {
	often := max(soonestLook, limit/mostLooks)
	switch {
	case g.Run != nil && g.Run.Handle == "": // the test is to be started
		return time.Second
	case g.Run != nil:
		return min(max(g.Until.Sub(now), time.Second), testLook)
	case g.Until.After(now):
		return min(g.Until.Sub(now), max(longestLook, often))
	case g.Name == FreezeGate: // whoever lifts it ends the wait
		return max(longestLook, often)
	}
	return often
}

func gateNames(gates []Gate) []string {
	names := make([]string, len(gates))
	for i, g := range gates {
		names[i] = g.Name
	}
	return names
}
