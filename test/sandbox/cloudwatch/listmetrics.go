package cloudwatch

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"time"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// ListMetrics lists the metrics that had data in the last two weeks, or three hours (RecentlyActive).
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html
func (s *Service) ListMetrics(_ context.Context, in *awscloudwatch.ListMetricsInput) (*awscloudwatch.ListMetricsOutput, error) {
	if in.OwningAccount != nil || value(in.IncludeLinkedAccounts) {
		return nil, unsupported("metrics of other accounts")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.metrics.release(now)
	since := now.Add(-14 * 24 * time.Hour)
	if in.RecentlyActive == types.RecentlyActivePt3h {
		since = now.Add(-3 * time.Hour)
	}
	var found []types.Metric
	for _, key := range slices.Sorted(maps.Keys(s.metrics.byKey)) {
		if m := s.metrics.byKey[key]; !m.latest.Before(since) && m.matches(in) {
			found = append(found, types.Metric{Namespace: ptr(m.namespace), MetricName: ptr(m.name), Dimensions: slices.Clone(m.dims)})
		}
	}
	found, next, err := paged(found, in.NextToken, nil, 500, 500)
	return &awscloudwatch.ListMetricsOutput{Metrics: found, NextToken: next}, err
}

// matches: a filter names dimensions the metric must have, which may have others besides.
func (s *series) matches(in *awscloudwatch.ListMetricsInput) bool {
	if in.Namespace != nil && *in.Namespace != s.namespace || in.MetricName != nil && *in.MetricName != s.name {
		return false
	}
	for _, f := range in.Dimensions {
		if !slices.ContainsFunc(s.dims, func(d types.Dimension) bool {
			return *d.Name == str(f.Name) && (f.Value == nil || *d.Value == *f.Value)
		}) {
			return false
		}
	}
	return true
}

// DescribeAlarmsForMetric lists the alarms on one metric; metric-math alarms are not found this way.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmsForMetric.html
func (s *Service) DescribeAlarmsForMetric(_ context.Context, in *awscloudwatch.DescribeAlarmsForMetricInput) (*awscloudwatch.DescribeAlarmsForMetricOutput, error) {
	dims, err := readDimensions(in.Dimensions)
	if err != nil {
		return nil, err
	}
	key := seriesKey(nil, str(in.Namespace), str(in.MetricName), dims)
	stat := statName(in.Statistic, in.ExtendedStatistic)
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &awscloudwatch.DescribeAlarmsForMetricOutput{MetricAlarms: []types.MetricAlarm{}}
	for _, name := range slices.Sorted(maps.Keys(s.alarms)) {
		a := s.alarms[name]
		if a.watch == nil || !a.watch.plain {
			continue
		}
		q := a.watch.returned
		if bytes.Equal(seriesKey(nil, q.namespace, q.name, q.dims), key) && (stat == "" || stat == q.stat.name) &&
			(in.Period == nil || int64(*in.Period) == q.period) && (in.Unit == "" || in.Unit == q.unit) {
			out.MetricAlarms = append(out.MetricAlarms, a.metricAlarm())
		}
	}
	return out, nil
}
