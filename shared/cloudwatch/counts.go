package cloudwatch

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"sluice/shared/judge"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// Span is what a look reads: what two versions served between two times.
type Span struct {
	Stable, Candidate string
	Tag               string               // of the target's split, as it was read last
	Weight            rollout.Weight       // of the candidate, now
	Slow              map[string][]float64 // by check: the durations from which on a request is slow (judge.Ledger.Slow)
	From, To          time.Time
}

// Counts reads what all checks of a definition need, in one call. A metric that cannot be read affects only its own check.
func (w *Watcher) Counts(ctx context.Context, d rollout.Definition, l Span) (judge.Seen, judge.Unread) {
	seen := judge.Seen{}
	return seen, byCheck(judge.Streams(d), func(streams []judge.Stream) (judge.Unread, error) {
		return w.look(ctx, d.Target.Spec(), streams, l, seen)
	})
}

func (w *Watcher) look(ctx context.Context, t kind.Spec, streams []judge.Stream, l Span, seen judge.Seen) (judge.Unread, error) {
	var b batch
	arms, bounds, asked := map[string]armsOf{}, map[string]string{}, map[string][]string{}
	for _, s := range streams {
		if s.Bound != nil {
			bounds[s.Key] = b.bound(s.Key, *s.Bound, l)
			asked[s.Check] = []string{bounds[s.Key]}
		} else if ids, ok := b.stream(t, s, l); ok {
			arms[s.Key] = ids
			asked[s.Check] = append(asked[s.Check], ids.all()...)
		}
	}
	found, err := b.read(ctx, w.cloudwatch, l.From, l.To)
	if err != nil {
		return nil, err
	}
	for key, ids := range arms {
		seen[key] = ids.points(found.values)
	}
	for key, id := range bounds {
		for _, at := range slices.Sorted(maps.Keys(found.values[id])) {
			seen[key] = append(seen[key], judge.Point{At: at, Value: found.values[id][at]})
		}
	}
	return unreadable(asked, found), nil
}

// armsOf are the ids of a stream's metrics; stable's are empty when nothing is compared.
type armsOf struct{ candidate, candidateBad, stable, stableBad string }

func (ids armsOf) all() []string {
	return []string{ids.candidate, ids.candidateBad, ids.stable, ids.stableBad}
}

func (b *batch) stream(t kind.Spec, s judge.Stream, l Span) (armsOf, bool) {
	var bad string // the statistic of slow requests
	if s.Latency {
		slow := l.Slow[s.Check]
		if s.Place >= len(slow) {
			return armsOf{}, false
		}
		bad = slower(slow[s.Place])
	}
	var ids armsOf
	// Comparisons count by revision even at 100 %: a minute that arrives late still counts for the version that served then.
	ids.candidate, ids.candidateBad = b.counts(t, s, arm{l.Candidate, l.Tag, l.Weight == rollout.All && !s.Compares}, bad)
	if s.Compares {
		ids.stable, ids.stableBad = b.counts(t, s, arm{l.Stable, l.Tag, false}, bad)
	}
	return ids, true
}

// arm is a revision whose requests are counted. The requests of a revision that serves alone are those of the whole target.
type arm struct {
	revision string
	tag      string // of the target's split
	alone    bool
}

func (a arm) metrics(t kind.Spec) kind.Metrics {
	if a.alone {
		return t.Metrics("")
	}
	s, stands := t.(kind.Standing)
	if !stands {
		return t.Metrics(a.revision)
	}
	if place := s.Stands(a.revision, a.tag); place != "" {
		return t.Metrics(place)
	}
	return kind.Metrics{} // nobody knows where to count
}

// counts asks for requests and bad ones of one revision.
func (b *batch) counts(t kind.Spec, s judge.Stream, a arm, slow string) (requests, bad string) {
	if s.Latency {
		m := timing(t, s, a)
		m.stat = "SampleCount"
		requests = b.ask(m)
		m.stat = slow
		return requests, b.ask(m)
	}
	own := a.metrics(t)
	if c := s.Counts; c != nil {
		d := by(c.Dimensions, c.RevisionDimension, a.revision)
		own = kind.Metrics{Requests: kind.Metric{Namespace: c.Namespace, Name: c.Requests, Dimensions: d}, Errors: kind.Metric{Namespace: c.Namespace, Name: c.Errors, Dimensions: d}}
	}
	return b.ask(metric{Metric: own.Requests, stat: "Sum", period: s.Period}), b.ask(metric{Metric: own.Errors, stat: "Sum", period: s.Period})
}

// timing is the metric of a latency stream; the caller sets its statistic.
func timing(t kind.Spec, s judge.Stream, a arm) metric {
	if c := s.Timing; c != nil {
		return metric{Metric: kind.Metric{Namespace: c.Namespace, Name: c.Name, Dimensions: by(c.Dimensions, c.RevisionDimension, a.revision)}, period: s.Period}
	}
	return metric{Metric: a.metrics(t).Duration, period: s.Period}
}

// slower is the statistic that counts what took longer than a duration
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html).
func slower(than float64) string { return "TC(" + strconv.FormatFloat(than, 'f', -1, 64) + ":)" }

// by adds the dimension that holds the revision.
func by(dimensions map[string]string, name, revision string) map[string]string {
	all := maps.Clone(dimensions)
	if all == nil {
		all = map[string]string{}
	}
	if name != "" { // else it counts the whole target
		all[name] = revision
	}
	return all
}

// points joins the four metrics of a stream by time.
func (ids armsOf) points(found map[string]values) []judge.Point {
	times := map[int64]bool{}
	for _, id := range ids.all() {
		for at := range found[id] {
			times[at] = true
		}
	}
	var points []judge.Point
	for _, at := range slices.Sorted(maps.Keys(times)) {
		count := func(requests, bad string) judge.Counts {
			return judge.Counts{Requests: int(found[requests][at]), Errors: int(found[bad][at])}
		}
		points = append(points, judge.Point{At: at, Arms: judge.Arms{Candidate: count(ids.candidate, ids.candidateBad), Stable: count(ids.stable, ids.stableBad)}})
	}
	return points
}

// bound asks for a bound's metrics, under ids that no other bound has, and for its expression.
func (b *batch) bound(key string, bound rollout.Bound, l Span) string {
	expression, renamed := bound.Expression, map[string]string{}
	for _, id := range slices.Sorted(maps.Keys(bound.Metrics)) {
		g := bound.Metrics[id]
		m := metric{Metric: kind.Metric{Namespace: g.Namespace, Name: g.Name, Dimensions: fill(g.Dimensions, l.Stable, l.Candidate)}, stat: g.Stat, period: g.Period.Std()}
		renamed[id] = b.ask(m)
		if expression == "" {
			return renamed[id]
		}
	}
	b.queries = append(b.queries, types.MetricDataQuery{Id: &key, Expression: aws.String(rename(expression, renamed)), ReturnData: aws.Bool(true)})
	return key
}

var word = regexp.MustCompile(`[A-Za-z][A-Za-z0-9_]*`)

// rename replaces the ids in an expression. Functions and keywords of metric math are in capitals, so they are never taken for ids.
func rename(expression string, ids map[string]string) string {
	return word.ReplaceAllStringFunc(expression, func(w string) string {
		if id, known := ids[w]; known {
			return id
		}
		return w
	})
}
