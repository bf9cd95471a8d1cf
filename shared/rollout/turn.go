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
	YieldsTo string    // a newer release that takes its place; then nothing else counts
	Queued   bool      // it stands in the queue already
	Ahead    []Waiting // older releases that wait
	Tries    bool      // it tries to take the lease
}

// Turn finds a release in the queue of its target, oldest first. The oldest goes first, also when a younger one looks at a free target before
// it; one that supersedes waits for nobody but the holder.
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

// Yields is why a queued release ends in favour of a newer one.
func Yields(newer string, now time.Time) Fence {
	return Fence{Kind: ByNewer, By: newer, Reason: "Release " + newer + " takes its place.", At: now}
}

// Replaces is why whoever holds the target goes back in favour of this release; nil when that one is newer.
func (r Release) Replaces(running Release, now time.Time) *Fence {
	if running.Created.After(r.Created) {
		return nil
	}
	return &Fence{Kind: ByNewer, By: r.ID, Reason: fmt.Sprintf("Release %s of %s takes its place.", r.ID, r.Candidate()), At: now}
}

// Behind is whom a release waits for that cannot have its target now, or why it does not wait, by the definition's policy.
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

// LookAgain is the time-out of a wait for the target: often enough to notice a lost wake, seldom enough that the longest wait stays
// far below the 25,000 events of an execution's history.
func (d Definition) LookAgain() Duration {
	return Duration(max(time.Minute, d.QueueLimit.Std()/mostLooks))
}
