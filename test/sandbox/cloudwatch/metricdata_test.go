package cloudwatch

import (
	"testing"
	"time"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/google/go-cmp/cmp"
)

func metricQuery(id, name, stat string, period int32) types.MetricDataQuery {
	return types.MetricDataQuery{Id: &id, MetricStat: &types.MetricStat{
		Metric: &types.Metric{Namespace: ptr("App"), MetricName: &name}, Stat: &stat, Period: &period,
	}}
}

func (w *world) read(start, end time.Time, queries ...types.MetricDataQuery) *awscloudwatch.GetMetricDataOutput {
	w.t.Helper()
	out, err := w.GetMetricData(w.t.Context(), &awscloudwatch.GetMetricDataInput{
		StartTime: &start, EndTime: &end, MetricDataQueries: queries, ScanBy: types.ScanByTimestampAscending,
	})
	if err != nil {
		w.t.Fatalf("reading metrics: %v", err)
	}
	return out
}

func clock(times []time.Time) []string {
	var out []string
	for _, t := range times {
		out = append(out, t.Format("15:04:05"))
	}
	return out
}

func TestPeriodsAlignToTheStartAskedFor(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		start := time.Now()
		for range 12 {
			w.Record("App", "Requests", nil, "Count", 1, time.Now(), 60)
			w.pass(time.Minute)
		}
		out := w.read(start.Add(2*time.Minute+30*time.Second), start.Add(12*time.Minute), metricQuery("r", "Requests", "Sum", 300))
		got := out.MetricDataResults[0]
		if diff := cmp.Diff([]string{"00:02:00", "00:07:00"}, clock(got.Timestamps)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]float64{5, 5}, got.Values); diff != "" {
			t.Error(diff)
		}
		if got.StatusCode != types.StatusCodeComplete || *got.Label != "Requests" {
			t.Errorf("status %s, label %s", got.StatusCode, *got.Label)
		}
	})
}

func TestNewestDataComesFirstUnlessAskedOtherwise(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		start := time.Now()
		for i := range 3 {
			w.Record("App", "Requests", nil, "Count", float64(i), time.Now(), 60)
			w.pass(time.Minute)
		}
		out, err := w.GetMetricData(t.Context(), &awscloudwatch.GetMetricDataInput{
			StartTime: &start, EndTime: ptr(time.Now()), MetricDataQueries: []types.MetricDataQuery{metricQuery("r", "Requests", "Sum", 60)},
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]float64{2, 1, 0}, out.MetricDataResults[0].Values); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAMetricWithOtherDimensionsIsAnotherMetric(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		start := time.Now()
		w.Record("App", "Requests", map[string]string{"Version": "7"}, "Count", 1, start, 60)
		out := w.read(start, start.Add(time.Minute), metricQuery("r", "Requests", "Sum", 60))
		if got := out.MetricDataResults[0]; len(got.Values) != 0 || got.StatusCode != types.StatusCodeComplete {
			t.Errorf("got %v (%s), want no data, Complete", got.Values, got.StatusCode)
		}
	})
}

func TestStatistics(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		start := time.Now()
		var values []float64
		for i := range 100 {
			values = append(values, float64(i+1))
		}
		_, err := w.PutMetricData(t.Context(), &awscloudwatch.PutMetricDataInput{
			Namespace: ptr("App"), MetricData: []types.MetricDatum{{MetricName: ptr("Latency"), Values: values, Timestamp: &start}},
		})
		if err != nil {
			t.Fatal(err)
		}
		for stat, want := range map[string]float64{
			"Sum": 5050, "Average": 50.5, "Minimum": 1, "Maximum": 100, "SampleCount": 100,
			"p50": 50, "p99": 99, "p100": 100, "p0": 1, "p99.9": 100,
			"tm90": 45.5, "TM(10%:90%)": 50.5, "TM(50:60)": 55.5, "IQM": 50.5,
			"TC(:20)": 20, "TC(80:)": 20, "tc50": 50, "PR(:30)": 30, "PR(10:30)": 20, "ts10": 55,
			"wm90": (45.5*90 + 90*10) / 100,
		} {
			out := w.read(start, start.Add(time.Minute), metricQuery("l", "Latency", stat, 60))
			if got := out.MetricDataResults[0].Values; len(got) != 1 || got[0] != want {
				t.Errorf("%s is %v, want %v", stat, got, want)
			}
		}
		for _, stat := range []string{"p101", "mean", "PR(30)", "pr30", "P99", "TM()", "p"} {
			if _, err := parseStatistic(stat); err == nil {
				t.Errorf("%s was accepted", stat)
			}
		}
	})
}

