package cloudwatch

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// suppression says what keeps a composite alarm from its actions now, and until when if the clock ends it:
//
//   - Alarm: the suppressor is in ALARM.
//   - ExtensionPeriod: the suppressor left ALARM less than that ago.
//   - WaitPeriod: the composite alarm went to ALARM less than that ago, and the suppressor may still follow.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm_Action_Suppression.html
func (s *Service) suppression(a *alarm, now time.Time) (types.ActionsSuppressedBy, time.Time) {
	if a.composite == nil || a.composite.suppressor == "" {
		return "", time.Time{}
	}
	suppressor := s.alarms[a.composite.suppressor]
	if suppressor == nil {
		return "", time.Time{}
	}
	if suppressor.state.value == types.StateValueAlarm {
		return types.ActionsSuppressedByAlarm, time.Time{}
	}
	if end := suppressor.leftAlarm.Add(a.composite.extension); !suppressor.leftAlarm.IsZero() && now.Before(end) {
		return types.ActionsSuppressedByExtensionPeriod, end
	}
	if end := a.state.at.Add(a.composite.wait); a.state.value == types.StateValueAlarm && now.Before(end) {
		return types.ActionsSuppressedByWaitPeriod, end
	}
	return "", time.Time{}
}

func suppressedReason(by types.ActionsSuppressedBy) string {
	if by == "" {
		return ""
	}
	return "Actions suppressed by " + string(by)
}
