package rollout

import (
	"fmt"
	"strings"
	"time"
)

// Sight is what was seen of a target: what it serves, or why that is unknown.
type Sight struct {
	Split    Split
	Obstacle *Rejection // not nil: it can never be read, or its traffic can never be brought back, as things are
	Unread   string     // why it could not be read this time
}

// Unsettled says why it is not known yet what the target serves; empty when it is known.
func (s Sight) Unsettled() string {
	if s.Split.Moving != "" {
		return "its service still moves it: " + s.Split.Moving
	}
	return s.Unread
}

// Last is everything that is known when a release is about to end.
type Last struct {
	Standing
	Failure   *MachineError // what the state machine caught before the release began
	Exhausted *MachineError // what it caught after Rollback had tried for hours
	Sight     Sight         // of the target; only read when it Matters
}

// GoesBack says whether it was decided that the release goes back.
func (l Last) GoesBack() bool { return l.Holds() && l.Lease.Fence != nil }

// Stands says whether the end was written before and still holds. If the fence went up since a promotion, the release ends anew.
func (l Last) Stands() bool { return l.Release.End != "" && !l.GoesBack() }

// Moved says whether the release may have moved traffic, so that the target has to be read back (invariant I2).
func (l Last) Moved() bool { return l.Holds() && l.Lease.Begun() && l.Release.Rejection == nil }

// Served says whether the release had nothing to do when it came.
func (l Last) Served() bool { return l.Release.Served && l.Release.Abort == nil && !l.GoesBack() }

// Matters says whether the end depends on what the target serves.
func (l Last) Matters() bool { return !l.Stands() && (l.Moved() || l.Served()) }

// Outcome is what is to be done about a release that is about to end.
type Outcome string

// The outcomes. Only the first two are ends; after the others the target is looked at again.
const (
	WriteEnd   Outcome = "write end"   // its end is known
	KeepEnd    Outcome = "keep end"    // its end was written before: what follows from it is still to be done
	RaiseFence Outcome = "raise fence" // it goes back after all
	BringBack  Outcome = "bring back"  // its fence is up, and its traffic is not on stable
	LookAgain  Outcome = "look again"  // the target could not be read
)

// Conclusion is what follows from Last.
type Conclusion struct {
	Outcome Outcome
	Release Release // as it ends
	Lines   []Line  // what the audit trail says of the end
	Fence   *Fence  // of RaiseFence
	Parting Parting // what becomes of the lease
	Lease   Lease   // as it is left
}

// Conclude says how a release ends, or what has to be done before it can. It believes nothing that was not read back (invariant I2).
func Conclude(l Last, now time.Time) Conclusion {
	r := l.Release
	r.Unseen = false
	c := Conclusion{Outcome: WriteEnd, Release: r}
	switch {
	case l.Stands():
		c.Outcome = KeepEnd
	case l.Moved():
		c = l.readBack(r, now)
	case l.Served():
		c = l.served(r)
	default:
		c.Release = l.untouched(r)
	}
	if c.Outcome == WriteEnd {
		c.Release.Ended = now
		c.Lines = l.lines(c.Release)
	}
	c.Parting, c.Lease = part(c.Release, l.Lease)
	return c
}

// readBack decides the end of a release that holds its target, from what the target serves.
func (l Last) readBack(r Release, now time.Time) Conclusion {
	lease, split, fence := l.Lease, l.Sight.Split, l.Lease.Fence
	read, exhausted := l.Sight.Unread == "", l.Exhausted != nil
	rests := l.Sight.Unsettled() == ""
	back := rests && split.Serves(lease.Stable)
	switch {
	case l.Sight.Obstacle != nil:
		return ends(l.blocked(r))
	case !read && !exhausted:
		return Conclusion{Outcome: LookAgain, Release: r}
	case fence == nil && r.Abort != nil && back:
		r.End, r.Cause = r.Abort.Kind.Ends(), r.Abort
	case fence == nil && r.Abort != nil: // the abort was asked for after the last step had moved
		return raise(r, *r.Abort)
	case fence == nil && rests && split.Serves(r.Revision.Version):
		r.End = Succeeded
	case fence == nil && read && split.Serves(r.Revision.Version) && !exhausted:
		return Conclusion{Outcome: LookAgain, Release: r}
	case fence == nil:
		return raise(r, l.unexpected(now))
	case back:
		r.End, r.Cause, r.Reverted = fence.Kind.Ends(), fence, !lease.ArmedUntil.IsZero()
		if r.End == Rejected {
			r.Rejection = Because(strings.TrimSuffix(fence.Reason, "."), "mend that, and release again")
		}
	case exhausted:
		r.End, r.Cause, r.Obstacle = Stuck, fence, Because("it was tried again and again, and failed at last with: "+l.Exhausted.Says(),
			"mend that, then bring the traffic to "+r.Names(lease.Stable)+" by hand (docs/operations.md, \"A release is stuck\")")
	case lease.Foreign(split):
		return ends(l.leftAlone(r))
	default:
		return Conclusion{Outcome: BringBack, Release: r}
	}
	return ends(r)
}

