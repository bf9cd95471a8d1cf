package cloudwatch

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// SetAlarmState puts an alarm in a state until its next evaluation: within ten seconds or a minute for metric alarms,
// when a child moves for composite ones. Only a change of the state is an event.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html
func (s *Service) SetAlarmState(_ context.Context, in *awscloudwatch.SetAlarmStateInput) (*awscloudwatch.SetAlarmStateOutput, error) {
	switch {
	case !slices.Contains(in.StateValue.Values(), in.StateValue):
		return nil, validation("The value %q for parameter StateValue must be OK, ALARM or INSUFFICIENT_DATA.", in.StateValue)
	case in.StateReason == nil || len(*in.StateReason) > 1023:
		return nil, validation("StateReason is required and has at most 1023 characters.")
	case in.StateReasonData != nil && !json.Valid([]byte(*in.StateReasonData)):
		return nil, &types.InvalidFormatFault{Message: ptr("StateReasonData was not syntactically valid JSON.")}
	}
	s.mu.Lock()
	defer s.unlock()
	a := s.alarms[str(in.AlarmName)]
	if a == nil {
		return nil, &types.ResourceNotFound{Message: ptr("Alarm " + str(in.AlarmName) + " does not exist.")}
	}
	next := state{value: in.StateValue, reason: *in.StateReason, data: str(in.StateReasonData), at: time.Now()}
	if next.value == a.state.value {
		a.state.reason, a.state.data, a.state.at = next.reason, next.data, next.at
		return &awscloudwatch.SetAlarmStateOutput{}, nil
	}
	s.change(a, next)
	s.ripple(next.at)
	return &awscloudwatch.SetAlarmStateOutput{}, nil
}

// DeleteAlarms deletes alarms; names of no alarm are passed over. A composite alarm keeps its children from being deleted.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html
func (s *Service) DeleteAlarms(_ context.Context, in *awscloudwatch.DeleteAlarmsInput) (*awscloudwatch.DeleteAlarmsOutput, error) {
	if len(in.AlarmNames) == 0 || len(in.AlarmNames) > 100 {
		return nil, validation("AlarmNames must have between 1 and 100 members.")
	}
	s.mu.Lock()
	defer s.unlock()
	composites := 0
	for _, name := range in.AlarmNames {
		if a := s.alarms[name]; a != nil && a.composite != nil {
			composites++
		}
		if users := s.usersOf(name, in.AlarmNames); len(users) > 0 {
			return nil, validation("Cannot delete %s as there are composite alarm(s) depending on it: %s", name, strings.Join(users, ", "))
		}
	}
	if composites > 1 {
		return nil, validation("Only one composite alarm can be deleted at once.")
	}
	for _, name := range in.AlarmNames {
		if a := s.alarms[name]; a != nil {
			a.forgetTimers()
			delete(s.alarms, name)
			s.configurationChanged("delete", a, nil)
		}
	}
	s.schedule()
	return &awscloudwatch.DeleteAlarmsOutput{}, nil
}

// usersOf lists the composite alarms that need an alarm and are not going away themselves.
func (s *Service) usersOf(name string, going []string) []string {
	var users []string
	for _, a := range s.alarms {
		if a.composite == nil || slices.Contains(going, a.name) {
			continue
		}
		if slices.Contains(a.composite.children, name) || a.composite.suppressor == name {
			users = append(users, a.name)
		}
	}
	slices.Sort(users)
	return users
}
