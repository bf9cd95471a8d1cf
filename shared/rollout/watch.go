package rollout

import "time"

// Watched says whether somebody has to look after the target of this lease: a release holds it, or was promoted and may still be reverted.
func (l Lease) Watched(now time.Time) bool {
	return l.Phase == Held || (l.Phase == Armed && now.Before(l.ArmedUntil))
}

// Listens says whether the state of an alarm, red or without data since a time, means anything to this lease: the fence is down, the alarm
// guards it, and the record does not tell of this very state already.
func (l Lease) Listens(alarm string, red bool, since, now time.Time) bool {
	return l.Fence == nil && l.Guards(alarm, since, now) && !l.Holds(alarm, red, since, now)
}

// Holds says whether the lease holds, as its definition says, for the state in which an alarm is since a time: red but muted until Held, or
// without data.
func (l Lease) Holds(alarm string, red bool, since, now time.Time) bool {
	heard, ok := l.Heard[alarm]
	return ok && !since.After(heard) && (!red || now.Before(l.Held[alarm]))
}

// Looks are releases that bake and whose checks count: what look is asked to look at.
type Looks struct {
	Releases []string `json:"releases"`
}
