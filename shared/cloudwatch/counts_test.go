package cloudwatch_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/google/go-cmp/cmp"

	"sluice/shared/cloudwatch"
	"sluice/shared/judge"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
)

// defined is a definition with checks.
func defined(c rollout.Checks) rollout.Definition {
	return rollout.Definition{Target: rollout.Target{LambdaAlias: &kind.LambdaAlias{Function: "checkout", Alias: "live"}}, Checks: c}.WithDefaults()
}

func ceilings(c ...rollout.Ceiling) rollout.Definition { return defined(rollout.Checks{Ceilings: c}) }

func lastTenMinutes(weight rollout.Weight) cloudwatch.Span {
	return cloudwatch.Span{Stable: "41", Candidate: "42", Weight: weight, From: time.Now().Add(-10 * time.Minute), To: time.Now()}
}

// serve counts one request of a version a minute, as Lambda does, with or without an error.
func serve(box *sandbox.Sandbox, version string, failed, took float64) {
	alias := map[string]string{"FunctionName": "checkout", "Resource": "checkout:live"}
	executed := map[string]string{"FunctionName": "checkout", "Resource": "checkout:live", "ExecutedVersion": version}
	for _, dimensions := range []map[string]string{alias, executed} {
		box.CloudWatch.Record("AWS/Lambda", "Invocations", dimensions, "Count", 1, time.Now(), 60)
		box.CloudWatch.Record("AWS/Lambda", "Errors", dimensions, "Count", failed, time.Now(), 60)
		box.CloudWatch.Record("AWS/Lambda", "Duration", dimensions, "Milliseconds", took, time.Now(), 60)
	}
}

// serving lets minutes go by in which the candidate fails every request and stable none.
func serving(box *sandbox.Sandbox, minutes int) {
	for range minutes {
		serve(box, "41", 0, 100)
		serve(box, "42", 1, 500)
		time.Sleep(time.Minute)
	}
}

// sum joins the points of a stream.
func sum(points []judge.Point) (a judge.Arms) {
	for _, p := range points {
		a.Candidate.Requests += p.Arms.Candidate.Requests
		a.Candidate.Errors += p.Arms.Candidate.Errors
		a.Stable.Requests += p.Arms.Stable.Requests
		a.Stable.Errors += p.Arms.Stable.Errors
	}
	return a
}

func TestCeilingCountsTheCandidateAloneUntilItServesEverything(t *testing.T) {
	watch(t, func(t *testing.T, w *cloudwatch.Watcher, box *sandbox.Sandbox) {
		serving(box, 20)
		time.Sleep(30 * time.Second)
		for weight, want := range map[rollout.Weight]judge.Counts{500: {Requests: 10, Errors: 10}, rollout.All: {Requests: 20, Errors: 10}} {
			seen, unread := w.Counts(t.Context(), ceilings(rollout.Ceiling{Percent: 5}), lastTenMinutes(weight))
			if got := sum(seen["ceilings0"]); len(unread) != 0 || got.Candidate != want || got.Stable != (judge.Counts{}) {
				t.Errorf("at %v the last ten minutes count %+v (%v), want %+v", weight, got, unread, want)
			}
		}
	})
}

func TestBothVersionsAreCountedInTheSameMinutes(t *testing.T) {
	watch(t, func(t *testing.T, w *cloudwatch.Watcher, box *sandbox.Sandbox) {
		serving(box, 20)
		look := lastTenMinutes(500)
		look.Slow = map[string][]float64{"latency0": {100, 499.5}}
		seen, unread := w.Counts(t.Context(), defined(rollout.Checks{Errors: []rollout.Compared{{}}, Latency: []rollout.Slower{{Quantiles: []float64{50, 99}}}}), look)
		if len(unread) != 0 {
			t.Fatal(unread)
		}
		all := judge.Counts{Requests: 10, Errors: 10}
		want := judge.Arms{Candidate: all, Stable: judge.Counts{Requests: 10}}
		for _, key := range []string{"errors0", "latency0/0", "latency0/1"} { // what takes 100 ms is not slower than 100 ms
			if got := sum(seen[key]); got != want || len(seen[key]) != 10 {
				t.Errorf("%s counts %+v in %d minutes, want %+v in 10", key, got, len(seen[key]), want)
			}
		}
	})
}