func TestStatisticSetsHaveNoPercentiles(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		start := time.Now()
		put := func(name string, least, most float64) {
			_, err := w.PutMetricData(t.Context(), &awscloudwatch.PutMetricDataInput{Namespace: ptr("App"), MetricData: []types.MetricDatum{{
				MetricName: &name, StatisticValues: &types.StatisticSet{Sum: ptr(10.0), SampleCount: ptr(2.0), Minimum: &least, Maximum: &most},
			}}})
			if err != nil {
				t.Fatal(err)
			}
		}
		put("Hidden", 4, 6)
		put("Plain", 5, 5)
		out := w.read(start, start.Add(time.Minute), metricQuery("h", "Hidden", "p50", 60), metricQuery("p", "Plain", "p50", 60), metricQuery("s", "Hidden", "Average", 60))
		if h, p, s := out.MetricDataResults[0].Values, out.MetricDataResults[1].Values, out.MetricDataResults[2].Values; len(h) != 0 || p[0] != 5 || s[0] != 5 {
			t.Errorf("got %v, %v, %v", h, p, s)
		}
	})
}

func TestMetricMathOverQueries(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		start := time.Now()
		for i := range 3 {
			w.Record("App", "Requests", nil, "Count", 100, time.Now(), 60)
			if i == 1 {
				w.Record("App", "Errors", nil, "Count", 5, time.Now(), 60)
			}
			w.pass(time.Minute)
		}
		hidden := func(q types.MetricDataQuery) types.MetricDataQuery { q.ReturnData = ptr(false); return q }
		out := w.read(start, time.Now(), hidden(metricQuery("bad", "Errors", "Sum", 60)), hidden(metricQuery("all", "Requests", "Sum", 60)),
			types.MetricDataQuery{Id: ptr("share"), Expression: ptr("filled / all"), Label: ptr("share")},
			types.MetricDataQuery{Id: ptr("filled"), Expression: ptr("FILL(bad, 0)"), ReturnData: ptr(false)},
			types.MetricDataQuery{Id: ptr("raw"), Expression: ptr("bad / all")})
		if n := len(out.MetricDataResults); n != 2 {
			t.Fatalf("%d results, want the two that return data", n)
		}
		if diff := cmp.Diff([]float64{0, 0.05, 0}, out.MetricDataResults[0].Values); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"00:01:00"}, clock(out.MetricDataResults[1].Timestamps)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWrongQueriesAreRefused(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		now := time.Now()
		expression := func(text string) []types.MetricDataQuery {
			return []types.MetricDataQuery{{Id: ptr("e1"), Expression: &text}}
		}
		for name, queries := range map[string][]types.MetricDataQuery{
			"a capital id":       {metricQuery("R", "Requests", "Sum", 60)},
			"an id twice":        {metricQuery("r", "Requests", "Sum", 60), metricQuery("r", "Errors", "Sum", 60)},
			"a period of 45":     {metricQuery("r", "Requests", "Sum", 45)},
			"a wrong statistic":  {metricQuery("r", "Requests", "Mean", 60)},
			"a missing variable": expression("m1 + 1"),
			"itself":             expression("e1 + 1"),
			"a search":           expression("SEARCH('{App} Errors', 'Sum')"),
			"a number":           expression("1 + 1"),
			"half an expression": expression("(1 +"),
			"nothing":            {},
		} {
			_, err := w.GetMetricData(t.Context(), &awscloudwatch.GetMetricDataInput{StartTime: &now, EndTime: ptr(now.Add(time.Hour)), MetricDataQueries: queries})
			if err == nil {
				t.Errorf("%s was accepted", name)
			}
		}
	})
}

