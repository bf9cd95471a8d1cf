package rollout

import (
	"fmt"
	"slices"
	"time"
)

// Promise is what the last promotion left armed: until its revert window ends, these alarms or a person's abort take the promotion back. It
// stays in the lease while later releases hold the target, and is armed again when one of them lets go without a promotion of its own.
type Promise struct {
	Release   string    `json:"release"` // id of the release that was promoted
	Alarms    []string  `json:"alarms,omitempty"`
	Red       []string  `json:"red,omitempty"`
	Guard     Guard     `json:"guard,omitzero"`
	Began     Moment    `json:"began"`
	Clears    time.Time `json:"clears,omitzero"` // of Lease.Clears, when a release on top of it went back
	Until     time.Time `json:"until"`           // end of its revert window
	Stable    string    `json:"stable"`
	Candidate string    `json:"candidate"`
}

// Recovery is how long an alarm may stay red after a release has gone back and still count as that release's doing. An alarm that is red
// for longer accuses the promotion before it.
const Recovery = 5 * time.Minute

// Promises is the promise that a lease leaves when its owner is promoted.
func (l Lease) Promises() *Promise {
	return &Promise{
		Release: l.Owner, Alarms: l.Alarms, Red: l.Red, Guard: l.Guard, Began: l.Began, Until: l.ArmedUntil, Stable: l.Stable, Candidate: l.Candidate,
	}
}

// Open says whether there is a promise whose window has not ended.
func (p *Promise) Open(now time.Time) bool { return p != nil && now.Before(p.Until) }

// Stands says whether the promise is to be armed again when the lease's owner lets go: it is another release's, its window is open, and the
// owner has not begun or goes back to what that release brought.
func (p *Promise) Stands(l Lease, now time.Time) bool {
	return p.Open(now) && p.Release != l.Owner && (!l.Begun() || l.Stable == p.Candidate)
}

// Overtakes is the promise that ends when the owner's candidate comes up: it would go back to a revision whose pool is the candidate's from then on.
// It is nil where the kind has no pools, or there is no such promise.
func (l Lease) Overtakes(now time.Time) *Promise {
	p := l.Promise
	if !l.Spec.Facts().Pools || !p.Open(now) || p.Release == l.Owner || p.Stable == l.Candidate {
		return nil
	}
	return p
}

// Overtaken says in the record of a release whose promise ends why nobody takes it back any more.
func (p *Promise) Overtaken(l Lease) string {
	t := l.Spec.Facts()
	return fmt.Sprintf("Release %s brings %s up where %s stood: from now on neither an alarm nor an abort takes this release back. To go back, release %s again.",
		l.Owner, t.Brief(l.Candidate), t.Brief(p.Stable), t.Brief(p.Stable))
}

// Spared takes back what Overtaken said: the owner was stopped in the very moment in which it would have taken the pool.
func (p *Promise) Spared(l Lease) string {
	return fmt.Sprintf("Release %s was stopped before it took that place: an alarm and an abort take this release back as before.", l.Owner)
}

// Guarding lists the alarms that guard a release: its own and, if it begins on top of a promotion whose window is open, those of the promotion,
// because the promoted revision serves, too.
func (l Lease) Guarding(g Guard, stable string, now time.Time) []string {
	all := slices.Clone(g.Alarms)
	if p := l.Promise; p.Open(now) && p.Candidate == stable {
		for _, name := range p.Alarms {
			if !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all
}

// Rearmed is the lease with its promise armed. If the owner may have moved traffic, an alarm that is red already may be the owner's doing: such an
// alarm counts only if it is still red after Recovery. Until then only an alarm that changes from now on counts. That stays so when another
// release holds the target for a moment and is not let in.
func (l Lease) Rearmed(now time.Time) Lease {
	p := *l.Promise
	if l.Stirred {
		p.Began, p.Clears = MomentOf(now)+1, now.Add(Recovery) // an alarm of this very millisecond is red already
	}
	l.Owner, l.Phase, l.ArmedUntil, l.Promise = p.Release, Armed, p.Until, &p
	l.Alarms, l.Red, l.Guard, l.Stable, l.Candidate, l.Began, l.Clears = p.Alarms, p.Red, p.Guard, p.Stable, p.Candidate, p.Began, p.Clears
	return l
}

// NoAbort says why an abort of the release can do nothing now, and what to do instead. It is nil when an abort can, or may already have been done.
func (l Lease) NoAbort(r Release, now time.Time) *Rejection {
	p, ours := l.Promise, l.Owner == r.ID && l.Phase != Free
	switch {
	case r.End == "" || r.End == Succeeded && r.Reverted:
		return nil
	case r.End == Stuck:
		return Because("it is stuck", "bring the traffic to the "+r.facts().Revision.Word+" that is to serve; docs/operations.md says how, under \"A release is stuck\"")
	case r.End != Succeeded:
		return Because("it has ended ("+string(r.End)+")", "nothing: "+r.Ending())
	case ours && (l.Fence != nil || l.ArmedUntil.IsZero() || now.Before(l.ArmedUntil)):
		return nil
	case p.Open(now) && p.Release != r.ID:
		return Because("release "+p.Release+" was promoted since",
			fmt.Sprintf("abort %s, which brings %s back, or release %s again", p.Release, r.Names(p.Stable), r.Names(r.Stable)))
	case p.Open(now) && l.Phase == Free:
		return Because("release "+l.Owner+" was left stuck on the target", "bring the traffic by hand to the "+r.facts().Revision.Word+" that is to serve: "+p.Stable+" is the one from before this release")
	case p.Open(now) && !ours:
		return Because("release "+l.Owner+" holds the target now", fmt.Sprintf("abort %s first; when it has gone back, abort this one again, before %s",
			l.Owner, Minute(p.Until)))
	}
	return Because("its revert window is over", "release "+r.Names(r.Stable)+" again")
}