func TestLearningReadsStablesLastDay(t *testing.T) {
	watch(t, func(t *testing.T, w *cloudwatch.Watcher, box *sandbox.Sandbox) {
		alias := map[string]string{"FunctionName": "checkout", "Resource": "checkout:live"}
		for minute := range 26 * 60 { // the first two hours are too long ago, and were slow
			took, failed := 100+float64(minute%10), 0.0
			if minute < 120 {
				took = 9000
			}
			if minute%30 == 0 {
				failed = 5 // five at a time
			}
			box.CloudWatch.Record("AWS/Lambda", "Invocations", alias, "Count", 100, time.Now(), 60)
			box.CloudWatch.Record("AWS/Lambda", "Errors", alias, "Count", failed, time.Now(), 60)
			box.CloudWatch.Record("AWS/Lambda", "Duration", alias, "Milliseconds", took, time.Now(), 60)
			time.Sleep(time.Minute)
		}
		sticky := rollout.Compared{Spreads: kind.SpreadClients}
		d := defined(rollout.Checks{Errors: []rollout.Compared{sticky, {Cluster: 2, Spreads: kind.SpreadClients}, {}}, Latency: []rollout.Slower{{Quantiles: []float64{50, 99}}}})
		got, unread := w.Learn(t.Context(), d, "41", time.Now())
		if len(unread) != 0 {
			t.Fatal(unread)
		}
		if diff := cmp.Diff(map[string][]float64{"latency0": {104, 109}}, got.Slow); diff != "" {
			t.Errorf("slow (-want +got):\n%s", diff)
		}
		if c := got.Cluster["errors0"]; c < 3.5 || c > 6 {
			t.Errorf("errors that come five at a time count as %v", c)
		}
		if len(got.Cluster) != 1 {
			t.Errorf("it learnt %v: also what the definition says, or what bursts cannot tell where requests are spread", got.Cluster)
		}
	})
}

// CloudWatch refuses a call whole for one query that it does not understand. Whoever mistypes one bound still has the other checks.
func TestQueryThatIsRefusedConcernsItsOwnCheckAlone(t *testing.T) {
	gauge := map[string]rollout.Gauge{"m1": {Namespace: "Shop", Name: "Waiting"}}
	d := defined(rollout.Checks{
		Errors: []rollout.Compared{{}}, Ceilings: []rollout.Ceiling{{Percent: 5}}, Latency: []rollout.Slower{{Quantiles: []float64{99}}},
		Bounds: []rollout.Bound{{Name: "half", Metrics: gauge, Expression: "100 * m1 / m2"}, {Name: "whole", Metrics: gauge}},
	})
	var calls sandboxtest.Calls
	watch(t, func(t *testing.T, w *cloudwatch.Watcher, box *sandbox.Sandbox) {
		serving(box, 20)
		box.CloudWatch.Record("Shop", "Waiting", nil, "Count", 7, time.Now().Add(-time.Minute), 60)
		time.Sleep(time.Second)
		look := lastTenMinutes(500)
		look.Slow = map[string][]float64{"latency0": {499}}
		seen, unread := w.Counts(t.Context(), d, look)
		if len(unread) != 1 || !strings.Contains(unread["bounds0"], "ValidationError") {
			t.Errorf("unread are %v, want the bound whose expression lacks m2", unread)
		}
		for _, key := range []string{"errors0", "ceilings0", "latency0/0"} {
			if got := sum(seen[key]).Candidate; got != (judge.Counts{Requests: 10, Errors: 10}) {
				t.Errorf("%s counts %+v", key, got)
			}
		}
		if v := seen["bounds1"]; len(v) != 1 || v[0].Value != 7 {
			t.Errorf("the other bound is %+v", v)
		}
		if made := len(calls.Of("cloudwatch:GetMetricData")); made != 6 {
			t.Errorf("it took %d calls, want one for all and one for each of five checks", made)
		}
	}, calls.Keep)
}

// A throttle is no mistake of a check: asking for each check would make it worse.
func TestThrottledLookIsNotRepeatedForEachCheck(t *testing.T) {
	d := defined(rollout.Checks{Errors: []rollout.Compared{{}}, Ceilings: []rollout.Ceiling{{Percent: 5}}})
	var calls sandboxtest.Calls
	watch(t, func(t *testing.T, w *cloudwatch.Watcher, _ *sandbox.Sandbox) {
		_, unread := w.Counts(t.Context(), d, lastTenMinutes(500))
		if made := len(calls.Of("cloudwatch:GetMetricData")); len(unread) != 2 || made > 3 { // the SDK tries three times
			t.Errorf("unread are %v after %d calls", unread, made)
		}
	}, calls.Keep, sandboxtest.Fail("cloudwatch:GetMetricData", sandboxtest.Always, wire.Throttled("Rate exceeded")))
}

