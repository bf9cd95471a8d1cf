package cloudwatch

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"sluice/shared/kind"
)

// A batch is everything that one GetMetricData asks for. Each metric is in it once, however many checks need it. A call takes
// 500 metrics (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html); as many checks as a
// definition may have need fewer.
type batch struct {
	queries []types.MetricDataQuery
	ids     map[string]string // ids of the metrics that are asked for, by the metric
	figures []figure          // under the ids f0, f1, ...; one that is made of others comes after them
}

// metric is one metric of one revision.
type metric struct {
	kind.Metric
	stat   string
	period time.Duration
}

func (m metric) query(id string) types.MetricDataQuery {
	period := int32(m.period.Seconds())
	q := types.MetricDataQuery{Id: &id, ReturnData: aws.Bool(true), MetricStat: &types.MetricStat{
		Metric: &types.Metric{Namespace: &m.Namespace, MetricName: &m.Name}, Period: &period, Stat: &m.stat,
	}}
	for _, name := range slices.Sorted(maps.Keys(m.Dimensions)) {
		q.MetricStat.Metric.Dimensions = append(q.MetricStat.Metric.Dimensions, types.Dimension{Name: &name, Value: aws.String(m.Dimensions[name])})
	}
	return q
}

// ask adds a metric to the batch and returns the id of its values; none for a metric that is not there.
func (b *batch) ask(m metric) string {
	switch {
	case m.Absent():
		return ""
	case m.Made != nil:
		return b.make(m)
	}
	key := fmt.Sprintf("%+v", m)
	if id, known := b.ids[key]; known {
		return id
	}
	id := fmt.Sprintf("q%d", len(b.queries))
	b.note(key, id)
	b.queries = append(b.queries, m.query(id))
	return id
}

// figure is a metric that is made of others when their values are there.
type figure struct {
	of   map[string]string // the ids of what it is made of
	made func(of map[string]float64) float64
}

// make asks for what a metric is made of. Where a metric has no statistic of its own, its parts have that of the whole.
func (b *batch) make(m metric) string {
	f := figure{map[string]string{}, m.Made}
	for _, name := range slices.Sorted(maps.Keys(m.Of)) {
		of := m.Of[name]
		f.of[name] = b.ask(metric{Metric: of, stat: cmp.Or(of.Stat, m.stat), period: m.period})
	}
	id := fmt.Sprintf("f%d", len(b.figures))
	b.figures = append(b.figures, f)
	return id
}

// note remembers under which id something is asked for.
func (b *batch) note(key, id string) {
	if b.ids == nil {
		b.ids = map[string]string{}
	}
	b.ids[key] = id
}

// values are a metric's values by the beginning of their period, Unix seconds.
type values map[int64]float64

// answers are the values of metrics by their ids, and why some metrics could not be read. CloudWatch reports those inside a successful answer,
// beside the metrics that it could read. A metric of errors that could not be read must not look like no errors
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataResult.html).
type answers struct {
	values map[string]values
	unread map[string]string
}

// read carries out the batch. An empty batch makes no call.
func (b *batch) read(ctx context.Context, from api, since, until time.Time) (answers, error) {
	found := answers{map[string]values{}, map[string]string{}}
	if len(b.queries) == 0 {
		return found, nil
	}
	in := &cloudwatch.GetMetricDataInput{MetricDataQueries: b.queries, StartTime: &since, EndTime: &until}
	pages := cloudwatch.NewGetMetricDataPaginator(from, in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return found, fmt.Errorf("reading metrics: %w", err)
		}
		for _, r := range page.MetricDataResults {
			found.add(r)
		}
	}
	for i, f := range b.figures {
		found.make(fmt.Sprintf("f%d", i), f)
	}
	return found, nil
}

func (a answers) add(r types.MetricDataResult) {
	id := aws.ToString(r.Id)
	if r.StatusCode == types.StatusCodeInternalError || r.StatusCode == types.StatusCodeForbidden {
		a.unread[id] = fmt.Sprintf("it answered %s for metric %s", r.StatusCode, aws.ToString(r.Label))
	}
	if a.values[id] == nil {
		a.values[id] = values{}
	}
	for i, at := range r.Timestamps {
		a.values[id][at.Unix()] = r.Values[i]
	}
}

// make adds a figure's values: one for each time at which anything that it is made of has one.
func (a answers) make(id string, f figure) {
	a.values[id] = values{}
	for _, of := range f.of {
		if why, unread := a.unread[of]; unread {
			a.unread[id] = why
		}
		for at := range a.values[of] {
			parts := map[string]float64{}
			for name, part := range f.of {
				parts[name] = a.values[part][at]
			}
			a.values[id][at] = f.made(parts)
		}
	}
}

// fill replaces the variables in the values of dimensions by the versions.
func fill(dimensions map[string]string, stable, candidate string) map[string]string {
	filled := make(map[string]string, len(dimensions))
	for name, value := range dimensions {
		filled[name] = strings.NewReplacer("${candidate}", candidate, "${stable}", stable).Replace(value)
	}
	return filled
}
