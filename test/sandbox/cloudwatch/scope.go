package cloudwatch

import (
	"slices"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"sluice/test/sandbox/wire"
)

// scope tells IAM what a call touches. Metrics have no resource-level permissions.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
func (s *Service) scope(operation string, input any) []wire.Grant {
	resources := s.resources(input)
	grants := make([]wire.Grant, len(resources))
	for i, resource := range resources {
		grants[i] = wire.Grant{Action: "cloudwatch:" + operation, Resource: resource}
	}
	return grants
}

func (s *Service) resources(input any) []string {
	switch in := input.(type) {
	case *awscloudwatch.DescribeAlarmsInput:
		return s.described(in)
	case *awscloudwatch.PutMetricAlarmInput:
		return s.alarmsOr(optionalList(in.AlarmName))
	case *awscloudwatch.SetAlarmStateInput:
		return s.alarmsOr(optionalList(in.AlarmName))
	case *awscloudwatch.DeleteAlarmsInput:
		return s.alarmsOr(in.AlarmNames)
	case *awscloudwatch.PutDashboardInput:
		return []string{s.dashboardARN(str(in.DashboardName))}
	default:
		return s.muteResources(input)
	}
}

// described: "To use this operation and return information about composite alarms, you must be signed on with the
// cloudwatch:DescribeAlarms permission that is scoped to *." Metric alarms can be allowed one by one.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
func (s *Service) described(in *awscloudwatch.DescribeAlarmsInput) []string {
	if slices.Contains(in.AlarmTypes, types.AlarmTypeCompositeAlarm) {
		return []string{"*"}
	}
	return s.alarmsOr(in.AlarmNames)
}

// muteResources: a mute rule needs permission on itself and on each alarm it mutes.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutAlarmMuteRule.html
func (s *Service) muteResources(input any) []string {
	switch in := input.(type) {
	case *awscloudwatch.PutAlarmMuteRuleInput:
		arns := []string{s.muteARN(str(in.Name))}
		if in.MuteTargets != nil {
			arns = append(arns, each(in.MuteTargets.AlarmNames, s.alarmARN)...)
		}
		return arns
	case *awscloudwatch.GetAlarmMuteRuleInput:
		return []string{s.muteARN(str(in.AlarmMuteRuleName))}
	case *awscloudwatch.DeleteAlarmMuteRuleInput:
		return []string{s.muteARN(str(in.AlarmMuteRuleName))}
	default:
		return []string{"*"}
	}
}

// alarmsOr is the named alarms, or any alarm when none is named.
func (s *Service) alarmsOr(names []string) []string {
	if len(names) == 0 {
		return []string{s.alarmARN("*")}
	}
	return each(names, s.alarmARN)
}

func optionalList(p *string) []string {
	if p == nil {
		return nil
	}
	return []string{*p}
}

func each(names []string, f func(string) string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = f(name)
	}
	return out
}
