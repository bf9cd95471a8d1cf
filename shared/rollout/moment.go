package rollout

import "time"

// Moment is a time in whole milliseconds since 1970. It is a number, so DynamoDB can compare it, and as fine as the times at which
// CloudWatch says that alarms changed. With whole seconds, an alarm that changed just before a release would count as changed during it.
type Moment int64

// MomentOf cuts a time to its millisecond; the zero time is 0.
func MomentOf(t time.Time) Moment {
	if t.IsZero() {
		return 0
	}
	return Moment(t.UnixMilli())
}

// Time is the beginning of the millisecond; 0 is the zero time.
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
