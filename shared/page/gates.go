package page

import (
	"slices"
	"time"

	"sluice/shared/rollout"
)

// Gate is how one gate stood at the last look.
type Gate struct {
	Name     string    `json:"name"`
	Verdict  string    `json:"verdict"` // pass, wait, fail
	Word     string    `json:"word"`    // Open, Shut, Runs, Failed, Overridden
	Why      string    `json:"why"`
	Until    *Moment   `json:"until,omitempty"` // when it opens, if that is known
	Run      string    `json:"run,omitempty"`   // where people look at a test
	Override *Override `json:"override,omitempty"`
}

// Override is a person's override that opened a gate.
type Override struct {
	By     string  `json:"by"`
	How    string  `json:"how"`
	Reason string  `json:"reason"`
	At     *Moment `json:"at,omitempty"`
}

func gates(r rollout.Release, now time.Time) []Gate {
	var all []Gate
	for _, g := range r.Gates {
		view := Gate{Name: g.Name, Verdict: string(g.Verdict), Word: word(g), Why: g.Why}
		if g.Verdict == rollout.GateWait {
			view.Until = moment(g.Until, now)
		}
		if g.Run != nil {
			view.Run = g.Run.Page
		}
		if o := r.Overridden(g.Name, g.Since); o != nil {
			view.Word, view.Override = "Overridden", &Override{By: o.By, How: o.How, Reason: o.Reason, At: moment(o.At, now)}
		}
		all = append(all, view)
	}
	return all
}

func word(g rollout.Gate) string {
	switch {
	case g.Verdict == rollout.GatePass:
		return "Open"
	case g.Verdict == rollout.GateFail:
		return "Failed"
	case g.Runs():
		return "Runs"
	}
	return "Shut"
}

// mayOverride says whether the visitor may override the gates that are shut.
func mayOverride(r rollout.Release, person string) bool {
	g := r.Definition.Gates
	return g != nil && slices.Contains(g.Override, person) && (r.Gated() || r.Frozen != nil)
}
