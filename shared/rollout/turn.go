package rollout

import (
	"fmt"
	"time"
)

// Waiting is a release in the queue of a target.
type Waiting struct {
	Release      string    `json:"release"`
	Created      time.Time `json:"created"`
	SupersededBy string    `json:"supersededBy,omitempty"` // a newer release that takes its place
}

// Turn is how a release stands in the queue of its target.
type Turn struct {
	YieldsTo string    // a newer release that takes its place; the other fields do not matter then
	Queued   bool      // it stands in the queue already
	Ahead    []Waiting // older releases that wait
	Tries    bool      // it tries to take the lease
}

// Turn finds a release in the queue of its target, which is sorted oldest first. The oldest release goes first, even when a younger one sees the
// free target before it. A release that supersedes waits only for the holder.
func (r Release) Turn(queue []Waiting) Turn {
	var t Turn
	for _, w := range queue {
		switch {
		case w.Release == r.ID:
			t.Queued, t.YieldsTo = true, w.SupersededBy
		case w.SupersededBy == "" && !w.Created.After(r.Created):
			t.Ahead = append(t.Ahead, w)
		}
	}
	t.Tries = t.YieldsTo == "" && (len(t.Ahead) == 0 || r.Definition.WhenRunning == Supersede)
	return t
}

// Supersedes says whether the release takes the place of older ones.
func (r Release) Supersedes() bool { return r.Definition.WhenRunning == Supersede }

// Yields is the fence of a queued release that ends in favour of a newer one.
func Yields(newer string, now time.Time) Fence {
	return Fence{Kind: ByNewer, By: newer, Reason: "Release " + newer + " takes its place.", At: now}
}

// Replaces is the fence of a running release that goes back in favour of this one; nil when the running release is newer.
func (r Release) Replaces(running Release, now time.Time) *Fence {
	if running.Created.After(r.Created) {
		return nil
	}
	return &Fence{Kind: ByNewer, By: r.ID, Reason: fmt.Sprintf("Release %s of %s takes its place.", r.ID, r.Candidate()), At: now}
}

// Behind says for which release a release waits that cannot have its target now, or why it is rejected instead, by the definition's policy.
func (r Release) Behind(t Turn, holder Lease, now time.Time) (first string, why *Rejection) {
	if first = holder.Owner; first == "" {
		first = t.Ahead[0].Release
	}
	switch {
	case r.Definition.WhenRunning == Reject:
		why = Because("release "+first+" is running", "wait for its end and release again, or set whenRunning: queue")
	case r.waitedTooLong(now):
		why = Because(fmt.Sprintf("it waited longer than %s behind release %s", r.Definition.QueueLimit, first), "look at that release; then release again")
	}
	return first, why
}

func (r Release) waitedTooLong(now time.Time) bool {
	return now.Sub(r.Created) > r.Definition.QueueLimit.Std()
}

// LookAgain is the time-out of a wait for the target: short enough to notice a lost wake, and long enough that the longest wait stays
// far below the 25,000 events that an execution's history may have.
func (d Definition) LookAgain() Duration {
	return Duration(max(time.Minute, d.QueueLimit.Std()/mostLooks))
}

// RestsSoon is the time-out of a wait for a target that its service still moves. Such a move ends within minutes in most cases, and nobody tells of it: so
// the first looks are near.
func (r Release) RestsSoon(now time.Time) Duration {
	return Duration(min(max(now.Sub(r.Created)/2, nearestLook), r.Definition.LookAgain().Std()))
}