func ends(r Release) Conclusion { return Conclusion{Outcome: WriteEnd, Release: r} }

func raise(r Release, f Fence) Conclusion {
	return Conclusion{Outcome: RaiseFence, Release: r, Fence: &f}
}

// unexpected is the fence of a release whose target does not serve the candidate at the end.
func (l Last) unexpected(now time.Time) Fence {
	if l.Sight.Unread != "" {
		return Fence{Kind: ByBreakdown, By: "settle", At: now, Reason: unreadable}
	}
	return Fence{Kind: ByIntruder, By: "settle", At: now, Reason: "At the end the target served " + l.Sight.Split.String() + ": somebody else moved it."}
}

const unreadable = "At the end the target could not be read."

// blocked is the end of a release whose traffic can never come back as things are. People are told so at once, with the remedy.
func (l Last) blocked(r Release) Release {
	r.End, r.Obstacle, r.Reverted = Stuck, l.Sight.Obstacle, !l.Lease.ArmedUntil.IsZero()
	if r.Cause = l.Lease.Fence; r.Cause == nil {
		r.Cause = &Fence{Kind: ByBreakdown, By: "settle", Reason: unreadable}
	}
	return r
}

// leftAlone is the end of a release whose target somebody moved by hand. Only people know which version shall serve, so people are called.
func (l Last) leftAlone(r Release) Release {
	lease, t := l.Lease, r.Definition.Target
	r.End, r.ByHand, r.Cause, r.Reverted = Stuck, true, lease.Fence, !lease.ArmedUntil.IsZero()
	r.Obstacle = Because(fmt.Sprintf("somebody moved %s by hand: it serves %v", lease.Target, l.Sight.Split),
		fmt.Sprintf("if it is to stay so, only bring everything to one %s before the next release; to bring %s back: %s. With guard.whenMoved: rollBack Sluice does that by itself",
			t.Facts().Revision.Word, t.Revision(lease.Stable), t.Spec().Restore(lease.Stable)))
	return r
}

// served is the end of a release that had nothing to do. The target is read again before it is believed.
func (l Last) served(r Release) Conclusion {
	why, version := l.Sight.Split.String(), r.Revision.Version
	switch {
	case l.Sight.Obstacle != nil:
		why = l.Sight.Obstacle.Reason
	case l.Sight.Unsettled() != "":
		return Conclusion{Outcome: LookAgain, Release: r}
	case l.Sight.Split.Plain().Serves(version):
		r.End = Succeeded
		return ends(r)
	}
	r.End, r.Served = Rejected, false
	r.Rejection = Because(r.Candidate()+" served all traffic when the release came, and does not any more: "+why, "release it again")
	return ends(r)
}

// untouched is the end of a release that moved nothing, or whose target another release took over. Its end says nothing about what
// the target serves.
func (l Last) untouched(r Release) Release {
	switch {
	case r.Rejection != nil:
		r.End = Rejected
	case l.GoesBack():
		r.End, r.Cause = l.Lease.Fence.Kind.Ends(), l.Lease.Fence
	case r.Abort != nil:
		r.End, r.Cause = r.Abort.Kind.Ends(), r.Abort
	case l.Failure != nil && l.Failure.Error == NotReadyError && r.Epoch == 0:
		r.End, r.Rejection = Rejected, Because(l.Failure.Says()+", and has not become so in half an hour",
			"look at its State and StateReason (aws lambda get-function-configuration --qualifier <version>); release again when it is Active")
	case r.Epoch > 0: // it held the target once
		r.End = Superseded
	default:
		r.End, r.Cause = RolledBack, l.breakdown()
	}
	r.Unseen = r.End != Rejected
	return r
}

// breakdown is the cause of a release that broke down before it began.
func (l Last) breakdown() *Fence {
	if l.Failure != nil {
		return &Fence{Kind: ByBreakdown, By: "settle", Reason: "A step failed before the release began: " + l.Failure.Says()}
	}
	return &Fence{Kind: ByBreakdown, By: "sweep", Reason: "The machine that led the release stopped before it began."}
}

// lines are what the audit trail says of the end.
func (l Last) lines(r Release) []Line {
	said := []string{r.Ending()}
	if r.Obstacle != nil {
		said = append(said, "The traffic does not come back: "+r.Obstacle.Reason+". What to do: "+r.Obstacle.Remedy)
	}
	if r.Unseen && l.Lease.Phase == Held && !l.Holds() {
		said = append(said, "Release "+l.Lease.Owner+" holds the target now.")
	}
	if keep := r.Keep(); keep != "" {
		said = append(said, keep)
	}
	lines := make([]Line, len(said))
	for i, what := range said {
		lines[i] = Line{At: r.Ended, Who: "settle", What: what}
	}
	return lines
}
