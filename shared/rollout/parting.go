package rollout

// Parting is how a release that has ended leaves the lease of its target.
type Parting string

// The partings.
const (
	LeavesAlone Parting = ""           // the lease is not its own, or is free already
	Frees       Parting = "frees"      // nothing is armed; what an earlier promotion promised stays written down
	GivesBack   Parting = "gives back" // what an earlier promotion promised is armed again
	LetsGo      Parting = "lets go"    // a promotion, armed for its revert window, or a revert: what was promised before is over
)

// part says what becomes of the lease when a release has ended, and how the lease is left. One that does not end yet leaves it alone.
func part(r Release, l Lease) (Parting, Lease) {
	switch {
	case r.End == "", l.Owner != r.ID, l.Phase == Free:
		return LeavesAlone, l
	case r.End == Stuck: // people look at the target now, and the next release repairs what this one says of it
		return Frees, l
	case r.End != Succeeded && !r.Reverted, r.Served:
		return GivesBack, l
	}
	l.Phase = Free
	if window := r.Definition.RevertWindow; r.End == Succeeded && window > 0 {
		l.Phase, l.ArmedUntil = Armed, r.Ended.Add(window.Std())
	}
	return LetsGo, l
}
