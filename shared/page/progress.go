package page

import (
	"fmt"
	"time"

	"sluice/shared/rollout"
)

// Stage is one stop on the way of a release.
type Stage struct {
	Name   string `json:"name"` // Plan, Admit, a weight, Rollback, Settle
	Mark   Mark   `json:"mark"`
	Detail string `json:"detail,omitempty"` // the planned bake
	Asks   bool   `json:"asks,omitempty"`   // people are asked before it
}

// Mark says how far a release has come with a stage.
type Mark string

// The marks.
const (
	Done    Mark = "done"
	Current Mark = "current"
	Held    Mark = "waiting" // the release waits for people before it
	Next    Mark = "next"
	Stopped Mark = "stopped" // the release did not get past it
	Skipped Mark = "skipped" // the release will not get there
)

// stages is the path through the state machine as people see it: what is over, where the release is, and what comes.
func stages(r rollout.Release) []Stage {
	path := []Stage{{Name: "Plan", Mark: planned(r)}}
	if r.Building != nil {
		path = append(path, Stage{Name: "Build", Mark: made(r)})
	}
	path = append(path, Stage{Name: "Admit", Mark: gated(r)})
	path = append(path, shorter(steps(r))...)
	if back := wentBack(r); back != "" {
		path = append(path, Stage{Name: "Rollback", Mark: back})
	}
	settle := Stage{Name: "Settle", Mark: Next}
	if !runs(r) {
		settle.Mark = Done
	}
	return append(path, settle)
}

func planned(r rollout.Release) Mark {
	switch {
	case len(r.Steps) > 0:
		return Done
	case runs(r):
		return Current
	}
	return Stopped
}

func made(r rollout.Release) Mark {
	switch {
	case !r.Unbuilt():
		return Done
	case runs(r):
		return Current
	}
	return Stopped
}

func gated(r rollout.Release) Mark {
	switch {
	case r.Building != nil && r.Unbuilt() && runs(r):
		return Next
	case r.Building != nil && r.Unbuilt():
		return Skipped
	case !r.Started.IsZero(), r.End == rollout.Succeeded:
		return Done
	case len(r.Steps) == 0 && runs(r):
		return Next
	case len(r.Steps) == 0:
		return Skipped
	case runs(r):
		return Current
	}
	return Stopped
}

func steps(r rollout.Release) []Stage {
	var path []Stage
	for i, s := range r.Steps {
		stage := Stage{Name: s.Weight.String(), Mark: mark(r, i), Asks: approval(r, i) != nil}
		if s.Marked {
			stage.Name = "marked"
		}
		switch {
		case s.Bake > 0:
			stage.Detail = "bakes " + s.Bake.String()
		case s.Test != nil:
			stage.Detail = "test"
		}
		path = append(path, stage)
	}
	return path
}

// mark says how far the release has come with a step.
func mark(r rollout.Release, step int) Mark {
	switch {
	case r.End == rollout.Succeeded:
		return Done
	case asks(r):
		return around(step, r.Asked.Step, Held, Next)
	case r.Started.IsZero() && runs(r) && r.Cause == nil:
		return Next
	case !runs(r), r.Cause != nil:
		if r.BakeUntil.IsZero() { // none of them has moved traffic
			return Skipped
		}
		return around(step, r.Step, Stopped, Skipped)
	}
	return around(step, r.Step, Current, Next)
}

// around marks what is before, at and after the present step.
func around(step, present int, here, after Mark) Mark {
	switch {
	case step < present:
		return Done
	case step == present:
		return here
	}
	return after
}

// wentBack is the mark of the stage Rollback; empty when there is none.
func wentBack(r rollout.Release) Mark {
	switch {
	case goesBack(r):
		return Current
	case r.End == rollout.Stuck:
		return Stopped
	case r.Started.IsZero(), runs(r), r.End == rollout.Succeeded, r.End == rollout.Rejected:
		return ""
	}
	return Done
}

// most is how many steps are shown one by one.
const most = 9

// shorter joins neighbouring steps with the same mark, far from where the release is, into one stage.
func shorter(path []Stage) []Stage {
	if len(path) <= most {
		return path
	}
	here := 0
	for i, s := range path {
		if s.Mark == Done || s.Mark == Current || s.Mark == Held || s.Mark == Stopped {
			here = i
		}
	}
	var short []Stage
	for i := 0; i < len(path); {
		end := i
		for end < len(path) && far(end, here, len(path)) && path[end].Mark == path[i].Mark {
			end++
		}
		if end-i < 2 {
			short = append(short, path[i])
			i++
			continue
		}
		short = append(short, Stage{Name: fmt.Sprintf("%d steps", end-i), Mark: path[i].Mark, Detail: path[i].Name + " to " + path[end-1].Name})
		i = end
	}
	return short
}

// far says whether a step is neither at an end of the path nor near the present one.
func far(i, here, n int) bool { return i > 0 && i < n-1 && (i < here-1 || i > here+2) }

// Bake is how far the bake of the present step is.
type Bake struct {
	Planned string `json:"planned"`
	Until   Moment `json:"until"`
	Left    string `json:"left"` // empty when it is over and being judged
	Seconds int    `json:"seconds"`
	Passed  int    `json:"passed"`
	Again   int    `json:"again,omitempty"` // how many times it was extended
}

// bake is nil while nothing bakes.
func bake(r rollout.Release, now time.Time) *Bake {
	planned := r.At(r.Step).Bake.Std()
	if !runs(r) || goesBack(r) || asks(r) || r.BakeUntil.IsZero() || planned <= 0 {
		return nil
	}
	left := min(max(0, r.BakeUntil.Sub(now)), planned)
	b := &Bake{Planned: r.At(r.Step).Bake.String(), Until: at(r.BakeUntil, now), Again: r.Extended}
	b.Seconds, b.Passed = max(1, int(planned.Seconds())), int((planned - left).Seconds())
	if left > 0 {
		b.Left = span(left)
	}
	return b
}
