package cloudwatch

import (
	"context"
	"slices"
	"strings"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// DescribeAlarms lists alarms by name. Without AlarmTypes it lists metric alarms only, even when composite alarms are
// named: that is AWS's rule, and a way to miss a red composite alarm.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
func (s *Service) DescribeAlarms(_ context.Context, in *awscloudwatch.DescribeAlarmsInput) (*awscloudwatch.DescribeAlarmsOutput, error) {
	if err := checkDescribe(in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []*alarm
	for _, a := range s.alarms {
		if s.selects(in, a) {
			found = append(found, a)
		}
	}
	slices.SortFunc(found, func(a, b *alarm) int { return strings.Compare(a.name, b.name) })
	found, next, err := paged(found, in.NextToken, in.MaxRecords, 50, 100)
	if err != nil {
		return nil, err
	}
	out := &awscloudwatch.DescribeAlarmsOutput{NextToken: next}
	brief := in.ChildrenOfAlarmName != nil || in.ParentsOfAlarmName != nil
	for _, a := range found {
		switch {
		case a.composite != nil && brief:
			out.CompositeAlarms = append(out.CompositeAlarms, types.CompositeAlarm{
				AlarmName: &a.name, AlarmArn: &a.arn, StateValue: a.state.value, StateUpdatedTimestamp: ptr(a.state.at),
			})
		case a.composite != nil:
			out.CompositeAlarms = append(out.CompositeAlarms, a.compositeAlarm())
		case brief:
			out.MetricAlarms = append(out.MetricAlarms, types.MetricAlarm{
				AlarmName: &a.name, AlarmArn: &a.arn, StateValue: a.state.value, StateUpdatedTimestamp: ptr(a.state.at),
			})
		default:
			out.MetricAlarms = append(out.MetricAlarms, a.metricAlarm())
		}
	}
	return out, nil
}

func checkDescribe(in *awscloudwatch.DescribeAlarmsInput) error {
	family := in.ChildrenOfAlarmName != nil || in.ParentsOfAlarmName != nil
	others := len(in.AlarmNames) > 0 || in.AlarmNamePrefix != nil || in.StateValue != "" || in.ActionPrefix != nil || len(in.AlarmTypes) > 0
	switch {
	case len(in.AlarmNames) > 100:
		return validation("AlarmNames must not have a size greater than 100.")
	case len(in.AlarmNames) > 0 && in.AlarmNamePrefix != nil:
		return validation("AlarmNames and AlarmNamePrefix are mutually exclusive.")
	case family && (others || in.ChildrenOfAlarmName != nil && in.ParentsOfAlarmName != nil):
		return validation("ChildrenOfAlarmName and ParentsOfAlarmName stand alone.")
	case slices.Contains(in.AlarmTypes, types.AlarmTypeLogAlarm):
		return unsupported("log alarms")
	}
	return nil
}

func (s *Service) selects(in *awscloudwatch.DescribeAlarmsInput, a *alarm) bool {
	switch {
	case in.ChildrenOfAlarmName != nil:
		parent := s.alarms[*in.ChildrenOfAlarmName]
		return parent != nil && parent.composite != nil && slices.Contains(parent.composite.children, a.name)
	case in.ParentsOfAlarmName != nil:
		return a.composite != nil && slices.Contains(a.composite.children, *in.ParentsOfAlarmName)
	}
	kinds := in.AlarmTypes
	if len(kinds) == 0 {
		kinds = []types.AlarmType{types.AlarmTypeMetricAlarm}
	}
	return slices.Contains(kinds, a.kind()) &&
		(len(in.AlarmNames) == 0 || slices.Contains(in.AlarmNames, a.name)) &&
		strings.HasPrefix(a.name, str(in.AlarmNamePrefix)) &&
		(in.StateValue == "" || in.StateValue == a.state.value) &&
		(in.ActionPrefix == nil || a.hasAction(*in.ActionPrefix))
}

func (a *alarm) hasAction(prefix string) bool {
	for _, arns := range a.actions {
		if slices.ContainsFunc(arns, func(arn string) bool { return strings.HasPrefix(arn, prefix) }) {
			return true
		}
	}
	return false
}

func (a *alarm) metricAlarm() types.MetricAlarm {
	in := a.watch.in
	return types.MetricAlarm{
		AlarmName: ptr(a.name), AlarmArn: ptr(a.arn), AlarmDescription: in.AlarmDescription,
		AlarmConfigurationUpdatedTimestamp: ptr(a.configured),
		ActionsEnabled:                     ptr(a.actionsEnabled),
		OKActions:                          list(in.OKActions),
		AlarmActions:                       list(in.AlarmActions),
		InsufficientDataActions:            list(in.InsufficientDataActions),
		StateValue:                         a.state.value,
		StateReason:                        ptr(a.state.reason),
		StateReasonData:                    optional(a.state.data),
		StateUpdatedTimestamp:              ptr(a.state.at),
		StateTransitionedTimestamp:         ptr(a.transitioned),
		MetricName:                         in.MetricName, Namespace: in.Namespace, Statistic: in.Statistic,
		ExtendedStatistic: in.ExtendedStatistic, Dimensions: slices.Clone(in.Dimensions), Period: in.Period, Unit: in.Unit,
		EvaluationPeriods: in.EvaluationPeriods, DatapointsToAlarm: in.DatapointsToAlarm, Threshold: in.Threshold,
		ComparisonOperator: in.ComparisonOperator, TreatMissingData: in.TreatMissingData,
		EvaluateLowSampleCountPercentile: in.EvaluateLowSampleCountPercentile, Metrics: slices.Clone(in.Metrics),
	}
}

func (a *alarm) compositeAlarm() types.CompositeAlarm {
	in := a.composite.in
	return types.CompositeAlarm{
		AlarmName: ptr(a.name), AlarmArn: ptr(a.arn), AlarmDescription: in.AlarmDescription, AlarmRule: in.AlarmRule,
		AlarmConfigurationUpdatedTimestamp: ptr(a.configured),
		ActionsEnabled:                     ptr(a.actionsEnabled),
		OKActions:                          list(in.OKActions),
		AlarmActions:                       list(in.AlarmActions),
		InsufficientDataActions:            list(in.InsufficientDataActions),
		StateValue:                         a.state.value,
		StateReason:                        ptr(a.state.reason),
		StateReasonData:                    optional(a.state.data),
		StateUpdatedTimestamp:              ptr(a.state.at),
		StateTransitionedTimestamp:         ptr(a.transitioned),
		ActionsSuppressor:                  in.ActionsSuppressor, ActionsSuppressorWaitPeriod: in.ActionsSuppressorWaitPeriod,
		ActionsSuppressorExtensionPeriod: in.ActionsSuppressorExtensionPeriod,
		ActionsSuppressedBy:              a.state.suppressedBy,
		ActionsSuppressedReason:          optional(a.state.suppressedReason),
	}
}

func (a *alarm) kind() types.AlarmType {
	if a.composite != nil {
		return types.AlarmTypeCompositeAlarm
	}
	return types.AlarmTypeMetricAlarm
}

// Red says which of the named alarms are in ALARM, for services that look at alarms themselves.
func (s *Service) Red(names []string) (red []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range names {
		if a := s.alarms[name]; a != nil && a.state.value == types.StateValueAlarm {
			red = append(red, name)
		}
	}
	return red
}
