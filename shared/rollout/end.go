package rollout

import "time"

// End is how a release ended. Each end says what is left behind, in one fixed sentence.
type End string

// The six ends.
const (
	Succeeded  End = "succeeded"
	RolledBack End = "rolled-back"
	Rejected   End = "rejected"
	Superseded End = "superseded"
	Aborted    End = "aborted"
	Stuck      End = "stuck"
)

// Ends lists them all, in the order in which people like to read them.
var Ends = []End{Succeeded, RolledBack, Rejected, Superseded, Aborted, Stuck}

// Sentence is the end in words.
func (e End) Sentence() string {
	switch e {
	case Succeeded:
		return "The candidate serves all traffic."
	case RolledBack:
		return "The release went back: stable serves all traffic and nothing is left behind."
	case Rejected:
		return "The release was not let in; nothing was touched."
	case Superseded:
		return "A newer release took its place; stable serves all traffic."
	case Aborted:
		return "A person stopped the release; stable serves all traffic."
	case Stuck:
		return "Something is left behind: the traffic could not be brought back by itself. Look at it now."
	}
	return "The release is running."
}

// Fence is the decision that a release goes back: raised once on its lease, never lowered.
type Fence struct {
	Kind   FenceKind `json:"kind"`
	By     string    `json:"by"`     // alarm name, person, release id or function
	Reason string    `json:"reason"` // one sentence
	At     time.Time `json:"at"`
	Since  time.Time `json:"since,omitzero"` // of an alarm: when its state changed
}

// FenceKind is what raised the fence.
type FenceKind string

// What can raise a fence.
const (
	ByAlarm     FenceKind = "alarm"     // the guard, or an alarm found red at the end of a bake
	ByCheck     FenceKind = "check"     // a verdict or a pre-traffic test
	ByPerson    FenceKind = "person"    // an abort
	BySilence   FenceKind = "silence"   // nobody answered in time
	ByNewer     FenceKind = "newer"     // a release that supersedes this one
	ByIntruder  FenceKind = "intruder"  // somebody else moved the target's traffic
	ByBreakdown FenceKind = "breakdown" // an uncaught error, or a machine that died
	ByCapacity  FenceKind = "capacity"  // the candidate's pool does not come up, and no traffic had moved to it
)

// Ends is the end that a fence of this kind leads to when stable serves everything again.
func (k FenceKind) Ends() End {
	switch k {
	case ByPerson:
		return Aborted
	case ByNewer:
		return Superseded
	case ByCapacity:
		return Rejected
	}
	return RolledBack
}
