package rollout

import "time"

// Watched says whether the target of this lease has to be watched: a release holds it, or was promoted on it and may still be reverted.
func (l Lease) Watched(now time.Time) bool {
	return l.Phase == Held || (l.Phase == Armed && now.Before(l.ArmedUntil))
}

// Listens says whether an alarm that is red or without data since a time has to be handled for this lease: the fence is down, the alarm
// guards it, and the lease does not hold for this very state already (Holds).
func (l Lease) Listens(alarm string, red bool, since, now time.Time) bool {
	return l.Fence == nil && l.Guards(alarm, since, now) && !l.Holds(alarm, red, since, now)
}

// Holds says whether the lease already holds, as its definition says, for the state that an alarm has had since a time: red but muted
// until Held, or without data.
func (l Lease) Holds(alarm string, red bool, since, now time.Time) bool {
	heard, ok := l.Heard[alarm]
	return ok && !since.After(heard) && (!red || now.Before(l.Held[alarm]))
}

// Looks is the input of the function look.
type Looks struct {
	Releases []string `json:"releases"`       // that bake, and whose checks count
	Idle     []string `json:"idle,omitempty"` // that are over, and have left a pool to retire
}
