package page

import (
	"time"

	"sluice/shared/rollout"
)

// Hook is how one hook of a release stands.
type Hook struct {
	Name    string  `json:"name"`
	Where   string  `json:"where"`             // "Before step 2"
	Kind    string  `json:"kind"`              // function, build, document
	Runs    string  `json:"runs"`              // its name
	Word    string  `json:"word"`              // To come, Runs, Passed, Failed
	Verdict string  `json:"verdict,omitempty"` // wait, pass, fail; empty while it was not started
	Why     string  `json:"why,omitempty"`
	Until   *Moment `json:"until,omitempty"` // when it has to have ended, while it runs
	Run     string  `json:"run,omitempty"`   // where people read its log
}

func hooks(r rollout.Release, now time.Time) []Hook {
	var all []Hook
	for _, h := range r.Definition.InOrder(r.Steps) {
		view := Hook{Name: h.Name, Where: rollout.Sentence(h.Where(r.Steps)), Kind: h.Kind(), Runs: h.Job.Runs(), Word: "To come"}
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
		all = append(all, view)
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