func TestServiceWithoutAPastTeachesNothing(t *testing.T) {
	watch(t, func(t *testing.T, w *cloudwatch.Watcher, _ *sandbox.Sandbox) {
		got, unread := w.Learn(t.Context(), defined(rollout.Checks{Latency: []rollout.Slower{{}}}), "41", time.Now())
		if len(unread) != 0 || len(got.Slow) != 0 {
			t.Errorf("it learnt %+v (%v)", got, unread)
		}
	})
}

func TestBoundsHaveTheirOwnIdsAndExpressions(t *testing.T) {
	gauge := func(name string) map[string]rollout.Gauge {
		return map[string]rollout.Gauge{
			"m1": {Namespace: "Shop", Name: name, Dimensions: map[string]string{"Version": "${candidate}"}},
			"m2": {Namespace: "Shop", Name: name, Dimensions: map[string]string{"Version": "${stable}"}},
		}
	}
	d := defined(rollout.Checks{Bounds: []rollout.Bound{
		{Name: "a", Metrics: gauge("Waiting"), Expression: "m1 / m2"},
		{Name: "b", Metrics: gauge("Refused"), Expression: "IF(m1 > m2, m1 - m2, 0)"},
		{Name: "c", Metrics: map[string]rollout.Gauge{"waiting": {Namespace: "Shop", Name: "Waiting", Dimensions: map[string]string{"Version": "42"}}}},
	}})
	watch(t, func(t *testing.T, w *cloudwatch.Watcher, box *sandbox.Sandbox) {
		for version, n := range map[string]float64{"41": 4, "42": 10} {
			for _, name := range []string{"Waiting", "Refused"} {
				box.CloudWatch.Record("Shop", name, map[string]string{"Version": version}, "Count", n, time.Now().Add(-time.Minute), 60)
			}
		}
		time.Sleep(time.Second)
		seen, unread := w.Counts(t.Context(), d, lastTenMinutes(500))
		if len(unread) != 0 {
			t.Fatal(unread)
		}
		for i, want := range []float64{2.5, 6, 10} {
			if v := seen[fmt.Sprintf("bounds%d", i)]; len(v) != 1 || v[0].Value != want {
				t.Errorf("bound %d is %+v, want %v", i, v, want)
			}
		}
	})
}

func TestNoDataIsZeroRequestsAndNoError(t *testing.T) {
	watch(t, func(t *testing.T, w *cloudwatch.Watcher, _ *sandbox.Sandbox) {
		seen, unread := w.Counts(t.Context(), ceilings(rollout.Ceiling{Percent: 5}), lastTenMinutes(500))
		if len(unread) != 0 || len(seen["ceilings0"]) != 0 {
			t.Errorf("silence counts %+v (%v), want nothing seen", seen, unread)
		}
	})
}

// CloudWatch answers in pages, and a page may hold a part of one metric.
func TestCountsAreJoinedOverPages(t *testing.T) {
	var calls sandboxtest.Calls
	smallPages := func(next wire.Handler) wire.Handler {
		return func(ctx context.Context, call *wire.Call) (any, error) {
			if in, ok := call.Input.(*awscloudwatch.GetMetricDataInput); ok {
				in.MaxDatapoints = aws.Int32(3)
			}
			return next(ctx, call)
		}
	}
	watch(t, func(t *testing.T, w *cloudwatch.Watcher, box *sandbox.Sandbox) {
		serving(box, 20)
		seen, unread := w.Counts(t.Context(), ceilings(rollout.Ceiling{Percent: 5}), lastTenMinutes(500))
		if got := sum(seen["ceilings0"]).Candidate; len(unread) != 0 || got != (judge.Counts{Requests: 10, Errors: 10}) {
			t.Errorf("the pages sum up to %+v (%v), want 10 of 10", got, unread)
		}
		if pages := len(calls.Of("cloudwatch:GetMetricData")); pages < 3 {
			t.Errorf("there were %d pages: this proves nothing", pages)
		}
	}, calls.Keep, smallPages)
}

