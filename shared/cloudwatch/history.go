package cloudwatch

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"sluice/shared/judge"
	"sluice/shared/rollout"
)

// yesterday is how much of stable's history is learnt from: a whole day, with its busy and its quiet hours.
const yesterday = 24 * time.Hour

// Learnt is what stable's last day says: from which durations on a request is slow (by check, in the order of its quantiles), and
// how many bad requests come together (by stream).
type Learnt struct {
	Slow    map[string][]float64
	Cluster map[string]float64
}

// Learn reads stable's last day before a time: two calls, made once for each release. Where there is no history, Slow lacks the check.
func (w *Watcher) Learn(ctx context.Context, d rollout.Definition, stable string, before time.Time) (Learnt, error) {
	learnt := Learnt{Slow: map[string][]float64{}, Cluster: map[string]float64{}}
	if err := w.slow(ctx, d, stable, before, learnt); err != nil {
		return learnt, err
	}
	return learnt, w.clusters(ctx, d, stable, before, learnt)
}

// slow finds stable's quantiles: of each hour, and of those the median, which one bad hour does not move.
func (w *Watcher) slow(ctx context.Context, d rollout.Definition, stable string, before time.Time, learnt Learnt) error {
	var b batch
	ids := map[string][]string{}
	for _, s := range judge.Streams(d) {
		if s.Latency {
			m := timing(d.Target.LambdaAlias, s, stable, rollout.All)
			m.period, m.stat = time.Hour, "p"+strconv.FormatFloat(s.Quantile, 'f', -1, 64)
			ids[s.Check] = append(ids[s.Check], b.ask(m))
		}
	}
	found, err := b.read(ctx, w.cloudwatch, before.Add(-yesterday), before)
	if err != nil {
		return err
	}
	for check, asked := range ids {
		var slow []float64
		for _, id := range asked {
			if hours := slices.Sorted(maps.Values(found[id])); len(hours) > 0 {
				slow = append(slow, hours[len(hours)/2])
			}
		}
		if len(slow) == len(asked) {
			learnt.Slow[check] = slow
		}
	}
	return nil
}

// clusters finds how many bad requests come together, where the definition does not say it.
func (w *Watcher) clusters(ctx context.Context, d rollout.Definition, stable string, before time.Time, learnt Learnt) error {
	var b batch
	ids := map[string]armsOf{}
	for _, s := range judge.Streams(d) {
		if !s.Compares || s.Compare.Cluster != 0 {
			continue
		}
		s.Period = max(s.Period, time.Minute)
		slow := ""
		if s.Latency {
			if learnt.Slow[s.Check] == nil {
				continue
			}
			slow = slower(learnt.Slow[s.Check][s.Place])
		}
		requests, bad := b.counts(d.Target.LambdaAlias, s, stable, rollout.All, slow)
		ids[s.Key] = armsOf{stable: requests, stableBad: bad}
	}
	found, err := b.read(ctx, w.cloudwatch, before.Add(-yesterday), before)
	if err != nil {
		return err
	}
	for key, pair := range ids {
		var minutes []judge.Counts
		for _, p := range pair.points(found) {
			minutes = append(minutes, p.Arms.Stable)
		}
		learnt.Cluster[key] = judge.Dispersion(minutes)
	}
	return nil
}