func TestGetMetricDataPages(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		start := time.Now()
		for range 5 {
			w.Record("App", "Requests", nil, "Count", 1, time.Now(), 60)
			w.Record("App", "Errors", nil, "Count", 2, time.Now(), 60)
			w.pass(time.Minute)
		}
		in := &awscloudwatch.GetMetricDataInput{
			StartTime: &start, EndTime: ptr(time.Now()), MaxDatapoints: ptr(int32(3)),
			MetricDataQueries: []types.MetricDataQuery{metricQuery("r", "Requests", "Sum", 60), metricQuery("e", "Errors", "Sum", 60)},
		}
		counts := map[string]int{}
		pages := 0
		for pages == 0 || in.NextToken != nil {
			out, err := w.GetMetricData(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			size := 0
			for _, r := range out.MetricDataResults {
				counts[*r.Id] += len(r.Values)
				size += len(r.Values)
			}
			if size > 3 {
				t.Errorf("a page of %d", size)
			}
			in.NextToken = out.NextToken
			pages++
		}
		if counts["r"] != 5 || counts["e"] != 5 || pages != 4 {
			t.Errorf("got %v in %d pages", counts, pages)
		}
	})
}

func TestSecondsBecomeMinutesAfterThreeHours(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		start := time.Now()
		w.Record("App", "Requests", nil, "Count", 1, start.Add(10*time.Second), 1)
		w.Record("App", "Requests", nil, "Count", 1, start.Add(20*time.Second), 1)
		w.pass(4 * time.Hour)
		w.Record("App", "Requests", nil, "Count", 1, time.Now(), 1)
		out := w.read(start, start.Add(time.Minute), metricQuery("s", "Requests", "Sum", 10), metricQuery("m", "Requests", "Sum", 60))
		if s, m := out.MetricDataResults[0].Values, out.MetricDataResults[1].Values; len(s) != 0 || len(m) != 1 || m[0] != 2 {
			t.Errorf("by ten seconds %v, by minute %v", s, m)
		}
		w.pass(16 * 24 * time.Hour)
		w.Record("App", "Requests", nil, "Count", 1, time.Now(), 1)
		if got := w.read(start, start.Add(time.Minute), metricQuery("m", "Requests", "Sum", 60)).MetricDataResults[0].Values; len(got) != 0 {
			t.Errorf("after 16 days: %v", got)
		}
	})
}

func TestMetricsOfAWSLagAndGrow(t *testing.T) {
	inWorldWith(t, Options{Lag: time.Minute}, func(t *testing.T, w *world) {
		start := time.Now()
		count := func() float64 {
			q := metricQuery("i", "Invocations", "Sum", 60)
			q.MetricStat.Metric.Namespace = ptr("AWS/Lambda")
			sum := 0.0
			for _, v := range w.read(start, start.Add(time.Minute), q).MetricDataResults[0].Values {
				sum += v
			}
			return sum
		}
		var seen []float64
		for range 5 {
			w.Record("AWS/Lambda", "Invocations", nil, "Count", 1, start.Add(30*time.Second), 60)
			w.pass(30 * time.Second)
			seen = append(seen, count())
		}
		if diff := cmp.Diff([]float64{0, 1, 2, 3, 4}, seen); diff != "" {
			t.Error(diff)
		}
	})
}

func TestManyValuesKeepTotalsExactAndPercentilesClose(t *testing.T) {
	var all tally
	for i := range 10_000 {
		all.add(float64((i*7919)%10_000), 1)
	}
	if all.count != 10_000 || all.sum != 49_995_000 || all.min != 0 || all.max != 9999 {
		t.Errorf("totals %v %v %v %v", all.count, all.sum, all.min, all.max)
	}
	if len(all.samples) > 2*maxSamples {
		t.Errorf("%d samples are kept", len(all.samples))
	}
	if p := percentileOf(all.sorted(), all.count, 95); p < 9400 || p > 9600 {
		t.Errorf("p95 is %v", p)
	}
}

func TestStandardResolutionIsNotSeenBelowAMinute(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		start := time.Now()
		w.Record("App", "Requests", nil, "Count", 1, start, 60)
		out := w.read(start, start.Add(time.Minute), metricQuery("s", "Requests", "Sum", 10), metricQuery("m", "Requests", "Sum", 60))
		if s, m := out.MetricDataResults[0].Values, out.MetricDataResults[1].Values; len(s) != 0 || len(m) != 1 {
			t.Errorf("by ten seconds %v, by minute %v", s, m)
		}
	})
}
