package cloudwatch

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"sluice/shared/judge"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// yesterday is how much of stable's history is learnt from: a whole day, with its busy and its quiet hours.
const yesterday = 24 * time.Hour

// Learnt is what stable's last day says: the durations from which on a request is slow (by check, in the order of its quantiles) and, where clients
// are spread over the versions, how many bad requests come together (by stream).
type Learnt struct {
	Slow    map[string][]float64
	Cluster map[string]float64
}

// Learn reads stable's last day before a time: two calls at most, made once for each release. A check without history is missing in Slow. A metric
// that cannot be read affects only its own check.
func (w *Watcher) Learn(ctx context.Context, d rollout.Definition, stable string, before time.Time) (Learnt, judge.Unread) {
	learnt := Learnt{Slow: map[string][]float64{}, Cluster: map[string]float64{}}
	all := judge.Streams(d)
	unread := byCheck(slices.DeleteFunc(slices.Clone(all), func(s judge.Stream) bool { return !s.Latency }), func(streams []judge.Stream) (judge.Unread, error) {
		return w.slow(ctx, d.Target.Spec(), streams, stable, before, learnt)
	})
	maps.Copy(unread, byCheck(all, func(streams []judge.Stream) (judge.Unread, error) {
		return w.clusters(ctx, d.Target.Spec(), streams, stable, before, learnt)
	}))
	return learnt, unread
}

// slow finds stable's quantiles: the median over the hours of the day, which one bad hour does not move.
func (w *Watcher) slow(ctx context.Context, t kind.Spec, streams []judge.Stream, stable string, before time.Time, learnt Learnt) (judge.Unread, error) {
	var b batch
	ids := map[string][]string{}
	for _, s := range streams {
		m := timing(t, s, arm{revision: stable, alone: true})
		m.period, m.stat = time.Hour, "p"+strconv.FormatFloat(s.Quantile, 'f', -1, 64)
		ids[s.Check] = append(ids[s.Check], b.ask(m))
	}
	found, err := b.read(ctx, w.cloudwatch, before.Add(-yesterday), before)
	if err != nil {
		return nil, err
	}
	for check, asked := range ids {
		var slow []float64
		for _, id := range asked {
			if hours := slices.Sorted(maps.Values(found.values[id])); len(hours) > 0 {
				slow = append(slow, hours[len(hours)/2])
			}
		}
		if len(slow) == len(asked) {
			learnt.Slow[check] = slow
		}
	}
	return unreadable(ids, found), nil
}

// clusters finds how many bad requests come together, for streams that spread clients and have no cluster in the definition.
func (w *Watcher) clusters(ctx context.Context, t kind.Spec, streams []judge.Stream, stable string, before time.Time, learnt Learnt) (judge.Unread, error) {
	var b batch
	ids, asked := map[string]armsOf{}, map[string][]string{}
	for _, s := range streams {
		if !s.Weak() {
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
		requests, bad := b.counts(t, s, arm{revision: stable, alone: true}, slow)
		ids[s.Key] = armsOf{stable: requests, stableBad: bad}
		asked[s.Check] = append(asked[s.Check], requests, bad)
	}
	found, err := b.read(ctx, w.cloudwatch, before.Add(-yesterday), before)
	if err != nil {
		return nil, err
	}
	for key, pair := range ids {
		var minutes []judge.Counts
		for _, p := range pair.points(found.values) {
			minutes = append(minutes, p.Arms.Stable)
		}
		learnt.Cluster[key] = judge.Dispersion(minutes)
	}
	return unreadable(asked, found), nil
}
