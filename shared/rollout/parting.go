package rollout

// Parting is how a release that has ended leaves the lease of its target.
type Parting string

// The partings.
const (
	LeavesAlone Parting = ""           // the lease is not its own, or is free already
	Frees       Parting = "frees"      // nothing is armed; the promise of an earlier promotion stays in the lease
	GivesBack   Parting = "gives back" // the promise of an earlier promotion is armed again, if it stands
	LetsGo      Parting = "lets go"    // after a promotion, which is armed for its revert window, or a revert: an earlier promise is over
)

// part says what becomes of the lease when a release has ended, and how it is left. A release that has not ended leaves it alone.
func part(r Release, l Lease) (Parting, Lease) {
	switch {
	case r.End == "", l.Owner != r.ID, l.Phase == Free:
		return LeavesAlone, l
	case r.End == Stuck: // people look at the target now, and the next release can repair what the lease says was left there
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
