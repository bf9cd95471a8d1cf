package cloudwatch

import (
	"time"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// An alarm watches metrics (watch) or other alarms (rule).
type alarm struct {
	name, arn, description string
	configured             time.Time
	actionsEnabled         bool
	actions                map[types.StateValue][]string

	state, previous state
	transitioned    time.Time        // of the last change of state.value
	leftAlarm       time.Time        // when it last stopped being in ALARM, for those it suppresses
	settled         types.StateValue // the last state whose actions have run (or were disabled)
	again           *time.Timer      // looks at held actions again

	watch     *watch
	composite *composite
}

// A state is what an alarm thinks, since when, and why.
type state struct {
	value            types.StateValue
	reason, data     string // data is JSON
	at               time.Time
	suppressedBy     types.ActionsSuppressedBy
	suppressedReason string
}

// A watch is the rule of a metric alarm.
type watch struct {
	in       *awscloudwatch.PutMetricAlarmInput // as given, for DescribeAlarms
	plan     *plan
	returned *query // the query whose value is compared
	plain    bool   // one metric, not metric math

	period     int64
	n, m       int // M of N
	threshold  float64
	comparison types.ComparisonOperator
	missing    string
	lowSamples float64 // fewer samples than this leave the state as it is; 0 is off
}

func (s *Service) alarmARN(name string) string { return s.opts.Home.ARN("cloudwatch", "alarm:"+name) }

func newState(now time.Time) state {
	return state{value: types.StateValueInsufficientData, reason: "Unchecked: Initial alarm creation", at: now}
}

func (a *alarm) forgetTimers() {
	if a.again != nil {
		a.again.Stop()
		a.again = nil
	}
}

// change moves an alarm to a new state value: event, actions. Composite alarms that look at it are left to
// ripple. Call it with mu held.
func (s *Service) change(a *alarm, next state) {
	a.previous, a.state = a.state, next
	a.transitioned = next.at
	if a.previous.value == types.StateValueAlarm {
		a.leftAlarm = next.at
	}
	a.state.suppressedBy, _ = s.suppression(a, next.at)
	a.state.suppressedReason = suppressedReason(a.state.suppressedBy)
	s.emitChange(a)
	s.settle(a, next.at)
	s.moved = append(s.moved, a.name)
}