func TestErrorsThatCouldNotBeCountedAreNotNone(t *testing.T) {
	for _, status := range []types.StatusCode{types.StatusCodeInternalError, types.StatusCodeForbidden} {
		watch(t, func(t *testing.T, w *cloudwatch.Watcher, _ *sandbox.Sandbox) {
			_, unread := w.Counts(t.Context(), ceilings(rollout.Ceiling{Percent: 5}), lastTenMinutes(500))
			if !strings.Contains(unread["ceilings0"], string(status)) {
				t.Errorf("errors that answered %s are taken for none (%v)", status, unread)
			}
		}, sandboxtest.Answer("cloudwatch:GetMetricData", 1, &awscloudwatch.GetMetricDataOutput{MetricDataResults: []types.MetricDataResult{
			{Id: aws.String("q0"), StatusCode: types.StatusCodeComplete, Values: []float64{1000}, Timestamps: []time.Time{time.Now()}},
			{Id: aws.String("q1"), Label: aws.String("Errors"), StatusCode: status},
		}}))
	}
}

// A metric that several checks need is paid for once.
func TestChecksShareOneCallAndItsMetrics(t *testing.T) {
	var calls sandboxtest.Calls
	asked := 0
	count := func(next wire.Handler) wire.Handler {
		return func(ctx context.Context, call *wire.Call) (any, error) {
			if in, ok := call.Input.(*awscloudwatch.GetMetricDataInput); ok {
				asked = len(in.MetricDataQueries)
			}
			return next(ctx, call)
		}
	}
	watch(t, func(t *testing.T, w *cloudwatch.Watcher, box *sandbox.Sandbox) {
		serving(box, 10)
		for revision, n := range map[string]float64{"41": 500, "42": 7} {
			dimensions := map[string]string{"Version": revision, "Stage": "live"}
			box.CloudWatch.Record("Shop", "Payments", dimensions, "Count", n, time.Now().Add(-time.Minute), 60)
			box.CloudWatch.Record("Shop", "Refused", dimensions, "Count", 2, time.Now().Add(-time.Minute), 60)
		}
		payments := rollout.Metric{Namespace: "Shop", Requests: "Payments", Errors: "Refused", RevisionDimension: "Version", Dimensions: map[string]string{"Stage": "live"}}
		d := defined(rollout.Checks{Errors: []rollout.Compared{{}, {Metrics: &payments}}, Ceilings: []rollout.Ceiling{{Percent: 5}, {Percent: 1, Metrics: &payments}}})
		seen, unread := w.Counts(t.Context(), d, lastTenMinutes(500))
		var got []judge.Counts
		for _, key := range []string{"ceilings0", "ceilings1"} {
			got = append(got, sum(seen[key]).Candidate)
		}
		if want := []judge.Counts{{Requests: 10, Errors: 10}, {Requests: 7, Errors: 2}}; len(unread) != 0 || !slices.Equal(got, want) {
			t.Errorf("counts %+v (%v), want %+v", got, unread, want)
		}
		if made := len(calls.Of("cloudwatch:GetMetricData")); made != 1 || asked != 8 {
			t.Errorf("it took %d calls for %d metrics, want one for 8", made, asked)
		}
	}, calls.Keep, count)
}

// A service may publish rates instead of counts, or no count of what it could not answer: the numbers that are judged are made of what it publishes.
func TestCountsMayBeMadeOfSeveralMetrics(t *testing.T) {
	watch(t, func(t *testing.T, w *cloudwatch.Watcher, box *sandbox.Sandbox) {
		for range 20 {
			box.CloudWatch.Record("Edge", "Requests", map[string]string{"Id": "E1"}, "Count", 200, time.Now(), 60)
			box.CloudWatch.Record("Edge", "Rate", map[string]string{"Id": "E1"}, "Percent", 2, time.Now(), 60)
			box.CloudWatch.Record("Edge", "Rate", map[string]string{"Id": "E1"}, "Percent", 4, time.Now(), 60)
			time.Sleep(time.Minute)
		}
		got, err := w.Week(t.Context(), rated{}, time.Now().Truncate(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		if last := got[len(got)-2]; last != (judge.Counts{Requests: 200, Errors: 6}) {
			t.Errorf("a minute counts %+v, want 3 %% of 200 requests", last)
		}
	})
}

// rated is a target whose service publishes the share of errors.
type rated struct{ kind.Memory }

func (rated) Metrics(string) kind.Metrics {
	requests := kind.Metric{Namespace: "Edge", Name: "Requests", Dimensions: map[string]string{"Id": "E1"}}
	rate := kind.Metric{Namespace: "Edge", Name: "Rate", Dimensions: map[string]string{"Id": "E1"}, Stat: "Average"}
	return kind.Metrics{Requests: requests, Errors: kind.Metric{
		Of:   map[string]kind.Metric{"requests": requests, "rate": rate},
		Made: func(of map[string]float64) float64 { return of["requests"] * of["rate"] / 100 },
	}}
}
