package cloudwatch

import (
	"context"
	"slices"
	"time"

	"sluice/shared/judge"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// Hours is how many requests each stream of a definition's checks counted in each hour of the last week, oldest first, as if stable had served alone; of
// a bound, how many values its metrics had. A metric that cannot be read affects only its own check. What came before a stream counted anything is left
// out, so an empty list means that it never did. The hour that runs counts, as if it went on as it began, only for a stream that has no other.
func (w *Watcher) Hours(ctx context.Context, d rollout.Definition, stable string, now time.Time) (map[string][]float64, judge.Unread) {
	found := map[string][]float64{}
	return found, byCheck(judge.Streams(d), func(streams []judge.Stream) (judge.Unread, error) {
		return w.hours(ctx, d.Target.Spec(), streams, stable, now, found)
	})
}

func (w *Watcher) hours(ctx context.Context, t kind.Spec, streams []judge.Stream, stable string, now time.Time, into map[string][]float64) (judge.Unread, error) {
	var b batch
	asked, ids := map[string][]string{}, map[string][]string{}
	for _, s := range streams {
		ids[s.Key] = b.came(t, s, stable)
		asked[s.Check] = append(asked[s.Check], ids[s.Key]...)
	}
	since, until := week(now), now.Truncate(time.Hour)
	found, err := b.read(ctx, w.cloudwatch, since, until.Add(time.Hour))
	if err != nil {
		return nil, err
	}
	for key, some := range ids {
		into[key] = nil
		counted := func(at time.Time) (sum float64) {
			for _, id := range some {
				sum += found.values[id][at.Unix()]
			}
			return sum
		}
		for at := since; at.Before(until); at = at.Add(time.Hour) {
			if sum := counted(at); sum > 0 || len(into[key]) > 0 {
				into[key] = append(into[key], sum)
			}
		}
		if sum, runs := counted(until), now.Sub(until); sum > 0 && len(into[key]) == 0 {
			into[key] = []float64{sum * float64(time.Hour) / float64(max(runs, time.Minute))}
		}
	}
	return unreadable(asked, found), nil
}

// came asks for what tells that a stream counts, by the hour.
func (b *batch) came(t kind.Spec, s judge.Stream, stable string) []string {
	s.Period = time.Hour
	alone := arm{revision: stable, alone: true}
	switch {
	case s.Bound != nil:
		var ids []string
		for _, g := range s.Bound.Metrics {
			of := kind.Metric{Namespace: g.Namespace, Name: g.Name, Dimensions: fill(g.Dimensions, stable, stable)}
			ids = append(ids, b.ask(metric{Metric: of, stat: "SampleCount", period: s.Period}))
		}
		return slices.DeleteFunc(ids, func(id string) bool { return id == "" })
	case s.Latency:
		m := timing(t, s, alone)
		m.stat = "SampleCount"
		return []string{b.ask(m)}
	}
	requests, _ := b.counts(t, s, alone, "")
	return []string{requests}
}
