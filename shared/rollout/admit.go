package rollout

import (
	"fmt"
	"time"
)

// Admission says what to do with a target as it was found.
type Admission struct {
	Stable    string     // the revision that the release comes back to
	Step      int        // the step that the release begins with
	Note      string     // what was adopted, repaired or is taken back, for the audit trail; empty when the target was clean
	Served    bool       // the target serves the candidate already: there is nothing to do
	Moving    string     // what the service still carries out from before; the release waits for that
	Waits     string     // that it waits for it, as a sentence for the audit trail
	Evicts    string     // tag of a deployment of somebody else that the service is to take back meanwhile; empty: of none
	Rejection *Rejection // not nil: the release is not let in
}

// Admit judges a target that a release finds, by stated rules:
//
//   - the service is still moving traffic, waits for the word to go on, or lets no other move begin yet: the release waits for it, as long as it may wait in the queue.
//     What somebody else began may have it rejected at once, or may be taken back for it, as the definition says;
//   - one revision serves everything: that one is stable. If it is the candidate, there is nothing to do;
//   - the candidate already has a share: adopted. The release begins at the first step that is not below that share;
//   - two revisions have traffic, and neither the service nor the lease says which of them is stable: refused. It may be the one with less;
//   - an ended or dead release of ours left its candidate there: repaired. The first shift takes that share away;
//   - anything else was done by somebody else: refused, with the command that clears it.
//
// last is the target's lease as the previous owner left it.
func Admit(r Release, found Split, last Lease, now time.Time) Admission {
	found = found.From(last.Left())
	switch {
	case found.Unrest() != "":
		return r.unrest(found, last, r.waitedTooLong(now))
	case found.Plain().Serves(r.Revision.Version):
		return Admission{Served: true}
	case found.Plain().Candidate == "":
		return Admission{Stable: found.Plain().Stable}
	case found.Either:
		return refuseEither(r, found)
	case found.Candidate == r.Revision.Version:
		return adopt(r, found)
	case found.Stable == r.Revision.Version:
		return refuse(r, found)
	case last.Candidate == found.Candidate && last.Stable == found.Stable:
		return Admission{Stable: found.Stable, Note: fmt.Sprintf(
			"Repaired: release %s left %s with %v; the first step takes it away.", last.Owner, r.Names(found.Candidate), found.Weight)}
	}
	return refuse(r, found)
}

func adopt(r Release, found Split) Admission {
	step := 0
	for step < r.Last() && r.At(step).Weight < found.Weight {
		step++
	}
	return Admission{Stable: found.Stable, Step: step, Note: fmt.Sprintf(
		"Adopted: %s had %v already; the release begins at %v.", r.Names(found.Candidate), found.Weight, r.At(step).Weight)}
}

func refuseEither(r Release, found Split) Admission {
	t := r.Definition.Target
	return Admission{Rejection: Because(
		fmt.Sprintf("%s is split (%v), and no release of Sluice says which of the two is stable", t.ID(), found),
		fmt.Sprintf("bring everything to the one that people rely on, and release again: %s, or %s", t.Spec().Restore(found.Stable), t.Spec().Restore(found.Candidate)))}
}

func refuse(r Release, found Split) Admission {
	t := r.Definition.Target
	return Admission{Rejection: Because(
		fmt.Sprintf("%s is split by somebody else: %v", t.ID(), found),
		fmt.Sprintf("end the other deployment, or bring everything to one %s: %s", t.Facts().Revision.Word, t.Spec().Restore(found.Stable)))}
}
