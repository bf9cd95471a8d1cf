package rollout

import "time"

// No service says when a move will hold that takes it a while, and each look at it is three transitions of the machine. So the first look is when the
// moves before it would have held, and those after it are further and further apart.
const (
	nearestLook  = 5 * time.Second
	farthestLook = 5 * time.Minute // between two looks
	longestFirst = 5 * time.Minute // a bake begins that much later than it could
	sooner       = 97              // percent: a move that held at the first look may have held before it, so the next one is looked at a little sooner
)

// expected is how long the move that is under way may be expected to take.
func (l *Lease) expected() *int {
	if l.Weight > None {
		return &l.TakesLater
	}
	return &l.Takes
}

// Look is how long until the next look at what the lease is moving.
func (l Lease) Look(now time.Time) time.Duration {
	taken, takes := now.Sub(l.Since), time.Duration(*l.expected())*time.Second
	if taken < takes {
		return max(takes-taken, nearestLook)
	}
	return min(max(taken/2, nearestLook), farthestLook)
}

// Learned is the lease that knows how long such a move takes, now that one holds.
func (l Lease) Learned(now time.Time) Lease {
	known := l.expected()
	taken, takes := now.Sub(l.Since), time.Duration(*known)*time.Second
	if takes > 0 && taken < takes+takes/4 {
		taken = takes * sooner / 100
	}
	*known = int(min(max(taken, nearestLook), longestFirst).Seconds())
	return l
}

// firstLook is the time-out of a step's Shift, in seconds, when its move is expected to take a while; 0 when it is not. Where the candidate has a pool
// of its own, it is the filling that takes its time, in the first step.
func (r Release) firstLook(step int) int {
	moved := r.Step == step && !r.BakeUntil.IsZero()
	if moved || step > 0 && r.Definition.Target.Facts().Pools {
		return 0
	}
	if !r.BakeUntil.IsZero() && r.At(r.Step).Weight > None {
		return r.TakesLater
	}
	return r.Takes
}

// LookedFirst says whether the wait that ended was for the first look at a step's move.
func (c Cursor) LookedFirst(r Release) bool {
	first := r.firstLook(c.Step)
	return first > 0 && c.Seconds == first
}
