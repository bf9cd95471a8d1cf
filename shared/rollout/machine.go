package rollout

import (
	"encoding/json"
	"time"

	"sluice/shared/kind"
)

// State is a state of the state machine in infra/release.asl.json.
type State string

// The states. Choose is the one choice between them.
const (
	StatePlan     State = "Plan"
	StateBuild    State = "Build"
	StateAdmit    State = "Admit"
	StateGates    State = "Gates"
	Choose        State = "Next?"
	StateShift    State = "Shift"
	StateJudge    State = "Judge"
	StateWait     State = "Wait"
	StateAsk      State = "Ask"
	StateCount    State = "Count"
	StateHook     State = "Hook"
	StateAfter    State = "After"
	StateRollback State = "Rollback"
	StateSettle   State = "Settle"
)

// An Edge is one way from state to state.
type Edge struct {
	From, To State
	Why      string // "done", the value of next, "time-out" or "error"
}

// Edges is the transition table. A test compares it with infra/release.asl.json, and docs/machine.svg is drawn from it.
var Edges = []Edge{
	{StatePlan, StateAdmit, "done"},
	{StatePlan, StateRollback, "error"},
	{StateAdmit, Choose, "done"},
	{StateAdmit, StateRollback, "error"},
	{Choose, StateBuild, string(NextBuild)},
	{Choose, StateGates, string(NextGates)},
	{Choose, StateAdmit, string(NextOpen)},
	{Choose, StateShift, string(NextShift)},
	{Choose, StateAsk, string(NextAsk)},
	{Choose, StateHook, string(NextHook)},
	{Choose, StateAfter, string(NextAfter)},
	{Choose, StateWait, string(NextWait)},
	{Choose, StateSettle, string(NextSettle)},
	{Choose, StateRollback, string(NextBack)},
	{StateBuild, StatePlan, "done"},
	{StateBuild, StatePlan, "time-out"},
	{StateBuild, StateRollback, "error"},
	{StateGates, Choose, "done"},
	{StateGates, StateRollback, "error"},
	{StateShift, StateJudge, "done"},
	{StateShift, StateJudge, "time-out"},
	{StateShift, StateRollback, "error"},
	{StateJudge, Choose, "done"},
	{StateJudge, StateRollback, "error"},
	{StateAsk, StateCount, "done"},
	{StateAsk, StateCount, "time-out"},
	{StateAsk, StateRollback, "error"},
	{StateCount, Choose, "done"},
	{StateCount, StateRollback, "error"},
	{StateHook, StateJudge, "done"},
	{StateHook, StateJudge, "time-out"},
	{StateHook, StateRollback, "error"},
	{StateAfter, Choose, "done"},
	{StateWait, StateAdmit, "done"},
	{StateWait, StateAdmit, "time-out"},
	{StateWait, StateRollback, "error"},
	{StateRollback, Choose, "done"},
	{StateRollback, StateSettle, "error"},
	{StateSettle, StateRollback, "error"},
}

// Next is what a task answers to the choice.
type Next string

// The answers. An empty Next means that nothing is decided yet.
const (
	Undecided  Next = ""
	NextBuild  Next = "build"
	NextGates  Next = "gates" // look at the gates
	NextOpen   Next = "open"  // the gates are open: the lease may be taken
	NextShift  Next = "shift"
	NextAsk    Next = "ask"
	NextHook   Next = "hook"  // see to the hook that is due
	NextAfter  Next = "after" // see to the hooks that are left after the end
	NextWait   Next = "wait"
	NextSettle Next = "settle"
	NextBack   Next = "back"
)

// Cursor is everything that flows through the state machine: identifiers and where to go. The rest is in the table.
type Cursor struct {
	Release   string        `json:"release"`
	Step      int           `json:"step"`
	Next      Next          `json:"next"`
	Functions string        `json:"functions"`           // what the names of the functions that touch its kind of target end with (kind.Facts.Suffix)
	Seconds   int           `json:"seconds"`             // time-out of the wait that follows, at least 1
	Error     *MachineError `json:"error,omitempty"`     // what the state machine caught, so that the release goes back
	Exhausted *MachineError `json:"exhausted,omitempty"` // what it caught after Rollback had tried for hours
}

// MachineError is what a Catch of the state machine adds to the cursor.
type MachineError struct {
	Error string `json:"Error"`
	Cause string `json:"Cause"`
}

// Says is the error in words. The runtime of Lambda writes the message of a function that failed as JSON; an error of Step Functions itself
// is put into words here.
func (e MachineError) Says() string {
	var failure struct {
		Message string `json:"errorMessage"`
	}
	switch {
	case json.Unmarshal([]byte(e.Cause), &failure) == nil && failure.Message != "":
		return failure.Message
	case e.Cause != "":
		return e.Cause
	case e.Error == "States.Timeout" || e.Error == "States.HeartbeatTimeout":
		return "it took longer than it may"
	}
	return e.Error
}

