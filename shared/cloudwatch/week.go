package cloudwatch

import (
	"context"
	"errors"
	"time"

	"sluice/shared/judge"
	"sluice/shared/kind"
)

// Week is what a target served in each minute of the last seven days, oldest first; zero when it served nothing. CloudWatch keeps minutes for 15 days
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#metrics-retention).
func (w *Watcher) Week(ctx context.Context, t kind.Spec, now time.Time) ([]judge.Counts, error) {
	const minutes = 7 * 24 * 60
	var b batch
	until := now.Truncate(time.Minute)
	since := until.Add(-minutes * time.Minute)
	requests, bad := b.counts(t, judge.Stream{Period: time.Minute}, arm{alone: true}, "")
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

// Elsewhere is how many requests came to the thing behind a target in all, through the target or past it.
type Elsewhere struct {
	Requests int
	Of       string // "function checkout"
}

// Came is how many requests came through a target between two times. If callers can pass the target by, elsewhere has the number of all.
func (w *Watcher) Came(ctx context.Context, t kind.Spec, from, to time.Time) (came int, elsewhere Elsewhere, err error) {
	var b batch
	sum := func(m kind.Metric) string { return b.ask(metric{Metric: m, stat: "Sum", period: time.Minute}) }
	through, whole := sum(t.Metrics("").Requests), ""
	if bypassed, ok := t.(kind.Bypassed); ok {
		all, of := bypassed.Bypass()
		whole, elsewhere.Of = sum(all), of
	}
	found, err := b.read(ctx, w.cloudwatch, from.Truncate(time.Minute), to)
	if err != nil {
		return 0, elsewhere, err
	}
	for _, why := range found.unread {
		return 0, elsewhere, errors.New("reading requests: " + why)
	}
	elsewhere.Requests = sumOf(found.values[whole])
	return sumOf(found.values[through]), elsewhere, nil
}

func sumOf(v values) (n int) {
	for _, value := range v {
		n += int(value)
	}
	return n
}
