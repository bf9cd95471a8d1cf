package telemetry_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/google/go-cmp/cmp"

	"sluice/shared/telemetry"
	"sluice/test/sandbox/sandboxtest"
)

var (
	environment = map[string]string{"Environment": "test"}
	released    = []telemetry.Metric{
		{Name: telemetry.Releases, Unit: telemetry.Count, Value: 1},
		{Name: telemetry.Duration, Unit: telemetry.Milliseconds, Value: 1500},
	}
)

// The shape is CloudWatch's, which drops a line that differs without a word.
func TestLineHasTheShapeThatCloudWatchTakes(t *testing.T) {
	var out bytes.Buffer
	at := time.Date(2026, 11, 24, 12, 0, 0, 7e6, time.UTC)
	if err := telemetry.Emit(&out, at, environment, released...); err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(out.Bytes(), []byte("\n")); n != 1 || !bytes.HasSuffix(out.Bytes(), []byte("\n")) {
		t.Fatalf("%d line ends in %q, want one event on one line", n, out.String())
	}
	var got, want any
	expected := `{"_aws":{"Timestamp":1795521600007,"CloudWatchMetrics":[{"Namespace":"Sluice","Dimensions":[["Environment"]],
		"Metrics":[{"Name":"Releases","Unit":"Count"},{"Name":"Duration","Unit":"Milliseconds"}]}]},
		"Environment":"test","Releases":1,"Duration":1500}`
	if err := errors.Join(json.Unmarshal(out.Bytes(), &got), json.Unmarshal([]byte(expected), &want)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("line (-want +got):\n%s", diff)
	}
}

func TestCloudWatchFindsTheMetricsInTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := sandboxtest.Boot(t)
		for range 3 {
			var out bytes.Buffer
			if err := telemetry.Emit(&out, time.Now(), environment, released...); err != nil {
				t.Fatal(err)
			}
			if err := box.CloudWatch.Log(out.Bytes()); err != nil {
				t.Fatalf("CloudWatch refuses %s: %v", out.String(), err)
			}
			time.Sleep(time.Minute)
		}
		seen, err := cloudwatch.NewFromConfig(box.Config("")).GetMetricStatistics(t.Context(), &cloudwatch.GetMetricStatisticsInput{
			Namespace: aws.String("Sluice"), MetricName: aws.String(telemetry.Duration), Statistics: []types.Statistic{types.StatisticSum},
			Dimensions: []types.Dimension{{Name: aws.String("Environment"), Value: aws.String("test")}},
			StartTime:  aws.Time(time.Now().Add(-time.Hour)), EndTime: aws.Time(time.Now()), Period: aws.Int32(3600),
		})
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, p := range seen.Datapoints {
			sum += aws.ToFloat64(p.Sum)
		}
		if sum != 4500 {
			t.Errorf("CloudWatch counts %v ms in %+v, want 4500", sum, seen.Datapoints)
		}
	})
}

// full is an output that takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

var errFull = errors.New("no space left")

func TestMetricThatWasNotWrittenIsAnError(t *testing.T) {
	if err := telemetry.Emit(full{}, time.Now(), environment, released...); !errors.Is(err, errFull) {
		t.Errorf("the answer is %v, want what the output says", err)
	}
	nothing := telemetry.Metric{Name: telemetry.Duration, Unit: telemetry.Milliseconds, Value: math.NaN()}
	if err := telemetry.Emit(&bytes.Buffer{}, time.Now(), environment, nothing); err == nil {
		t.Error("a value that is no number is written, and CloudWatch would drop the line")
	}
}
