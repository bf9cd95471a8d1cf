package cloudwatch

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/google/go-cmp/cmp"
)

// The shape is that of the examples on
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
func TestStateChangeEventHasTheDocumentedShape(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		in := alarmOf("a", 60, 1)
		in.AlarmDescription = ptr("too many errors")
		in.Dimensions = []types.Dimension{{Name: ptr("Resource"), Value: ptr("checkout:live")}}
		w.put(in)
		w.pass(90 * time.Second)
		w.Record("App", "Errors", map[string]string{"Resource": "checkout:live"}, "Count", 7, time.Now(), 60)
		w.pass(time.Minute)
		if len(w.changes) != 1 {
			t.Fatalf("%d events, want 1", len(w.changes))
		}
		id := w.changes[0].Configuration.Metrics[0].ID
		if !regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`).MatchString(id) {
			t.Errorf("metric id %q is not like a UUID", id)
		}
		got := strings.ReplaceAll(asJSON(t, w.changes[0]), id, "ID")
		if diff := cmp.Diff(decoded(t, wantChange), decoded(t, got)); diff != "" {
			t.Error(diff)
		}
	})
}

const wantChange = `{
 "alarmName": "a",
 "configuration": {
  "description": "too many errors",
  "metrics": [{
   "id": "ID",
   "metricStat": {
    "metric": {"dimensions": {"Resource": "checkout:live"}, "name": "Errors", "namespace": "App"},
    "period": 60, "stat": "Sum"
   },
   "returnData": true
  }]
 },
 "previousState": {
  "reason": "Unchecked: Initial alarm creation",
  "timestamp": "2000-01-01T00:00:00.000+0000",
  "value": "INSUFFICIENT_DATA"
 },
 "state": {
  "reason": "Threshold Crossed: 1 out of the last 1 datapoints [7.0 (01/01/00 00:01:00)] was greater than the threshold (1.0) (minimum 1 datapoint for OK -> ALARM transition).",
  "reasonData": "{\"version\":\"1.0\",\"queryDate\":\"2000-01-01T00:02:01.000+0000\",\"startDate\":\"2000-01-01T00:01:00.000+0000\",\"statistic\":\"Sum\",\"period\":60,\"recentDatapoints\":[7.0],\"threshold\":1.0,\"evaluatedDatapoints\":[{\"timestamp\":\"2000-01-01T00:01:00.000+0000\",\"sampleCount\":1.0,\"value\":7.0}]}",
  "timestamp": "2000-01-01T00:02:01.000+0000",
  "value": "ALARM"
 }
}`

func decoded(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

func TestNotificationReadsLikeThatOfAWS(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.put(alarmOf("a", 60, 1))
		w.set("a", red)
		if len(w.notices) != 1 {
			t.Fatalf("%d notifications, want 1", len(w.notices))
		}
		if got, want := w.notices[0].subject, `ALARM: "a" in US East (N. Virginia)`; got != want {
			t.Errorf("subject %q, want %q", got, want)
		}
		message, _ := decoded(t, w.notices[0].message).(map[string]any)
		trigger, _ := message["Trigger"].(map[string]any)
		for key, want := range map[string]any{
			"AlarmName": "a", "NewStateValue": "ALARM", "OldStateValue": "INSUFFICIENT_DATA", "NewStateReason": "a test",
			"StateChangeTime": "2000-01-01T00:00:00.000+0000", "Region": "US East (N. Virginia)", "AWSAccountId": "123456789012",
			"AlarmArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:a",
		} {
			if message[key] != want {
				t.Errorf("%s is %v, want %v", key, message[key], want)
			}
		}
		if trigger["Statistic"] != "SUM" || trigger["Threshold"] != 1.0 || trigger["TreatMissingData"] != "missing" {
			t.Errorf("trigger %v", trigger)
		}
	})
}

func TestDescribeAlarmsLeavesCompositesOutUnlessAsked(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.put(alarmOf("a", 60, 1))
		w.compose("b", "ALARM(a)", nil)
		describe := func(in *awscloudwatch.DescribeAlarmsInput) (metric, composite int) {
			out, err := w.DescribeAlarms(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			return len(out.MetricAlarms), len(out.CompositeAlarms)
		}
		names := []string{"a", "b", "c"}
		if m, c := describe(&awscloudwatch.DescribeAlarmsInput{AlarmNames: names}); m != 1 || c != 0 {
			t.Errorf("without types: %d metric and %d composite alarms, want 1 and 0", m, c)
		}
		both := []types.AlarmType{types.AlarmTypeMetricAlarm, types.AlarmTypeCompositeAlarm}
		if m, c := describe(&awscloudwatch.DescribeAlarmsInput{AlarmNames: names, AlarmTypes: both}); m != 1 || c != 1 {
			t.Errorf("with types: %d metric and %d composite alarms, want 1 and 1", m, c)
		}
		if m, c := describe(&awscloudwatch.DescribeAlarmsInput{AlarmTypes: both, StateValue: good}); m != 0 || c != 1 {
			t.Errorf("in OK: %d metric and %d composite alarms, want 0 and 1", m, c)
		}
		if m, c := describe(&awscloudwatch.DescribeAlarmsInput{ParentsOfAlarmName: ptr("a")}); m != 0 || c != 1 {
			t.Errorf("parents: %d metric and %d composite alarms, want 0 and 1", m, c)
		}
	})
}

func TestDescribeAlarmsPages(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		for _, name := range []string{"a", "b", "c"} {
			w.put(alarmOf(name, 60, 1))
		}
		in := &awscloudwatch.DescribeAlarmsInput{MaxRecords: ptr(int32(2))}
		first, err := w.DescribeAlarms(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		in.NextToken = first.NextToken
		second, err := w.DescribeAlarms(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		if len(first.MetricAlarms) != 2 || len(second.MetricAlarms) != 1 || *second.MetricAlarms[0].AlarmName != "c" || second.NextToken != nil {
			t.Errorf("pages of %d and %d", len(first.MetricAlarms), len(second.MetricAlarms))
		}
	})
}
