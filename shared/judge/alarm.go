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
	findings := make([]Finding, len(l.Alarms), len(l.Alarms)+len(l.Red))
	for i, name := range l.Alarms {
		findings[i] = alarm(l, name, states[name], now)
	}
	for _, name := range l.Red { // the release mends what the alarm tells of: the checks judge the release
		findings = append(findings, Finding{
			Verdict: Inconclusive, By: name, Kind: rollout.ByAlarm, DryRun: true,
			Why: fmt.Sprintf("Guard alarm %s was red before the release and is ignored until it has been green once.", name),
		})
	}
	return findings
}

// Green lists the alarms that were red before the release and are green now: from now on they guard it.
func Green(l rollout.Lease, states map[string]AlarmState) []string {
	var green []string
	for _, name := range l.Red {
		if states[name] == OK {
			green = append(green, name)
		}
	}
	return green
}

// Checked judges alarms that are checks and do not guard: they are read when a bake ends.
func Checked(names []string, states map[string]AlarmState) []Finding {
	findings := make([]Finding, len(names))
	for i, name := range names {
		f := Finding{By: name, Kind: rollout.ByCheck}
		switch states[name] {
		case OK:
			f.Verdict, f.Why = Pass, fmt.Sprintf("Alarm %s is green.", name)
		case Alarm:
			f.Verdict, f.Why = Fail, fmt.Sprintf("Alarm %s is red.", name)
		case InsufficientData:
			f.Verdict, f.Why = Inconclusive, fmt.Sprintf("Alarm %s has no data.", name)
		default:
			f.Verdict, f.Why = Inconclusive, fmt.Sprintf("Alarm %s does not exist.", name)
		}
		findings[i] = f
	}
	return findings
}

func alarm(l rollout.Lease, name string, state AlarmState, now time.Time) Finding {
	held := now.Before(l.Held[name])
	say := func(v Verdict, why string) Finding {
		return Finding{Verdict: v, By: name, Why: why, Kind: rollout.ByAlarm}
	}
	switch {
	case state == Alarm && held:
		return say(Inconclusive, fmt.Sprintf("Guard alarm %s is red but muted.", name))
	case state == Alarm:
		return say(Fail, fmt.Sprintf("Guard alarm %s is red.", name))
	case state == InsufficientData && l.Guard.WhenNoData == rollout.RollBack:
		return say(Fail, fmt.Sprintf("Guard alarm %s has no data, and guard.whenNoData is rollBack.", name))
	case state == InsufficientData:
		return say(Inconclusive, fmt.Sprintf("Guard alarm %s has no data.", name))
	case state == OK:
		return say(Pass, fmt.Sprintf("Guard alarm %s is green.", name))
	}
	return say(Inconclusive, fmt.Sprintf("Guard alarm %s does not exist any more.", name))
}
