package cloudwatch

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"sluice/test/sandbox/cloudwatch/metricmath"
)

const maxDatapoints = 100_800

// GetMetricData reads metrics and evaluates metric math over them.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
func (s *Service) GetMetricData(_ context.Context, in *awscloudwatch.GetMetricDataInput) (*awscloudwatch.GetMetricDataOutput, error) {
	if err := checkMetricData(in); err != nil {
		return nil, err
	}
	p, err := newPlan(in.MetricDataQueries)
	if err != nil {
		return nil, err
	}
	results, err := s.results(p, in)
	if err != nil {
		return nil, err
	}
	return page(results, in)
}

func checkMetricData(in *awscloudwatch.GetMetricDataInput) error {
	switch {
	case in.StartTime == nil || in.EndTime == nil:
		return validation("The parameters StartTime and EndTime are required.")
	case !in.StartTime.Before(*in.EndTime):
		return validation("The parameter StartTime must be less than the parameter EndTime.")
	case len(in.MetricDataQueries) == 0:
		return validation("The parameter MetricDataQueries is required.")
	case len(in.MetricDataQueries) > 500:
		return validation("The collection MetricDataQueries must not have a size greater than 500.")
	case in.MaxDatapoints != nil && (*in.MaxDatapoints < 1 || *in.MaxDatapoints > maxDatapoints):
		return validation("The parameter MaxDatapoints must be between 1 and %d.", maxDatapoints)
	}
	return nil
}

func (s *Service) results(p *plan, in *awscloudwatch.GetMetricDataInput) ([]types.MetricDataResult, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.metrics.release(time.Now())
	r := p.read(&s.metrics, func(period int64) window { return queryWindow(*in.StartTime, *in.EndTime, period) })
	var results []types.MetricDataResult
	for _, q := range p.order {
		if q.hidden {
			continue
		}
		list, err := r.series(q.id)
		if err != nil {
			return nil, validation("%v", err)
		}
		for i, one := range list {
			label := q.label
			if len(list) > 1 {
				label = fmt.Sprintf("%s %d", q.label, i+1)
			}
			results = append(results, result(q.id, label, one, in.ScanBy != types.ScanByTimestampAscending))
		}
	}
	return results, nil
}

// result lists the newest data first unless asked otherwise.
func result(id, label string, series metricmath.Series, newestFirst bool) types.MetricDataResult {
	out := types.MetricDataResult{
		Id: &id, Label: &label, StatusCode: types.StatusCodeComplete,
		Timestamps: make([]time.Time, len(series)), Values: make([]float64, len(series)),
	}
	for i, p := range series {
		out.Timestamps[i], out.Values[i] = time.Unix(p.At, 0).UTC(), p.Value
	}
	if newestFirst {
		slices.Reverse(out.Timestamps)
		slices.Reverse(out.Values)
	}
	return out
}

// page cuts the results to MaxDatapoints, continuing where the token says. Its token is the number of data points
// already given.
func page(results []types.MetricDataResult, in *awscloudwatch.GetMetricDataInput) (*awscloudwatch.GetMetricDataOutput, error) {
	skip := 0
	if in.NextToken != nil {
		n, err := strconv.Atoi(strings.TrimPrefix(*in.NextToken, "points-"))
		if err != nil || n < 0 {
			return nil, &types.InvalidNextToken{Message: ptr("The token was not given by GetMetricData.")}
		}
		skip = n
	}
	room := maxDatapoints
	if in.MaxDatapoints != nil {
		room = int(*in.MaxDatapoints)
	}
	next, out := skip+room, &awscloudwatch.GetMetricDataOutput{MetricDataResults: []types.MetricDataResult{}}
	for _, r := range results {
		n := len(r.Values)
		from, to := min(skip, n), min(skip+room, n)
		skip -= from
		room -= to - from
		if from == n && n > 0 { // given before
			continue
		}
		r.Timestamps, r.Values = r.Timestamps[from:to], r.Values[from:to]
		if to < n {
			r.StatusCode = types.StatusCodePartialData
			out.NextToken = ptr("points-" + strconv.Itoa(next))
		}
		out.MetricDataResults = append(out.MetricDataResults, r)
	}
	return out, nil
}
