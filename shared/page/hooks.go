package page

import (
	"fmt"
	"time"

	"sluice/shared/rollout"
)

// Hook is how one hook of a release stands.
type Hook struct {
	Name    string  `json:"name"`
	Where   string  `json:"where"`             // "Before step 2"
	Kind    string  `json:"kind"`              // function, build, document, parameter, parameters
	Runs    string  `json:"runs"`              // its name
	Word    string  `json:"word"`              // To come, Runs, Passed, Failed
	Verdict string  `json:"verdict,omitempty"` // wait, pass, fail; empty while it was not started
	Why     string  `json:"why,omitempty"`
	Until   *Moment `json:"until,omitempty"` // when it has to have ended, while it runs
	Run     string  `json:"run,omitempty"`   // where people read its log

	Parameters bool      `json:"parameters,omitempty"` // it writes parameters, or puts them back, and runs nothing
	Carries    []Carried `json:"carries,omitempty"`    // the parameters that it brings from another environment
}

func hooks(r rollout.Release, now time.Time) []Hook {
	var all []Hook
	for _, h := range r.Definition.InOrder(r.Steps) {
		view := Hook{Name: h.Name, Where: rollout.Sentence(h.Where(r.Steps)), Kind: h.Kind(), Runs: h.Runs(), Word: "To come"}
		view.Parameters = len(h.Carry) > 0
		if h.After == "" {
			view.Carries = carries(r, h)
		}
		if ran := r.Ran(h.Name); ran != nil {
			view.Word, view.Verdict, view.Why = outcome(*ran), string(ran.Verdict), ran.Why
			if ran.Runs() {
				view.Until = moment(ran.Until, now)
			}
			if ran.Run != nil {
				view.Run = ran.Run.Page
			}
		}
		if view.Verdict == "" && !runs(r) && r.DueAfterEnd() == nil { // the release ended before it came to it
			continue
		}
		if view.Verdict == "" && view.Parameters && h.After != "" { // nobody wrote it into the definition
			continue
		}
		all = append(all, view)
	}
	return all
}

// Carried is a parameter that a hook brings from another environment. Of a secret there are versions and no values.
type Carried struct {
	Parameter string `json:"parameter"`
	From      string `json:"from"` // with the version
	Secret    bool   `json:"secret,omitempty"`
	Was       string `json:"was,omitempty"`
	Becomes   string `json:"becomes,omitempty"`
	New       bool   `json:"new,omitempty"`  // it is created
	Same      bool   `json:"same,omitempty"` // nothing changes
	Says      string `json:"says"`           // the change in words
}

func carries(r rollout.Release, h rollout.Hook) (all []Carried) {
	for _, c := range h.Carry {
		if found := r.Carry(c.Parameter); found != nil {
			all = append(all, Carried{
				Parameter: found.Parameter, From: fmt.Sprintf("%s, version %d", found.From, found.Version), Secret: found.Type == rollout.SecureString,
				Was: found.Was, Becomes: found.Becomes, New: found.Before == 0, Same: found.Same, Says: found.String(),
			})
		}
	}
	return all
}

func outcome(ran rollout.Ran) string {
	switch ran.Verdict {
	case rollout.GatePass:
		return "Passed"
	case rollout.GateFail:
		return "Failed"
	}
	return "Runs"
}
