package rollout

import "time"

// Moment is a time in whole milliseconds since 1970: a number, which DynamoDB compares, and as fine as CloudWatch tells when an
// alarm has changed. Whole seconds would let an alarm that changed a moment before a release count as one that changed in it.
type Moment int64

// MomentOf cuts a time to its millisecond; no time is no moment.
func MomentOf(t time.Time) Moment {
	if t.IsZero() {
		return 0
	}
	return Moment(t.UnixMilli())
}

// Time is the beginning of the millisecond.
func (m Moment) Time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(m))
}

// Later is the later of two times.
func Later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
