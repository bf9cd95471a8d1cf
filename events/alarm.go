package events

import (
	"fmt"
	"strings"
	"time"
)

// AlarmStateChange is the detail-type of CloudWatch's alarm events; CloudWatch guarantees their delivery
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html).
const (
	CloudWatchSource = "aws.cloudwatch"
	AlarmStateChange = "CloudWatch Alarm State Change"
)

// Alarm is the detail of AlarmStateChange, as far as the guard reads it.
type Alarm struct {
	ARN        string     `json:"-"` // comes from the envelope; an alarm in another account or Region may have the same name
	AlarmName  string     `json:"alarmName"`
	State      AlarmState `json:"state"`
	Previous   AlarmState `json:"previousState"`
	MuteDetail *Mute      `json:"muteDetail,omitempty"` // present while a mute rule is active: muted alarms still send events
}

// AlarmState is one state of an alarm.
type AlarmState struct {
	Value               string    `json:"value"` // OK, ALARM or INSUFFICIENT_DATA
	Reason              string    `json:"reason"`
	Timestamp           AlarmTime `json:"timestamp"`
	ActionsSuppressedBy string    `json:"actionsSuppressedBy,omitempty"` // composite alarms: WaitPeriod, ExtensionPeriod or Alarm
}

// Mute says until when an alarm is muted.
type Mute struct {
	MutedByArn string    `json:"mutedByArn"`
	Start      AlarmTime `json:"muteWindowStart"`
	End        AlarmTime `json:"muteWindowEnd"`
}

// AlarmTime is a time as CloudWatch writes it in events: 2019-10-02T17:04:40.989+0000, which is not RFC 3339.
type AlarmTime time.Time

// Std is the time as the standard library knows it.
func (t AlarmTime) Std() time.Time { return time.Time(t) }

const alarmLayout = "2006-01-02T15:04:05.000-0700"

// MarshalText writes CloudWatch's layout.
func (t AlarmTime) MarshalText() ([]byte, error) { return []byte(t.Std().Format(alarmLayout)), nil }

// UnmarshalText reads CloudWatch's layout, and RFC 3339 for events made by hand.
func (t *AlarmTime) UnmarshalText(text []byte) error {
	for _, layout := range []string{alarmLayout, time.RFC3339Nano} {
		if parsed, err := time.Parse(layout, string(text)); err == nil {
			*t = AlarmTime(parsed)
			return nil
		}
	}
	return &Malformed{"an alarm's time", fmt.Sprintf("is %.60q", text), "write it as 2019-10-02T17:04:40.989+0000"}
}

// ReadAlarm reads an AlarmStateChange: its detail, and the ARN of the alarm.
func ReadAlarm(e Raw) (Alarm, error) {
	var a Alarm
	err := Decode(e.Detail, "detail", &a)
	a.State.Reason, a.Previous.Reason = Line(a.State.Reason), Line(a.Previous.Reason)
	a.ARN = alarmARN(e.Resources, a.AlarmName)
	switch {
	case err != nil:
		return a, err
	case a.AlarmName == "" || len(a.AlarmName) > longest:
		return a, &Malformed{"detail.alarmName", fmt.Sprintf("has %d bytes", len(a.AlarmName)), "write the alarm's name: 1 to 255 characters"}
	case a.State.Value == "":
		return a, &Malformed{"detail.state.value", "is missing", "write OK, ALARM or INSUFFICIENT_DATA"}
	case a.State.Timestamp.Std().IsZero():
		return a, &Malformed{"detail.state.timestamp", "is missing", "write when the state changed, as 2019-10-02T17:04:40.989+0000"}
	case a.ARN == "":
		return a, &Malformed{"resources", "does not name the alarm", "write its ARN: arn:aws:cloudwatch:<Region>:<account>:alarm:<name>"}
	}
	return a, nil
}

// alarmARN finds the ARN of an alarm among the resources of its event. EventBridge leaves them as they are when it forwards the event to
// another account or Region (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html).
func alarmARN(resources []string, name string) string {
	for _, arn := range resources {
		if parts := strings.SplitN(arn, ":", 7); len(parts) == 7 && parts[0] == "arn" && parts[2] == "cloudwatch" && parts[5] == "alarm" && parts[6] == name {
			return arn
		}
	}
	return ""
}

// AlarmPattern selects the events for guard: alarms that go red or lose their data.
func AlarmPattern() Pattern {
	return Pattern{
		"source": []string{CloudWatchSource}, "detail-type": []string{AlarmStateChange},
		"detail": map[string]any{"state": map[string]any{"value": []string{"ALARM", "INSUFFICIENT_DATA"}}},
	}
}
