package rollout

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Count is what follows from people's answers to a question, or from their silence.
type Count struct {
	Next      Cursor
	Closed    string     // what closes the question, in one sentence; empty while it stays open
	Approved  []int      // steps whose questions are answered with yes by now
	Rejection *Rejection // not nil: the release is not let in; nothing has moved yet
	Fence     *Fence     // not nil: the release goes back
}

// Approves says whether the question was closed with yes.
func (c Count) Approves() bool { return c.Closed != "" && c.Rejection == nil && c.Fence == nil }

// Count counts people's answers to the question before a step. A release goes on only while it holds the target and its fence is down. If the
// question was not written yet, or the written one is about something else, the question is asked first.
func (r Release) Count(c Cursor, l Lease, now time.Time) Count {
	step, a := r.Pending(c.Step)
	switch {
	case !l.HeldBy(r): // taken over: the release that holds the target now is responsible for it
		return Count{Next: c.Go(NextSettle)}
	case l.Fence != nil:
		return Count{Next: c.Go(NextBack)}
	case a == nil: // a repetition
		return Count{Next: c.To(r, c.Step)}
	case r.Asked == nil || r.Asked.Digest != r.Digest(step): // Ask timed out before it had written the question
		return Count{Next: c.To(r, c.Step)}
	}
	return r.count(c, l, *a, now)
}

func (r Release) count(c Cursor, l Lease, a Approval, now time.Time) Count {
	tally, late := r.Tally(r.Asked.Step, a), !now.Before(r.Asked.Until)
	switch no := tally.Rejected; {
	case no != nil:
		return r.Refused(c, l, Fence{Kind: ByPerson, By: no.Person, Reason: no.rejects(r.Gets(no.Step)), At: now})
	case tally.Missing == 0:
		return r.yes(c, strings.Join(tally.Approved, " and ")+" approved")
	case late && a.WhenSilent == SilenceApproves:
		return r.yes(c, fmt.Sprintf("Nobody objected within %v, and the definition says to go on then", a.Within))
	case late:
		return r.Refused(c, l, Fence{Kind: BySilence, By: "ask", Reason: fmt.Sprintf("Not enough people approved within %v.", a.Within), At: now})
	}
	again := c.To(r, c.Step) // woken too early: wait on
	again.Seconds = Duration(r.Asked.Until.Sub(now)).Seconds()
	return Count{Next: again}
}

func (a Answer) rejects(what string) string {
	said := fmt.Sprintf("%s rejected %s", a.Person, what)
	if a.Comment != "" {
		return said + ": " + a.Comment
	}
	return said + "."
}

// yes lets the release go on.
func (r Release) yes(c Cursor, why string) Count {
	closed := fmt.Sprintf("%s: %s may get %s.", why, r.Candidate(), r.Gets(r.Asked.Step))
	r.Approved = append(slices.Clone(r.Approved), r.Asked.Step)
	return Count{Next: c.To(r, c.Step), Closed: closed, Approved: r.Approved}
}

// Refused ends the release. If nothing has moved yet, it is not let in; otherwise, and always for an alarm, it goes back.
func (r Release) Refused(c Cursor, l Lease, f Fence) Count {
	refused := Count{Next: c.Go(NextBack), Closed: f.Reason, Approved: r.Approved, Fence: &f}
	if l.Weight != None || f.Kind == ByAlarm {
		return refused
	}
	refused.Next, refused.Fence = c.Go(NextSettle), nil
	refused.Rejection = Because(strings.TrimSuffix(f.Reason, "."), "talk to "+f.By+", then release again")
	if f.Kind == BySilence {
		refused.Rejection.Remedy = "release again when those who are asked have time"
	}
	return refused
}
