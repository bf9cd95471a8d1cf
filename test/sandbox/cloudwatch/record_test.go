package cloudwatch

import (
	"fmt"
	"math"
	"testing"
	"time"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

func TestPutMetricDataRefusesWhatAWSRefuses(t *testing.T) {
	many := make([]types.Dimension, 31)
	for i := range many {
		many[i] = types.Dimension{Name: ptr(fmt.Sprint("d", i)), Value: ptr("v")}
	}
	for name, datum := range map[string]types.MetricDatum{
		"no name":             {Value: ptr(1.0)},
		"no value":            {MetricName: ptr("m")},
		"two forms":           {MetricName: ptr("m"), Value: ptr(1.0), Values: []float64{1}},
		"counts of odd size":  {MetricName: ptr("m"), Values: []float64{1, 2}, Counts: []float64{1}},
		"151 values":          {MetricName: ptr("m"), Values: make([]float64, 151)},
		"31 dimensions":       {MetricName: ptr("m"), Value: ptr(1.0), Dimensions: many},
		"an empty dimension":  {MetricName: ptr("m"), Value: ptr(1.0), Dimensions: []types.Dimension{{Name: ptr("d"), Value: ptr("")}}},
		"a dimension twice":   {MetricName: ptr("m"), Value: ptr(1.0), Dimensions: []types.Dimension{{Name: ptr("d"), Value: ptr("1")}, {Name: ptr("d"), Value: ptr("2")}}},
		"not a number":        {MetricName: ptr("m"), Value: ptr(math.NaN())},
		"infinity":            {MetricName: ptr("m"), Value: ptr(math.Inf(1))},
		"resolution of 5":     {MetricName: ptr("m"), Value: ptr(1.0), StorageResolution: ptr(int32(5))},
		"an unknown unit":     {MetricName: ptr("m"), Value: ptr(1.0), Unit: "Furlongs"},
		"15 days ago":         {MetricName: ptr("m"), Value: ptr(1.0), Timestamp: ptr(time.Date(1999, 12, 17, 0, 0, 0, 0, time.UTC))},
		"three hours ahead":   {MetricName: ptr("m"), Value: ptr(1.0), Timestamp: ptr(time.Date(2000, 1, 1, 3, 0, 0, 0, time.UTC))},
		"half a set":          {MetricName: ptr("m"), StatisticValues: &types.StatisticSet{Sum: ptr(1.0)}},
		"a contradictory set": {MetricName: ptr("m"), StatisticValues: &types.StatisticSet{Sum: ptr(1.0), SampleCount: ptr(1.0), Minimum: ptr(2.0), Maximum: ptr(1.0)}},
	} {
		inWorld(t, func(t *testing.T, w *world) {
			in := &awscloudwatch.PutMetricDataInput{Namespace: ptr("App"), MetricData: []types.MetricDatum{{MetricName: ptr("good"), Value: ptr(1.0)}, datum}}
			if _, err := w.PutMetricData(t.Context(), in); err == nil {
				t.Errorf("%s was accepted", name)
			}
			if len(w.metrics.byKey) != 0 {
				t.Errorf("%s: the good datum beside it was stored", name)
			}
		})
	}
	inWorld(t, func(t *testing.T, w *world) {
		in := &awscloudwatch.PutMetricDataInput{Namespace: ptr("AWS/Lambda"), MetricData: []types.MetricDatum{{MetricName: ptr("m"), Value: ptr(1.0)}}}
		if _, err := w.PutMetricData(t.Context(), in); err == nil {
			t.Error("a namespace of AWS was accepted")
		}
	})
}

func TestEmbeddedMetricsAreTakenOutOfLogs(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		start := time.Now()
		line := fmt.Sprintf(`{"_aws":{"Timestamp":%d,"CloudWatchMetrics":[{"Namespace":"App","Dimensions":[["Service"],[]],"Metrics":[{"Name":"Latency","Unit":"Milliseconds","StorageResolution":1},{"Name":"Errors"}]}]},"Service":"checkout","Latency":[10,30],"Errors":2,"requestId":"989"}`, start.UnixMilli())
		for _, l := range []string{line, "plain text about _aws", `{"level":"INFO"}`, `"_aws" is mentioned`} {
			if err := w.Log([]byte(l)); err != nil {
				t.Errorf("%s: %v", l, err)
			}
		}
		checkout := []types.Dimension{{Name: ptr("Service"), Value: ptr("checkout")}}
		for _, dims := range [][]types.Dimension{checkout, nil} {
			latency, errors := metricQuery("l", "Latency", "Average", 10), metricQuery("e", "Errors", "Sum", 60)
			latency.MetricStat.Metric.Dimensions, errors.MetricStat.Metric.Dimensions = dims, dims
			latency.MetricStat.Unit = types.StandardUnitMilliseconds
			out := w.read(start, start.Add(time.Minute), latency, errors)
			if l, e := out.MetricDataResults[0].Values, out.MetricDataResults[1].Values; len(l) != 1 || l[0] != 20 || len(e) != 1 || e[0] != 2 {
				t.Errorf("dimensions %v: latency %v, errors %v", len(dims), l, e)
			}
		}
	})
}

