package cloudwatch

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"sluice/shared/kind"
)

// Watched is an alarm with what it watches, for a person who asks whether it can tell anything.
type Watched struct {
	Level
	Metrics  []string // "AWS/Lambda Errors, FunctionName checkout"; none of a composite alarm, or where only an expression tells
	Blind    bool     // none of those metrics had a value in the last week
	Unread   string   // why that is not known; empty when it is
	Missing  string   // what it takes missing data for: missing, ignore, breaching, notBreaching
	Period   time.Duration
	Evaluate int // data points that it looks at
}

// Watched reads alarms with what they watch. An alarm that does not exist is left out. What the metrics hold is read in one call more; if that
// fails, Unread says so.
func (w *Watcher) Watched(ctx context.Context, names []string, now time.Time) ([]Watched, error) {
	metric, composite, err := w.describe(ctx, names)
	if err != nil {
		return nil, err
	}
	var b batch
	var all []Watched
	ids := make([][]string, len(metric))
	for i, a := range metric {
		one := Watched{Level: levelOf(a), Missing: aws.ToString(a.TreatMissingData), Period: period(a), Evaluate: int(aws.ToInt32(a.EvaluationPeriods))}
		for _, m := range watches(a) {
			one.Metrics = append(one.Metrics, said(m))
			ids[i] = append(ids[i], b.ask(metricOf(m)))
		}
		all = append(all, one)
	}
	found, err := b.read(ctx, w.cloudwatch, week(now), now)
	for i := range metric {
		if err != nil {
			all[i].Unread = Why(err)
			continue
		}
		all[i].Blind = len(ids[i]) > 0
		for _, id := range ids[i] {
			if why, unread := found.unread[id]; unread {
				all[i].Unread = why
			}
			all[i].Blind = all[i].Blind && len(found.values[id]) == 0
		}
	}
	for _, a := range composite {
		all = append(all, Watched{Level: levelOfComposite(a)})
	}
	return all, nil
}

// week is the full hour a week before.
func week(now time.Time) time.Time { return now.Truncate(time.Hour).Add(-7 * 24 * time.Hour) }

// watches are the metrics of an alarm in this account. Those of other accounts (AccountId) are left out.
func watches(a types.MetricAlarm) []types.Metric {
	if a.MetricName != nil {
		return []types.Metric{{Namespace: a.Namespace, MetricName: a.MetricName, Dimensions: a.Dimensions}}
	}
	var all []types.Metric
	for _, q := range a.Metrics {
		if q.MetricStat != nil && q.MetricStat.Metric != nil && q.AccountId == nil {
			all = append(all, *q.MetricStat.Metric)
		}
	}
	return all
}

// metricOf asks how many values a metric had in each hour.
func metricOf(m types.Metric) metric {
	dimensions := map[string]string{}
	for _, d := range m.Dimensions {
		dimensions[aws.ToString(d.Name)] = aws.ToString(d.Value)
	}
	return metric{Metric: kind.Metric{Namespace: aws.ToString(m.Namespace), Name: aws.ToString(m.MetricName), Dimensions: dimensions}, stat: "SampleCount", period: time.Hour}
}

// said names a metric as people do.
func said(m types.Metric) string {
	text := fmt.Sprintf("%s %s", aws.ToString(m.Namespace), aws.ToString(m.MetricName))
	of := metricOf(m).Dimensions
	for _, name := range slices.Sorted(maps.Keys(of)) {
		text += fmt.Sprintf(", %s %s", name, of[name])
	}
	return strings.TrimSpace(text)
}
