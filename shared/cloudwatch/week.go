package cloudwatch

import (
	"context"
	"errors"
	"time"

	"sluice/shared/judge"
	"sluice/shared/rollout"
)

// Week is what an alias served in each minute of the last seven days, oldest first; zero where nothing was. CloudWatch keeps minutes for 15 days
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#metrics-retention).
func (w *Watcher) Week(ctx context.Context, a rollout.LambdaAlias, now time.Time) ([]judge.Counts, error) {
	const minutes = 7 * 24 * 60
	var b batch
	until := now.Truncate(time.Minute)
	since := until.Add(-minutes * time.Minute)
	requests, bad := b.counts(&a, judge.Stream{Period: time.Minute}, "", rollout.All, "")
	found, err := b.read(ctx, w.cloudwatch, since, until)
	if err != nil {
		return nil, err
	}
	for _, why := range found.unread {
		return nil, errors.New("reading last week's traffic: " + why)
	}
	week := make([]judge.Counts, minutes)
	for i := range week {
		at := since.Add(time.Duration(i) * time.Minute).Unix()
		week[i] = judge.Counts{Requests: int(found.values[requests][at]), Errors: int(found.values[bad][at])}
	}
	return week, nil
}

// Came is how many requests came through an alias, and how many to its function by any way, between two times. Lambda counts what names no alias under
// the function alone (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html).
func (w *Watcher) Came(ctx context.Context, a rollout.LambdaAlias, from, to time.Time) (alias, function int, err error) {
	var b batch
	all := metric{namespace: "AWS/Lambda", name: "Invocations", stat: "Sum", period: time.Minute, dimensions: map[string]string{"FunctionName": a.Function}}
	through := all
	through.dimensions = lambdaDimensions(&a, "", rollout.All)
	one, whole := b.ask(through), b.ask(all)
	found, err := b.read(ctx, w.cloudwatch, from.Truncate(time.Minute), to)
	if err != nil {
		return 0, 0, err
	}
	for _, why := range found.unread {
		return 0, 0, errors.New("reading invocations: " + why)
	}
	return sumOf(found.values[one]), sumOf(found.values[whole]), nil
}

func sumOf(v values) (n int) {
	for _, value := range v {
		n += int(value)
	}
	return n
}