func TestMalformedEmbeddedMetricsAreSaidToBeSo(t *testing.T) {
	for name, line := range map[string]string{
		"no timestamp":            `{"_aws":{"CloudWatchMetrics":[{"Namespace":"App","Dimensions":[[]],"Metrics":[{"Name":"m"}]}]},"m":1}`,
		"no metric value":         `{"_aws":{"Timestamp":946684800000,"CloudWatchMetrics":[{"Namespace":"App","Dimensions":[[]],"Metrics":[{"Name":"m"}]}]}}`,
		"a metric that is text":   `{"_aws":{"Timestamp":946684800000,"CloudWatchMetrics":[{"Namespace":"App","Dimensions":[[]],"Metrics":[{"Name":"m"}]}]},"m":"1"}`,
		"no dimension value":      `{"_aws":{"Timestamp":946684800000,"CloudWatchMetrics":[{"Namespace":"App","Dimensions":[["d"]],"Metrics":[{"Name":"m"}]}]},"m":1}`,
		"a dimension of a number": `{"_aws":{"Timestamp":946684800000,"CloudWatchMetrics":[{"Namespace":"App","Dimensions":[["d"]],"Metrics":[{"Name":"m"}]}]},"m":1,"d":7}`,
		"no dimensions":           `{"_aws":{"Timestamp":946684800000,"CloudWatchMetrics":[{"Namespace":"App","Metrics":[{"Name":"m"}]}]},"m":1}`,
		"seconds as timestamp":    `{"_aws":{"Timestamp":946684800,"CloudWatchMetrics":[{"Namespace":"App","Dimensions":[[]],"Metrics":[{"Name":"m"}]}]},"m":1}`,
	} {
		inWorld(t, func(t *testing.T, w *world) {
			if err := w.Log([]byte(line)); err == nil {
				t.Errorf("%s was accepted", name)
			}
			if len(w.metrics.byKey) != 0 {
				t.Errorf("%s: metrics were stored", name)
			}
		})
	}
}

func TestGetMetricStatisticsJoinsStatistics(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		start := time.Now()
		w.Record("App", "Latency", nil, "Milliseconds", 10, start, 60)
		w.Record("App", "Latency", nil, "Milliseconds", 30, start, 60)
		out, err := w.GetMetricStatistics(t.Context(), &awscloudwatch.GetMetricStatisticsInput{
			Namespace: ptr("App"), MetricName: ptr("Latency"), StartTime: &start, EndTime: ptr(start.Add(time.Hour)), Period: ptr(int32(60)),
			Statistics: []types.Statistic{types.StatisticSum, types.StatisticMaximum}, ExtendedStatistics: []string{"p50"},
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Datapoints) != 1 {
			t.Fatalf("%d data points, want 1", len(out.Datapoints))
		}
		if d := out.Datapoints[0]; *d.Sum != 40 || *d.Maximum != 30 || d.ExtendedStatistics["p50"] != 10 || d.Unit != types.StandardUnitMilliseconds || d.Average != nil {
			t.Errorf("got %+v", d)
		}
	})
}
