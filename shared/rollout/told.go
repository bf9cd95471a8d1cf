package rollout

import "fmt"

// Beginning is how people are told that a release has started.
func (r Release) Beginning() string {
	return fmt.Sprintf("Release of version %s to %s has started; stable is %s.", r.Revision.Version, r.Service, r.Stable)
}

// Waiting is the open question in words.
func (r Release) Waiting(a Approval) string {
	who := a.Asked()
	if a.Quorum < len(a.From) || a.SlackTeam != "" {
		who = fmt.Sprintf("%d of %s", a.Quorum, who)
	}
	return fmt.Sprintf("Version %s of %s waits for %s before it gets %s, until %s.",
		r.Revision.Version, r.Service, who, r.Gets(r.Asked.Step), r.Asked.Until.UTC().Format("2 Jan 15:04 MST"))
}

// Asks is the question that is open now; nil when people are not asked anything, or have answered.
func (r Release) Asks() *Approval {
	if r.End != "" || r.Cause != nil || r.Asked == nil || r.Asked.Closed {
		return nil
	}
	if step, a := r.Pending(r.Asked.Step); step == r.Asked.Step {
		return a
	}
	return nil
}

// GoingBack is how people are told that a release goes back; its cause must be known.
func (r Release) GoingBack() string { return "The release goes back: " + r.Cause.Reason }
