package rollout

import (
	"slices"
	"time"
)

// Phase is what a lease is good for.
type Phase string

// The phases of a lease.
const (
	Free  Phase = "free"  // nobody may move traffic
	Held  Phase = "held"  // the owner moves traffic and the guard is armed
	Armed Phase = "armed" // the owner was promoted; only the guard, or a person's abort, may still take it back
)

// Lease says who may touch a target. There is one per target, for ever; its epoch is the fencing token.
type Lease struct {
	Target     string               `json:"target"`        // id
	Spec       Target               `json:"spec,omitzero"` // the target as the owner's definition names it
	Service    string               `json:"service,omitempty"`
	Phase      Phase                `json:"phase"`
	Owner      string               `json:"owner,omitempty"` // release id
	Epoch      int                  `json:"epoch"`           // rises at every change of hands
	Expires    time.Time            `json:"expires,omitzero,unixtime"`
	Alarms     []string             `json:"alarms,omitempty"` // guard alarms that may raise the fence, by their names in the target's place
	Red        []string             `json:"red,omitempty"`    // guard alarms that were red before the release: ignored until they have been green once
	Guard      Guard                `json:"guard,omitzero"`
	Began      Moment               `json:"began,omitempty"`              // alarm events from before this moment are not about this release
	Clears     time.Time            `json:"clears,omitzero,unixtime"`     // from this time on, those older events count, too: see Rearmed
	ArmedUntil time.Time            `json:"armedUntil,omitzero,unixtime"` // end of the revert window
	Stable     string               `json:"stable,omitempty"`
	Candidate  string               `json:"candidate,omitempty"`
	Weight     Weight               `json:"weight"`               // the candidate's weight, as last read back
	Tag        string               `json:"tag,omitempty"`        // the target's own optimistic lock, as last read back
	Moving     string               `json:"moving,omitempty"`     // why the service does not serve what was written last (Split.Moving)
	Since      time.Time            `json:"since,omitzero"`       // since when it has been moving
	Takes      int                  `json:"takes,omitempty"`      // how long a release's first move may be expected to take, in seconds, by those before it; 0: nobody knows
	TakesLater int                  `json:"takesLater,omitempty"` // and each of its later moves: a service that brought the candidate up first does not do so again
	Stirred    bool                 `json:"stirred,omitempty"`    // the owner was permitted to move traffic: its candidate may have had some
	Fence      *Fence               `json:"fence,omitempty"`      // not nil: the fence is up and the owner goes back
	Promote    string               `json:"promote,omitempty"`
	Held       map[string]time.Time `json:"held,omitempty"`             // unclear alarms by name, with the time until which they make the step Inconclusive
	Heard      map[string]time.Time `json:"heard,omitempty"`            // unclear alarms by name that the definition says to hold for, with the time since which they are unclear
	Baking     time.Time            `json:"baking,omitzero"`            // end of the last bake whose move was written and told
	Retiring   time.Time            `json:"retiring,omitzero,unixtime"` // until then somebody retires the pool that does not serve, and no release may have the lease
	Idle       string               `json:"idle,omitempty"`             // what became of that pool since the owner let go; empty: it is as the owner left it
	Promise    *Promise             `json:"promise,omitempty"`          // of the release that was promoted last, also while another release is the owner
}

// Margin is added to the end of a bake to make a lease's expiry: longer than any retry of a forward step.
const Margin = 15 * time.Minute

// HeldBy says whether the release may still touch the target.
func (l Lease) HeldBy(r Release) bool {
	return l.Owner == r.ID && l.Epoch == r.Epoch && l.Phase != Free
}

// Begun says whether the owner has written what it goes from and to. Before that it has moved nothing, and stable and
// candidate in the lease are still the previous owner's.
func (l Lease) Begun() bool { return l.Began != 0 }

// Guards says whether an alarm may raise the fence of this lease: the lease names it, the release is in flight or inside
// its revert window, and the alarm changed after the release began, or Clears has passed.
func (l Lease) Guards(alarm string, changed, now time.Time) bool {
	ours := MomentOf(changed) >= l.Began || !l.Clears.IsZero() && !now.Before(l.Clears)
	return l.Watched(now) && slices.Contains(l.Alarms, alarm) && ours
}

// Split is where the lease last saw the traffic.
func (l Lease) Split() Split {
	return Split{Stable: l.Stable, Candidate: l.Candidate, Weight: l.Weight, Tag: l.Tag}
}

// Left is the revision to which the release that had the lease last left everything: its candidate when it was promoted, else its stable. A target
// whose service does not say which of two revisions is stable is read with it.
func (l Lease) Left() string {
	armed := l.Promise != nil && l.Promise.Stable == l.Stable && l.Promise.Candidate == l.Candidate
	if l.Weight == All || armed {
		return l.Candidate
	}
	return l.Stable
}

// Foreign says whether somebody moved the target by hand and it is to be left alone: it is not what the lease last read back, it names a version that
// is neither stable nor the candidate, and the definition does not say to take it back.
func (l Lease) Foreign(found Split) bool {
	own := func(version string) bool { return version == "" || version == l.Stable || version == l.Candidate }
	p := found.Plain()
	return l.Begun() && l.Guard.WhenMoved != MovedGoesBack && !found.Untouched(l.Split()) && !(own(p.Stable) && own(p.Candidate))
}

// Back is the split that brings everything to stable, under the lock that was last read back.
func (l Lease) Back() Split { return Split{Stable: l.Stable, Tag: l.Tag} }