// Cursor is where the release's first execution begins, and where the execution of a takeover goes on.
func (r Release) Cursor() Cursor {
	return Cursor{Release: r.ID, Step: r.Step, Functions: kind.Of(r.Kind).Suffix, Seconds: 1}
}

// Transitions is the budget of a healthy release of n steps: Plan, Admit, Next?, Settle, and three for each step. Each question
// to people adds three: Ask, Count, Next?. A build adds four: Admit, Next?, Build, Plan. Gates add four
// for each look: Next?, Gates, Next?, Admit. A hook adds three, Hook, Judge, Next?, and three more for each look at one that takes a while.
func Transitions(n int) int { return 3*n + 4 }

// SlowMoves is how many moves of a release its target's service takes a while for. Each adds three transitions, as long as it takes no longer than
// those before it.
func (d Definition) SlowMoves() int {
	switch f := d.Target.Facts(); {
	case f.Slow:
		return len(d.Steps())
	case f.Pools:
		return 1
	}
	return 0
}

// shiftTime is the time-out, in seconds, of a Shift that does not bake: it wakes itself when its work is done. testTime is the least time-out of a
// Shift with a test, which may take as long as the function shift.
const (
	shiftTime = 120
	testTime  = 200
)

// hookTime is the least time-out, in seconds, of a Hook: longer than the function hook takes to run another function. That of After is longer, too.
const hookTime = 200

// firstLook is the time-out, in seconds, of the state that starts the hook.
func (h Hook) firstLook() int {
	return max(hookTime, Duration(min(h.Within.Std(), testLook)).Seconds())
}

// To points the cursor at a step, or at the hook that has to be seen to, or the question that people have to answer, before it. Its time-out is the end
// of the bake, or the first look at a move that takes a while.
func (Cursor) To(r Release, step int) Cursor {
	if h := r.Due(step); h != nil {
		return r.Cursor().at(step, NextHook, h.firstLook())
	}
	if _, a := r.Pending(step); a != nil {
		return r.Cursor().at(step, NextAsk, a.Within.Seconds())
	}
	if step > r.Last() { // approved after the last step
		return r.Cursor().at(r.Last(), NextSettle, 1)
	}
	c := r.Cursor().Bakes(r, step)
	if look := r.firstLook(step); look > 0 {
		c.Seconds = look
	}
	if r.At(step).Test != nil {
		c.Seconds = max(c.Seconds, testTime)
	}
	return c
}

// Bakes points the cursor at a step whose move holds.
func (c Cursor) Bakes(r Release, step int) Cursor {
	seconds := shiftTime
	if bake := r.At(step).Bake; bake > 0 {
		seconds = bake.Seconds()
	}
	return c.at(step, NextShift, seconds)
}

// at points the cursor of the same release somewhere else. It drops the caught errors.
func (c Cursor) at(step int, next Next, seconds int) Cursor {
	return Cursor{Release: c.Release, Functions: c.Functions, Step: step, Next: next, Seconds: seconds}
}

// Go points the cursor at a state that needs neither another step nor a time-out.
func (c Cursor) Go(next Next) Cursor {
	return c.at(c.Step, next, 1)
}

// AfterEnd points the cursor at the hooks that are left to see to when the release has ended. No step has its number, so that nothing takes the
// execution that sees to them for one that leads the release.
func (c Cursor) AfterEnd() Cursor { return c.at(pastEnd, NextAfter, 1) }

const pastEnd = -1

// PastEnd says whether the cursor is that of an execution which only sees to hooks after the end of a release.
func (c Cursor) PastEnd() bool { return c.Step == pastEnd }

// Hooks points the cursor at the hook that has to be seen to before a step. If it runs, the time-out is the next look at it.
func (c Cursor) Hooks(h Hook, r Release, now time.Time) Cursor {
	again := c.at(c.Step, NextHook, h.firstLook())
	if ran := r.Ran(h.Name); ran != nil && ran.Runs() {
		again.Seconds = ran.Look(now).Seconds()
	}
	return again
}

// Build points the cursor at Build, whose time-out is the next look at the build.
func (c Cursor) Build(d Duration) Cursor {
	return c.at(c.Step, NextBuild, d.Seconds())
}

// Await points the cursor at Wait, which looks again after so many seconds.
func (c Cursor) Await(d Duration) Cursor {
	return c.at(c.Step, NextWait, d.Seconds())
}
