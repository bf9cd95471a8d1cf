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
	"sluice/shared/rollout"
)

// Look is what a look reads: what two versions served between two times.
type Look struct {
	Stable, Candidate string
	Weight            rollout.Weight       // of the candidate, now
	Slow              map[string][]float64 // by check: from which duration on a request is slow (judge.Ledger.Slow)
	From, To          time.Time
}

// Look reads what all checks of a definition need, in one call. What cannot be read concerns its own check alone.
func (w *Watcher) Look(ctx context.Context, d rollout.Definition, l Look) (judge.Seen, judge.Unread) {
	seen := judge.Seen{}
	return seen, byCheck(judge.Streams(d), func(streams []judge.Stream) (judge.Unread, error) {
		return w.look(ctx, d.Target.LambdaAlias, streams, l, seen)
	})
}

func (w *Watcher) look(ctx context.Context, a *rollout.LambdaAlias, streams []judge.Stream, l Look, seen judge.Seen) (judge.Unread, error) {
	var b batch
	arms, bounds, asked := map[string]armsOf{}, map[string]string{}, map[string][]string{}
	for _, s := range streams {
		if s.Bound != nil {
			bounds[s.Key] = b.bound(s.Key, *s.Bound, l)
			asked[s.Check] = []string{bounds[s.Key]}
		} else if ids, ok := b.stream(a, s, l); ok {
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

// armsOf are the ids of what a stream counts; stable's are empty where nothing is compared.
type armsOf struct{ candidate, candidateBad, stable, stableBad string }

func (ids armsOf) all() []string {
	return []string{ids.candidate, ids.candidateBad, ids.stable, ids.stableBad}
}

func (b *batch) stream(a *rollout.LambdaAlias, s judge.Stream, l Look) (armsOf, bool) {
	var bad string // the statistic of slow requests
	if s.Latency {
		slow := l.Slow[s.Check]
		if s.Place >= len(slow) {
			return armsOf{}, false
		}
		bad = slower(slow[s.Place])
	}
	var ids armsOf
	weight := l.Weight
	if s.Compares { // by executed version even when one serves everything: what is late of before is still of one version
		weight = rollout.None
	}
	ids.candidate, ids.candidateBad = b.counts(a, s, l.Candidate, weight, bad)
	if s.Compares {
		ids.stable, ids.stableBad = b.counts(a, s, l.Stable, weight, bad)
	}
	return ids, true
}

// counts asks for requests and bad ones of one version.
func (b *batch) counts(a *rollout.LambdaAlias, s judge.Stream, version string, weight rollout.Weight, slow string) (requests, bad string) {
	if s.Latency {
		m := timing(a, s, version, weight)
		m.stat = "SampleCount"
		requests = b.ask(m)
		m.stat = slow
		return requests, b.ask(m)
	}
	m := metric{namespace: "AWS/Lambda", dimensions: lambdaDimensions(a, version, weight), stat: "Sum", period: s.Period}
	names := [2]string{"Invocations", "Errors"}
	if c := s.Counts; c != nil {
		m.namespace, m.dimensions, names = c.Namespace, revision(c.Dimensions, c.RevisionDimension, version), [2]string{c.Requests, c.Errors}
	}
	m.name = names[0]
	requests = b.ask(m)
	m.name = names[1]
	return requests, b.ask(m)
}

// timing is the metric of a latency stream; its statistic is open.
func timing(a *rollout.LambdaAlias, s judge.Stream, version string, weight rollout.Weight) metric {
	if t := s.Timing; t != nil {
		return metric{namespace: t.Namespace, name: t.Name, dimensions: revision(t.Dimensions, t.RevisionDimension, version), period: s.Period}
	}
	return metric{namespace: "AWS/Lambda", name: "Duration", dimensions: lambdaDimensions(a, version, weight), period: s.Period}
}

// slower is the statistic that counts what took longer than a duration
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html).
func slower(than float64) string { return "TC(" + strconv.FormatFloat(than, 'f', -1, 64) + ":)" }

// lambdaDimensions are those of what Lambda publishes for an alias: by executed version while two versions serve, and for the
// alias as a whole when one does (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html).
func lambdaDimensions(a *rollout.LambdaAlias, version string, weight rollout.Weight) map[string]string {
	d := map[string]string{"FunctionName": a.Function, "Resource": a.Function + ":" + a.Alias}
	if weight < rollout.All {
		d["ExecutedVersion"] = version
	}
	return d
}

func revision(dimensions map[string]string, name, version string) map[string]string {
	all := map[string]string{name: version}
	maps.Copy(all, dimensions)
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
func (b *batch) bound(key string, bound rollout.Bound, l Look) string {
	expression, renamed := bound.Expression, map[string]string{}
	for _, id := range slices.Sorted(maps.Keys(bound.Metrics)) {
		g := bound.Metrics[id]
		m := metric{namespace: g.Namespace, name: g.Name, stat: g.Stat, period: g.Period.Std(), dimensions: fill(g.Dimensions, l.Stable, l.Candidate)}
		renamed[id] = b.ask(m)
		if expression == "" {
			return renamed[id]
		}
	}
	b.queries = append(b.queries, types.MetricDataQuery{Id: &key, Expression: aws.String(rename(expression, renamed)), ReturnData: aws.Bool(true)})
	return key
}

var word = regexp.MustCompile(`[A-Za-z][A-Za-z0-9_]*`)

// rename writes other ids into an expression; functions and keywords of metric math are in capitals, and ids are not.
func rename(expression string, ids map[string]string) string {
	return word.ReplaceAllStringFunc(expression, func(w string) string {
		if id, known := ids[w]; known {
			return id
		}
		return w
	})
}
