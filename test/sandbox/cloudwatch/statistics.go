package cloudwatch

import (
	"context"
	"slices"
	"time"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// GetMetricStatistics reads one metric by the older operation; its data points are in no promised order.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
func (s *Service) GetMetricStatistics(_ context.Context, in *awscloudwatch.GetMetricStatisticsInput) (*awscloudwatch.GetMetricStatisticsOutput, error) {
	stats, err := checkStatistics(in)
	if err != nil {
		return nil, err
	}
	dims, err := readDimensions(in.Dimensions)
	if err != nil {
		return nil, err
	}
	w := queryWindow(*in.StartTime, *in.EndTime, int64(*in.Period))
	if w.n > 1440 {
		return nil, invalidCombination("You have requested up to %d datapoints, which exceeds the limit of 1,440.", w.n)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.metrics.release(time.Now())
	out := &awscloudwatch.GetMetricStatisticsOutput{Label: in.MetricName, Datapoints: []types.Datapoint{}}
	m := s.metrics.find(*in.Namespace, *in.MetricName, dims)
	if m == nil {
		return out, nil
	}
	for i := range m.lines {
		if unit := m.lines[i].unit; in.Unit == "" || in.Unit == unit {
			out.Datapoints = append(out.Datapoints, m.datapoints(w, stats, unit)...)
		}
	}
	return out, nil
}

func checkStatistics(in *awscloudwatch.GetMetricStatisticsInput) ([]statistic, error) {
	switch {
	case str(in.Namespace) == "":
		return nil, missing("Namespace")
	case str(in.MetricName) == "":
		return nil, missing("MetricName")
	case in.StartTime == nil || in.EndTime == nil:
		return nil, missing("StartTime and EndTime")
	case in.Period == nil || checkPeriod(int64(*in.Period)) != nil:
		return nil, invalidValue("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.")
	case !in.StartTime.Before(*in.EndTime):
		return nil, invalidValue("The parameter StartTime must be less than the parameter EndTime.")
	case len(in.Statistics)+len(in.ExtendedStatistics) == 0:
		return nil, missing("Statistics or ExtendedStatistics")
	}
	var stats []statistic
	for _, name := range append(slices.Clone(in.ExtendedStatistics), names(in.Statistics)...) {
		st, err := parseStatistic(name)
		if err != nil {
			return nil, err
		}
		stats = append(stats, st)
	}
	return stats, nil
}

func names(stats []types.Statistic) []string {
	out := make([]string, len(stats))
	for i, st := range stats {
		out[i] = string(st)
	}
	return out
}

// datapoints joins the statistics of each period.
func (s *series) datapoints(w window, stats []statistic, unit types.StandardUnit) []types.Datapoint {
	var out []types.Datapoint
	index := map[int64]int{}
	for _, st := range stats {
		for _, p := range s.read(w, st, unit) {
			i, known := index[p.at]
			if !known {
				i = len(out)
				index[p.at] = i
				out = append(out, types.Datapoint{Timestamp: ptr(time.Unix(p.at, 0).UTC()), Unit: unit})
			}
			set(&out[i], st.name, p.value)
		}
	}
	return out
}

func set(d *types.Datapoint, stat string, v float64) {
	switch types.Statistic(stat) {
	case types.StatisticSum:
		d.Sum = &v
	case types.StatisticAverage:
		d.Average = &v
	case types.StatisticMinimum:
		d.Minimum = &v
	case types.StatisticMaximum:
		d.Maximum = &v
	case types.StatisticSampleCount:
		d.SampleCount = &v
	default:
		if d.ExtendedStatistics == nil {
			d.ExtendedStatistics = map[string]float64{}
		}
		d.ExtendedStatistics[stat] = v
	}
}
