package dynamo

import (
	"context"
	"fmt"
	"time"

	"sluice/shared/rollout"
)

// GiveBack lets go of the lease for a release that was not promoted. If the promotion before it left a promise that stands, that promise is
// armed again, with a line in the promoted release's record; otherwise the lease is free.
func (s *Store) GiveBack(ctx context.Context, l rollout.Lease, who string, now time.Time) error {
	stands, err := s.stands(ctx, l, now)
	if err != nil {
		return err
	}
	if !stands {
		return s.Free(ctx, l)
	}
	armed := l.Rearmed(now)
	u := change().set("owner", armed.Owner).set("phase", armed.Phase).set("armedUntil", armed.ArmedUntil.Unix()).add("epoch", 1).
		set("alarms", armed.Alarms).set("red", armed.Red).set("guard", armed.Guard).set("began", armed.Began).
		set("stable", armed.Stable).set("candidate", armed.Candidate).set("weight", rollout.All).set("promise", armed.Promise).
		remove("fence", "returned", "promote", "held", "stirred").whileOwned(l)
	if armed.Clears.IsZero() {
		u.remove("clears")
	} else {
		u.set("clears", armed.Clears.Unix())
	}
	left, err := s.lease(ctx, l.Target, u, "giving back")
	if IsConflict(err) && left.Owner == armed.Owner && left.Epoch == l.Epoch+1 { // the first attempt got through unseen
		err = nil
	}
	if err != nil || !l.Stirred { // after a release that moved nothing there is nothing to tell
		return err
	}
	return s.Note(ctx, armed.Owner, rollout.Line{At: now, Who: who, What: fmt.Sprintf(
		"Release %s has let go of the target: the guard and an abort take this release back again, until %s.", l.Owner, rollout.Minute(armed.ArmedUntil))})
}

// stands says whether the promise is to be armed again. It reads the record, too: a release that is being reverted promises nothing any more.
func (s *Store) stands(ctx context.Context, l rollout.Lease, now time.Time) (bool, error) {
	if !l.Promise.Stands(l, now) {
		return false, nil
	}
	r, err := s.Release(ctx, l.Promise.Release)
	if err != nil && !IsNotFound(err) {
		return false, err
	}
	return r.End == rollout.Succeeded && !r.Reverted, nil
}

// Free lets go and arms nothing. The promise stays in the lease for the next release, and so do the versions and the weight that this one left.
func (s *Store) Free(ctx context.Context, l rollout.Lease) error {
	u := change().set("phase", rollout.Free).remove("promote", "armedUntil").whileOwned(l)
	_, err := s.lease(ctx, l.Target, u, "letting go of")
	return err
}
