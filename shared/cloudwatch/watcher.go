// Package cloudwatch reads alarms and counts.
package cloudwatch

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"sluice/shared/judge"
	"sluice/shared/rollout"
)

type api interface {
	DescribeAlarms(context.Context, *cloudwatch.DescribeAlarmsInput, ...func(*cloudwatch.Options)) (*cloudwatch.DescribeAlarmsOutput, error)
	GetMetricData(context.Context, *cloudwatch.GetMetricDataInput, ...func(*cloudwatch.Options)) (*cloudwatch.GetMetricDataOutput, error)
}

// Watcher reads the alarms and metrics of one account and region.
type Watcher struct{ cloudwatch api }

// New builds a watcher.
func New(cfg aws.Config) *Watcher { return &Watcher{cloudwatch: cloudwatch.NewFromConfig(cfg)} }

// Alarms reads the present states of alarms, metric and composite, by name. An alarm that does not exist is left out.
// DescribeAlarms takes at most 100 names, which is also the limit of a definition.
func (w *Watcher) Alarms(ctx context.Context, names []string) (map[string]judge.AlarmState, error) {
	states := map[string]judge.AlarmState{}
	if len(names) == 0 {
		return states, nil
	}
	out, err := w.cloudwatch.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{
		AlarmNames: names, AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm, types.AlarmTypeCompositeAlarm},
		MaxRecords: aws.Int32(100),
	})
	if err != nil {
		return nil, fmt.Errorf("reading alarms: %w", err)
	}
	for _, a := range out.MetricAlarms {
		states[aws.ToString(a.AlarmName)] = judge.AlarmState(a.StateValue)
	}
	for _, a := range out.CompositeAlarms {
		states[aws.ToString(a.AlarmName)] = judge.AlarmState(a.StateValue)
	}
	return states, nil
}

// Span is what Counts looks at: a revision at a weight, between two times.
type Span struct {
	Revision string
	Weight   rollout.Weight
	From, To time.Time
}

// Counts reads what a revision served in a span, for each ceiling, in one call.
func (w *Watcher) Counts(ctx context.Context, d rollout.Definition, s Span) ([]judge.Counts, error) {
	ceilings := d.Checks.Ceilings
	counts := make([]judge.Counts, len(ceilings))
	if len(ceilings) == 0 {
		return counts, nil
	}
	var queries []types.MetricDataQuery
	for i, c := range ceilings {
		queries = append(queries, pair(i, d.Target, c, s)...)
	}
	in := &cloudwatch.GetMetricDataInput{MetricDataQueries: queries, StartTime: &s.From, EndTime: &s.To}
	pages := cloudwatch.NewGetMetricDataPaginator(w.cloudwatch, in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading metrics: %w", err)
		}
		if err := whole(page.MetricDataResults); err != nil {
			return nil, err
		}
		add(counts, page.MetricDataResults)
	}
	return counts, nil
}

// whole finds a metric that CloudWatch could not read. It says so inside a good answer, beside the metrics that it could
// read, and errors that nobody could count must not look like none
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataResult.html).
func whole(results []types.MetricDataResult) error {
	for _, r := range results {
		if r.StatusCode == types.StatusCodeInternalError || r.StatusCode == types.StatusCodeForbidden {
			return fmt.Errorf("reading metric %s: CloudWatch answered %s", aws.ToString(r.Label), r.StatusCode)
		}
	}
	return nil
}

// add sums the results into the counts that their ids name: r<i> are requests, e<i> errors of ceiling i.
func add(counts []judge.Counts, results []types.MetricDataResult) {
	for _, r := range results {
		kind, i := aws.ToString(r.Id)[:1], 0
		if _, err := fmt.Sscan(aws.ToString(r.Id)[1:], &i); err != nil || i >= len(counts) {
			continue
		}
		sum := 0.0
		for _, v := range r.Values {
			sum += v
		}
		if kind == "r" {
			counts[i].Requests += int(sum)
		} else {
			counts[i].Errors += int(sum)
		}
	}
}

// pair asks for requests (r<i>) and errors (e<i>) of one ceiling.
func pair(i int, t rollout.Target, c rollout.Ceiling, s Span) []types.MetricDataQuery {
	m := lambdaMetric(t.LambdaAlias, s)
	if c.Metrics != nil {
		m = customMetric(*c.Metrics, s.Revision)
	}
	return []types.MetricDataQuery{m.query(fmt.Sprintf("r%d", i), m.requests), m.query(fmt.Sprintf("e%d", i), m.errors)}
}

type metric struct {
	namespace, requests, errors string
	dimensions                  []types.Dimension
	period                      int32
}

func (m metric) query(id, name string) types.MetricDataQuery {
	return types.MetricDataQuery{Id: &id, ReturnData: aws.Bool(true), MetricStat: &types.MetricStat{
		Metric: &types.Metric{Namespace: &m.namespace, MetricName: &name, Dimensions: m.dimensions},
		Period: &m.period, Stat: aws.String("Sum"),
	}}
}

// lambdaMetric is what Lambda publishes for an alias: by executed version while two versions serve, and for the alias
// as a whole when one does (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html).
func lambdaMetric(a *rollout.LambdaAlias, s Span) metric {
	m := metric{namespace: "AWS/Lambda", requests: "Invocations", errors: "Errors", period: 60, dimensions: []types.Dimension{
		dimension("FunctionName", a.Function), dimension("Resource", a.Function+":"+a.Alias),
	}}
	if s.Weight < rollout.All {
		m.dimensions = append(m.dimensions, dimension("ExecutedVersion", s.Revision))
	}
	return m
}

func customMetric(m rollout.Metric, revision string) metric {
	dims := []types.Dimension{dimension(m.RevisionDimension, revision)}
	for name, value := range m.Dimensions {
		dims = append(dims, dimension(name, value))
	}
	return metric{namespace: m.Namespace, requests: m.Requests, errors: m.Errors, dimensions: dims, period: int32(m.Period.Seconds())}
}

func dimension(name, value string) types.Dimension {
	return types.Dimension{Name: &name, Value: &value}
}
