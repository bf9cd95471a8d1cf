package rollout

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Ran is how a hook of a release stands, once it was started.
type Ran struct {
	Name    string      `json:"name"`
	Verdict GateVerdict `json:"verdict"` // wait while it runs
	Why     string      `json:"why"`     // one sentence
	Until   time.Time   `json:"until,omitzero"`
	Run     *Run        `json:"run,omitempty"` // nil when it could not be started
	Ended   time.Time   `json:"ended,omitzero"`
	Told    bool        `json:"told,omitempty"` // people were told that it failed
	Put     []string    `json:"put,omitempty"`  // the parameters that it wrote; until it has ended, those that it is about to write
}

// Writes says whether the hook is about to write parameters, or died while it did.
func (r Ran) Writes() bool { return r.Runs() && len(r.Put) > 0 }

// Runs says whether the hook was started and has not ended.
func (r Ran) Runs() bool { return r.Verdict == GateWait }

// Untold says whether the hook failed, and whoever wrote that may have died before people heard of it.
func (r Ran) Untold() bool { return r.Verdict == GateFail && !r.Told }

// Open says whether somebody has to see to the hook.
func (r Ran) Open() bool { return r.Runs() || r.Untold() }

// Ran is how a hook stands; nil when it was not started.
func (r Release) Ran(hook string) *Ran {
	if i := slices.IndexFunc(r.Hooks, func(o Ran) bool { return o.Name == hook }); i >= 0 {
		return &r.Hooks[i]
	}
	return nil
}

// With is the release with how one of its hooks stands now.
func (r Release) With(now Ran) Release {
	r.Hooks = slices.Clone(r.Hooks)
	if before := r.Ran(now.Name); before != nil {
		*before = now
	} else {
		r.Hooks = append(r.Hooks, now)
	}
	return r
}

// Due is the first hook that a release has to see to before a step may move traffic, or before its promotion; nil when it may go on. Hooks behind a
// question that people have not answered are not due. If somebody promotes a release at once, the hooks of the steps that it jumps over are due, too.
// A hook that failed, and whose failure takes the release back, stays due: nothing passes it by.
func (r Release) Due(step int) *Hook {
	if len(r.Definition.Hooks) == 0 {
		return nil
	}
	reach := asks(min(step, len(r.Steps))) + 1
	if question, a := r.Pending(step); a != nil {
		reach = asks(question)
	}
	for _, h := range r.Definition.InOrder(r.Steps) {
		if ran := r.Ran(h.Name); h.position(r.Steps) <= reach && (ran == nil || ran.Open() || h.breaks(*ran)) {
			return &h
		}
	}
	return nil
}

// breaks says whether a hook as it stands takes the release back.
func (h Hook) breaks(ran Ran) bool {
	return h.After == "" && ran.Verdict == GateFail && h.WhenFailed != HookGoesOn
}

// Broken is the fence of a release with a hook whose failure takes it back; nil when there is none.
func (r Release) Broken(now time.Time) *Fence {
	for _, h := range r.Definition.Hooks {
		if ran := r.Ran(h.Name); ran != nil && h.breaks(*ran) {
			return &Fence{Kind: ByCheck, By: "hook " + h.Name, Reason: fmt.Sprintf("Hook %s %s failed: %s", h.Name, h.Where(r.Steps), ran.Why), At: now}
		}
	}
	return nil
}

// DueAfterEnd is the first hook that has to be seen to when a release has ended; nil when none is left.
func (r Release) DueAfterEnd() *Hook {
	for _, h := range r.Definition.InOrder(r.Steps) {
		if ran := r.Ran(h.Name); h.After != "" && h.After == r.endHook() && (ran == nil || ran.Open()) {
			return &h
		}
	}
	return nil
}

// endHook is the sort of hooks that run after the release's end.
func (r Release) endHook() EndHook {
	switch {
	case !r.Decided(), r.Served, r.Unseen, r.End == Stuck:
		return ""
	case r.End == Succeeded:
		return AfterPromotion
	case r.Epoch > 0 && r.Cause != nil:
		return AfterRollback
	}
	return ""
}

// Strays lists the hooks that still run and that nobody waits for, because the release has ended otherwise.
func (r Release) Strays() []Hook {
	return slices.DeleteFunc(slices.Clone(r.Definition.Hooks), func(h Hook) bool {
		ran := r.Ran(h.Name)
		return ran == nil || !ran.Runs() || h.After != "" && h.After == r.endHook()
	})
}

// PutsBack says whether a release that went back has parameters to put back still. Nobody waits for that for longer than half an hour.
func (r Release) PutsBack(now time.Time) bool {
	if r.endHook() != AfterRollback || now.Sub(r.Ended) > longestPutBack {
		return false
	}
	return slices.ContainsFunc(r.Definition.Hooks, func(h Hook) bool {
		ran := r.Ran(h.Name)
		return h.After != "" && len(h.Carry) > 0 && (ran == nil || ran.Runs())
	})
}

const longestPutBack = 30 * time.Minute

// Unhooked says whether hooks are left to see to when the release has ended: to run, or to stop.
func (r Release) Unhooked() bool {
	return r.Decided() && (r.DueAfterEnd() != nil || len(r.Strays()) > 0)
}

// HooksEnded is when the last of its hooks ended.
func (r Release) HooksEnded() (last time.Time) {
	for _, ran := range r.Hooks {
		last = Later(last, ran.Ended)
	}
	return last
}

// Bell is the name under which those who have news for the release ring: what runs after its end has a bell of its own, because the release may be on
// its way back from a promotion at the same time.
func (r Release) Bell() string {
	if r.Decided() {
		return r.ID + "/hooks"
	}
	return r.ID
}

// Waits says whether a hook was started and has not ended.
func (r Release) Waits(h Hook) bool {
	ran := r.Ran(h.Name)
	return ran != nil && ran.Runs()
}

// Says is one sentence about a hook as it stands now.
func (r Release) Says(h Hook, now Ran) string {
	about := fmt.Sprintf("Hook %s, %s", h.Name, h.Where(r.Steps))
	switch {
	case now.Runs():
		return fmt.Sprintf("%s: %s %s runs.", about, h.Kind(), h.Runs())
	case now.Verdict == GatePass:
		return about + ": " + now.Why
	case h.breaks(now) && !r.Decided():
		return about + ", failed: " + now.Why + " The release goes back."
	case h.After == "" && !r.Decided():
		return about + ", failed: " + now.Why + " The definition says to go on."
	}
	return about + ", failed: " + now.Why
}

// Said is Says of a hook by its name.
func (r Release) Said(ran Ran) string {
	for _, h := range r.Definition.Hooks {
		if h.Name == ran.Name {
			return r.Says(h, ran)
		}
	}
	return ran.Why
}

// Look is how long to wait before it is worth looking at a hook that runs, which may have to be stopped then.
func (r Ran) Look(now time.Time) Duration {
	return Duration(min(max(r.Until.Sub(now), soonestHookLook), testLook))
}

// soonestHookLook leaves time for the look itself.
const soonestHookLook = 15 * time.Second

func number(n int) string { return strconv.Itoa(n) }
