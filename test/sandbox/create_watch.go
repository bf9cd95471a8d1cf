package sandbox

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logstypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"sluice/test/sandbox/cfn"
)

func (s *Sandbox) watchCreators() map[string]cfn.Creator {
	return map[string]cfn.Creator{
		"AWS::CloudWatch::Alarm":          creator(map[string]string{"Tags": nobodyAsks}, s.createAlarm),
		"AWS::CloudWatch::CompositeAlarm": creator(map[string]string{"Tags": nobodyAsks}, s.createCompositeAlarm),
		"AWS::CloudWatch::Dashboard":      creator(map[string]string{"Tags": nobodyAsks}, s.createDashboard),
		"AWS::Logs::LogGroup": creator(map[string]string{
			"Tags": nobodyAsks, "RetentionInDays": "logs last as long as the sandbox", "KmsKeyId": notEncrypted, "LogGroupClass": notPaid,
		}, s.createLogGroup),
		"AWS::Logs::MetricFilter": creator(nil, s.createMetricFilter),
	}
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
type alarmProperties struct {
	AlarmName, AlarmDescription                      string
	ActionsEnabled                                   *bool
	AlarmActions, OKActions, InsufficientDataActions []string
	ComparisonOperator                               types.ComparisonOperator
	DatapointsToAlarm, EvaluationPeriods, Period     *int32
	Dimensions                                       []types.Dimension
	EvaluateLowSampleCountPercentile                 string
	ExtendedStatistic, MetricName, Namespace         string
	Metrics                                          []types.MetricDataQuery
	Statistic                                        types.Statistic
	Threshold                                        *float64
	ThresholdMetricId, TreatMissingData              string
	Unit                                             types.StandardUnit
}

func (s *Sandbox) createAlarm(ctx context.Context, id string, p alarmProperties) (resource, error) {
	name := s.named(p.AlarmName, id)
	_, err := s.CloudWatch.PutMetricAlarm(ctx, &cloudwatch.PutMetricAlarmInput{
		AlarmName: &name, AlarmDescription: optional(p.AlarmDescription), ActionsEnabled: p.ActionsEnabled,
		AlarmActions: p.AlarmActions, OKActions: p.OKActions, InsufficientDataActions: p.InsufficientDataActions,
		ComparisonOperator: p.ComparisonOperator, DatapointsToAlarm: p.DatapointsToAlarm,
		EvaluationPeriods: p.EvaluationPeriods, Period: p.Period, Dimensions: p.Dimensions,
		EvaluateLowSampleCountPercentile: optional(p.EvaluateLowSampleCountPercentile),
		ExtendedStatistic:                optional(p.ExtendedStatistic),
		MetricName:                       optional(p.MetricName), Namespace: optional(p.Namespace),
		Metrics: p.Metrics, Statistic: p.Statistic, Threshold: p.Threshold,
		ThresholdMetricId: optional(p.ThresholdMetricId), TreatMissingData: optional(p.TreatMissingData), Unit: p.Unit,
	})
	return s.alarm(name), err
}

type compositeAlarmProperties struct {
	AlarmName, AlarmDescription, AlarmRule           string
	ActionsEnabled                                   *bool
	AlarmActions, OKActions, InsufficientDataActions []string
	ActionsSuppressor                                string
	ActionsSuppressorExtensionPeriod                 *int32
	ActionsSuppressorWaitPeriod                      *int32
}

func (s *Sandbox) createCompositeAlarm(ctx context.Context, id string, p compositeAlarmProperties) (resource, error) {
	name := s.named(p.AlarmName, id)
	_, err := s.CloudWatch.PutCompositeAlarm(ctx, &cloudwatch.PutCompositeAlarmInput{
		AlarmName: &name, AlarmDescription: optional(p.AlarmDescription), AlarmRule: &p.AlarmRule,
		ActionsEnabled: p.ActionsEnabled, AlarmActions: p.AlarmActions, OKActions: p.OKActions,
		InsufficientDataActions: p.InsufficientDataActions, ActionsSuppressor: optional(p.ActionsSuppressor),
		ActionsSuppressorExtensionPeriod: p.ActionsSuppressorExtensionPeriod,
		ActionsSuppressorWaitPeriod:      p.ActionsSuppressorWaitPeriod,
	})
	return s.alarm(name), err
}

func (s *Sandbox) alarm(name string) resource {
	return resource{name, map[string]string{"Arn": s.options.Home.ARN("cloudwatch", "alarm:"+name)}}
}

type dashboardProperties struct{ DashboardName, DashboardBody string }

func (s *Sandbox) createDashboard(ctx context.Context, id string, p dashboardProperties) (resource, error) {
	name := s.named(p.DashboardName, id)
	_, err := s.CloudWatch.PutDashboard(ctx, &cloudwatch.PutDashboardInput{DashboardName: &name, DashboardBody: &p.DashboardBody})
	return resource{ref: name}, err
}

type logGroupProperties struct{ LogGroupName string }

// createLogGroup makes a name only: what functions log goes to the sandbox's sink, whatever its group.
func (s *Sandbox) createLogGroup(_ context.Context, id string, p logGroupProperties) (resource, error) {
	name := s.named(p.LogGroupName, id)
	return resource{name, map[string]string{"Arn": s.options.Home.ARN("logs", "log-group:"+name+":*")}}, nil
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-metricfilter.html
type metricFilterProperties struct {
	FilterName, LogGroupName, FilterPattern string
	MetricTransformations                   []struct {
		MetricNamespace, MetricName, MetricValue string
		Dimensions                               []struct{ Key, Value string }
	}
}

// createMetricFilter makes the filter, and its group where nobody has: on AWS it must be there.
func (s *Sandbox) createMetricFilter(ctx context.Context, id string, p metricFilterProperties) (resource, error) {
	name := s.named(p.FilterName, id)
	in := &cloudwatchlogs.PutMetricFilterInput{FilterName: &name, LogGroupName: &p.LogGroupName, FilterPattern: &p.FilterPattern}
	for _, t := range p.MetricTransformations {
		to := logstypes.MetricTransformation{MetricNamespace: &t.MetricNamespace, MetricName: &t.MetricName, MetricValue: &t.MetricValue, Dimensions: map[string]string{}}
		for _, d := range t.Dimensions {
			to.Dimensions[d.Key] = d.Value
		}
		in.MetricTransformations = append(in.MetricTransformations, to)
	}
	var there *logstypes.ResourceAlreadyExistsException
	if _, err := s.Logs.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: &p.LogGroupName}); err != nil && !errors.As(err, &there) {
		return resource{}, err
	}
	_, err := s.Logs.PutMetricFilter(ctx, in)
	return resource{ref: name}, err
}
