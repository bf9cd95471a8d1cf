package draft

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"sluice/shared/kind"
)

// Alarms are those of the account that fit a target: they watch a metric with one of the target's own dimensions, or are named after the service.
func Alarms(ctx context.Context, in Account, service string, t kind.Spec) (found []Choice, err error) {
	names := namesOf(t)
	pages := cloudwatch.NewDescribeAlarmsPaginator(cloudwatch.NewFromConfig(in), &cloudwatch.DescribeAlarmsInput{AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm, types.AlarmTypeCompositeAlarm}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing alarms: %w", err)
		}
		for _, a := range page.MetricAlarms {
			name := aws.ToString(a.AlarmName)
			if !engines(name) && (strings.HasPrefix(name, service) || watches(a, names)) {
				found = append(found, Choice{name, fmt.Sprintf("%s %s", aws.ToString(a.Namespace), aws.ToString(a.MetricName))})
			}
		}
		for _, a := range page.CompositeAlarms {
			if name := aws.ToString(a.AlarmName); !engines(name) && strings.HasPrefix(name, service) {
				found = append(found, Choice{name, "composite"})
			}
		}
	}
	return found, nil
}

// engines says whether an alarm is one of Sluice's own, which watch its functions.
func engines(alarm string) bool { return strings.HasPrefix(alarm, "sluice-") }

// namesOf are the values of the dimensions of a target's metrics.
func namesOf(t kind.Spec) []string {
	var names []string
	for _, m := range []kind.Metric{t.Metrics("").Requests, t.Metrics("").Errors} {
		names = append(names, dimensionsOf(m)...)
	}
	return names
}

func dimensionsOf(m kind.Metric) []string {
	values := slices.Collect(maps.Values(m.Dimensions))
	for _, part := range m.Of {
		values = append(values, dimensionsOf(part)...)
	}
	return values
}

func watches(a types.MetricAlarm, names []string) bool {
	all := a.Dimensions
	for _, q := range a.Metrics {
		if q.MetricStat != nil && q.MetricStat.Metric != nil {
			all = append(all, q.MetricStat.Metric.Dimensions...)
		}
	}
	return slices.ContainsFunc(all, func(d types.Dimension) bool { return slices.Contains(names, aws.ToString(d.Value)) })
}

// NewAlarm is the command that makes an alarm on a target's errors; empty where no one metric counts them.
func NewAlarm(name string, t kind.Spec) string {
	m := t.Metrics("").Errors
	if m.Name == "" {
		return ""
	}
	var dimensions []string
	for _, key := range slices.Sorted(maps.Keys(m.Dimensions)) {
		dimensions = append(dimensions, fmt.Sprintf("Name=%s,Value=%s", key, m.Dimensions[key]))
	}
	return fmt.Sprintf("aws cloudwatch put-metric-alarm --alarm-name %s --namespace %s --metric-name %s --dimensions %s --statistic Sum --period 60 --evaluation-periods 1 --threshold 3 --comparison-operator GreaterThanThreshold --treat-missing-data notBreaching",
		name, m.Namespace, m.Name, strings.Join(dimensions, " "))
}
