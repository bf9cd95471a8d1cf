package rollout

import (
	"fmt"
	"time"
)

// Undoing is how a promotion is taken back, or why it cannot be. Exactly one field is set.
type Undoing struct {
	Aborts  bool       // inside its revert window: an abort brings stable back at once
	Again   string     // after that: the revision that was stable before it, which a new release has to bring
	Refusal *Rejection // it cannot be taken back; the remedy says what to do instead
}

// Undo says how the promotion of a release is taken back, as the lease of its target stands.
func (l Lease) Undo(r Release, now time.Time) Undoing {
	refuse := func(reason, remedy string) Undoing { return Undoing{Refusal: Because(reason, remedy)} }
	p, t := l.Promise, r.facts()
	switch {
	case r.End == "":
		return refuse("it was not promoted yet", "abort it: its traffic goes back at once")
	case r.End == Succeeded && r.Reverted:
		return refuse("it is on its way back already", "nothing")
	case r.End != Succeeded:
		return refuse("it was not promoted: it has ended ("+string(r.End)+")", "nothing: "+r.Ending())
	case r.Stable == "":
		return refuse("it moved no traffic: "+r.Ending(), "undo the release that did")
	case p != nil && p.Release != r.ID:
		return refuse("release "+p.Release+" was promoted since", "undo that one, or release "+r.Names(r.Stable))
	case l.Phase == Held && l.Owner != r.ID:
		return refuse("release "+l.Owner+" runs now", "abort "+l.Owner+" first; when it has gone back, undo this one again")
	}
	why := l.NoAbort(r, now)
	switch {
	case why == nil:
		return Undoing{Aborts: true}
	case p.Open(now):
		return Undoing{Refusal: why}
	case l.Begun() && l.Left() != r.Revision.Version:
		return refuse(fmt.Sprintf("%s serves now", t.Names(l.Left())), "release "+r.Names(r.Stable))
	}
	return Undoing{Again: r.Stable}
}
