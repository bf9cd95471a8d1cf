package judge

import (
	"fmt"
	"time"

	"sluice/shared/rollout"
)

// AlarmState is what CloudWatch says of an alarm.
type AlarmState string

// The states (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html).
const (
	OK               AlarmState = "OK"
	Alarm            AlarmState = "ALARM"
	InsufficientData AlarmState = "INSUFFICIENT_DATA"
)

// Alarms judges the guard alarms by their present states. They are read, not only listened to, because an alarm that
// was red before the release sends no event. An alarm that the guard was told to hold for (muted, no data) is
// Inconclusive until the hold ends; a guard alarm that is gone is Inconclusive, too.
func Alarms(l rollout.Lease, states map[string]AlarmState, now time.Time) []Finding {
	findings := make([]Finding, len(l.Alarms))
	for i, name := range l.Alarms {
		findings[i] = alarm(l, name, states[name], now)
	}
	return findings
}

func alarm(l rollout.Lease, name string, state AlarmState, now time.Time) Finding {
	held := now.Before(l.Held[name])
	switch {
	case state == Alarm && held:
		return Finding{Inconclusive, name, fmt.Sprintf("Guard alarm %s is red but muted.", name)}
	case state == Alarm:
		return Finding{Fail, name, fmt.Sprintf("Guard alarm %s is red.", name)}
	case state == InsufficientData && l.Guard.WhenNoData == rollout.RollBack:
		return Finding{Fail, name, fmt.Sprintf("Guard alarm %s has no data, and the definition says to roll back then.", name)}
	case state == InsufficientData:
		return Finding{Inconclusive, name, fmt.Sprintf("Guard alarm %s has no data.", name)}
	case state == OK:
		return Finding{Pass, name, fmt.Sprintf("Guard alarm %s is green.", name)}
	}
	return Finding{Inconclusive, name, fmt.Sprintf("Guard alarm %s does not exist any more.", name)}
}
