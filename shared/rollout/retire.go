package rollout

import "time"

// Retirement is how long the pool that does not serve may take to be retired. Meanwhile no release gets the target, so that none fills the pool.
const Retirement = 2 * time.Minute

// Retires says whether the pool that does not serve is still to be retired: the lease's owner has begun and let go, and nobody may come back to what
// stands in that pool.
func (l Lease) Retires(now time.Time) bool {
	return l.Spec.Retires() && l.Idle == "" && l.Begun() && !l.Watched(now)
}

// BeingRetired says whether somebody retires it at this moment.
func (l Lease) BeingRetired(now time.Time) bool { return now.Before(l.Retiring) }

// Retire says whether the pool that a release has left is to be retired now. why says why it is left alone for good; it is empty when the pool is to be
// retired, or when that is not known yet.
func (s Standing) Retire(now time.Time) (due bool, why string) {
	r, l := s.Release, s.Lease
	switch {
	case l.Owner != r.ID || r.End == "" || !l.Retires(now) || l.BeingRetired(now):
		return false, ""
	case r.End == Stuck:
		return false, "the release is stuck, and a person looks at the target"
	}
	return true, ""
}

// Patient says whether retiring the pool is to be tried again after a failure.
func (s Standing) Patient(now time.Time) bool {
	return now.Sub(Later(s.Lease.ArmedUntil, s.Release.Ended)) < time.Hour
}
