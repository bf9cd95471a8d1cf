package rollout

import (
	"cmp"
	"slices"
	"strings"
)

// Hook is a job that runs at one place of each release: before a step, after a step's bake has passed, before the promotion, or when the release has
// ended. Exactly one of Before, BeforeStep, AfterStep and After says where.
type Hook struct {
	Name       string  `json:"name"`                 // in the record, on the page, and in the key of its run
	Before     Before  `json:"before,omitempty"`     // first, last or promotion
	BeforeStep int     `json:"beforeStep,omitempty"` // a step's number, counted from 1
	AfterStep  int     `json:"afterStep,omitempty"`  // a step's number, counted from 1
	After      EndHook `json:"after,omitempty"`      // promotion or rollback
	Job
	Carry      []Carry        `json:"carry,omitempty"`         // instead of a job: parameters that it brings from another environment
	Stage      *PipelineStage `json:"rollBackStage,omitempty"` // instead of a job, after going back: a stage of CodePipeline that goes back, too
	WhenFailed WhenHookFailed `json:"whenFailed,omitempty"`    // of a hook before the end
}

// BeforePromotion is the moment after the last step has passed. An approval asks before the last step instead.
const BeforePromotion Before = "promotion"

// EndHook names the end after which a hook runs.
type EndHook string

// The ends with hooks. A release that lost its target to another, or whose traffic could not be brought back, has neither.
const (
	AfterPromotion EndHook = "promotion"
	AfterRollback  EndHook = "rollback" // all traffic is back on stable, for whatever reason
)

// WhenHookFailed says what a release does when a hook has failed or taken too long.
type WhenHookFailed string

// What may happen then. After the end there is nothing left to decide, so people are told and no more.
const (
	HookRollsBack WhenHookFailed = "rollBack"
	HookGoesOn    WhenHookFailed = "goOn" // people are told
)

// mostHooks is how many hooks a definition may have: their runs stand in the record.
const mostHooks = 20

// PipelineStage is a stage of a pipeline of CodePipeline.
type PipelineStage struct {
	Pipeline string `json:"pipeline"`
	Stage    string `json:"stage"`
}

// String is the stage as AWS's ARNs write it: "shop/Deploy".
func (p PipelineStage) String() string { return p.Pipeline + "/" + p.Stage }

// Kind is what is run, in words: "function", "build", "document", "parameters" or "stage".
func (h Hook) Kind() string {
	switch {
	case h.Stage != nil:
		return "stage"
	case len(h.Carry) == 1:
		return "parameter"
	case len(h.Carry) > 0:
		return "parameters"
	}
	return h.Job.Kind()
}

// Runs is the name of what is run, or the names of the parameters that are carried.
func (h Hook) Runs() string {
	switch {
	case h.Stage != nil:
		return h.Stage.String()
	case len(h.Carry) == 0:
		return h.Job.Runs()
	}
	var names []string
	for _, c := range h.Carry {
		names = append(names, c.Parameter)
	}
	return strings.Join(names, ", ")
}

// back is the hook that puts back what this one carries. It runs after any release that went back, before the hooks that the definition names there:
// nobody has to ask for it.
func (h Hook) back() Hook { return Hook{Name: h.Name + putsBack, After: AfterRollback, Carry: h.Carry} }

// hooksWithDefaults adds what puts back to what carries, once, behind all that the definition names.
func (d Definition) hooksWithDefaults() (all []Hook) {
	for _, h := range d.Hooks {
		all = append(all, h.withDefaults())
	}
	for _, h := range d.Hooks {
		back := h.back()
		added := slices.ContainsFunc(d.Hooks, func(o Hook) bool { return o.Name == back.Name && o.After == AfterRollback && len(o.Carry) > 0 })
		if len(h.Carry) > 0 && h.After == "" && !added {
			all = append(all, back)
		}
	}
	return all
}

func (h Hook) withDefaults() Hook {
	if len(h.Carry) == 0 {
		h.Job = h.Job.withDefaults()
	}
	if h.After == "" {
		h.WhenFailed = or(h.WhenFailed, HookRollsBack)
	}
	return h
}

// position is where a hook stands among the steps: a larger one comes later, and the end comes last. Each step has three positions: what comes after
// the step before it, the question to people, and what comes before it. So people are asked about what a hook after a step has seen, and nothing is run
// before a step that they refuse.
func (h Hook) position(steps []Step) int {
	switch {
	case h.After != "" && len(h.Carry) > 0:
		return asks(len(steps)) + 2
	case h.After != "":
		return asks(len(steps)) + 3
	case h.AfterStep > 0:
		return 3 * h.AfterStep
	case h.Before == BeforePromotion:
		return 3*len(steps) + 2
	case h.BeforeStep > 0:
		return 3*(h.BeforeStep-1) + 2
	}
	return 3*h.Before.index(steps) + 2
}

// asks is the position of the question before a step.
func asks(step int) int { return 3*step + 1 }

// Where is the hook's place in words: "before step 2".
func (h Hook) Where(steps []Step) string {
	switch {
	case h.After == AfterPromotion:
		return "after the promotion"
	case h.After == AfterRollback:
		return "after going back"
	case h.Before == BeforePromotion:
		return "before the promotion"
	case h.AfterStep > 0:
		return "after step " + number(h.AfterStep)
	}
	return "before step " + number(h.position(steps)/3+1)
}

// InOrder are the hooks as a release comes to them.
func (d Definition) InOrder(steps []Step) []Hook {
	hooks := slices.Clone(d.Hooks)
	slices.SortStableFunc(hooks, func(a, b Hook) int { return cmp.Compare(a.position(steps), b.position(steps)) })
	return hooks
}
