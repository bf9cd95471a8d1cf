package cloudwatch

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/google/go-cmp/cmp"
)

const (
	red  = types.StateValueAlarm
	good = types.StateValueOk
	dark = types.StateValueInsufficientData
)

func TestTenSecondAlarmReactsWithinTwentySecondsAndWithoutHavingBeenOK(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.put(alarmOf("a", 10, 1))
		w.pass(33 * time.Second)
		bad := time.Now()
		w.errors(5)
		w.pass(20 * time.Second)
		if diff := cmp.Diff([]types.StateValue{red}, w.path("a")); diff != "" {
			t.Fatal(diff)
		}
		if got := w.changes[0].PreviousState.Value; got != dark {
			t.Errorf("previous state %s, want %s", got, dark)
		}
		if took := w.at[0].Sub(bad); took < time.Second || took > 20*time.Second {
			t.Errorf("reacted after %v", took)
		}
	})
}

func TestMinuteAlarmDecidesOnWholeMinutes(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.put(alarmOf("a", 60, 1))
		w.pass(30 * time.Second)
		w.errors(5)
		w.pass(29 * time.Second)
		if got := w.path("a"); got != nil {
			t.Fatalf("changed within the minute: %v", got)
		}
		w.pass(3 * time.Second)
		if got := w.state("a"); got != red {
			t.Errorf("state %s after the minute", got)
		}
	})
}

// One bad point followed by silence stays in the evaluation range for three periods, whatever TreatMissingData says.
func TestSilenceAfterABadPointKeepsTheAlarmRedForThreePeriods(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		in := alarmOf("a", 60, 1)
		in.TreatMissingData = ptr("notBreaching")
		w.put(in)
		w.pass(30 * time.Second)
		w.errors(5)
		w.pass(10 * time.Minute)
		if diff := cmp.Diff([]types.StateValue{good, red, good}, w.path("a")); diff != "" {
			t.Fatal(diff)
		}
		if held := w.at[2].Sub(w.at[1]); held != 3*time.Minute {
			t.Errorf("was red for %v, want 3m", held)
		}
	})
}

func TestMOutOfNNeedNotBeConsecutive(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		in := alarmOf("a", 10, 3)
		in.DatapointsToAlarm = ptr(int32(2))
		w.put(in)
		w.pass(2 * time.Second)
		for _, v := range []float64{5, 0, 5, 0, 0, 0} {
			w.errors(v)
			w.pass(10 * time.Second)
		}
		if diff := cmp.Diff([]types.StateValue{good, red, good}, w.path("a")); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRepeatedAlarmIsNotEmittedAgain(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		in := alarmOf("a", 60, 1)
		in.TreatMissingData = ptr("ignore")
		w.put(in)
		w.set("a", red)
		w.set("a", red)
		w.pass(5 * time.Minute)
		if diff := cmp.Diff([]types.StateValue{red}, w.path("a")); diff != "" {
			t.Error(diff)
		}
		if len(w.notices) != 1 {
			t.Errorf("%d notifications, want 1", len(w.notices))
		}
	})
}

func TestNextEvaluationUndoesSetAlarmState(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.put(alarmOf("a", 10, 1))
		w.pass(2 * time.Second)
		w.errors(0)
		w.pass(10 * time.Second)
		w.set("a", red)
		w.errors(0)
		w.pass(10 * time.Second)
		if diff := cmp.Diff([]types.StateValue{good, red, good}, w.path("a")); diff != "" {
			t.Error(diff)
		}
	})
}

func TestUpdateKeepsTheState(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		in := alarmOf("a", 60, 1)
		in.TreatMissingData = ptr("ignore")
		w.put(in)
		w.set("a", red)
		changed := *in
		changed.Threshold = ptr(100.0)
		w.put(&changed)
		w.pass(3 * time.Minute)
		if got := w.state("a"); got != red || len(w.changes) != 1 {
			t.Errorf("state %s after %d changes, want ALARM after 1", got, len(w.changes))
		}
	})
}

func TestDisabledActionsDoNotRunButEventsFlow(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		in := alarmOf("a", 60, 1)
		in.ActionsEnabled = ptr(false)
		w.put(in)
		w.set("a", red)
		if len(w.changes) != 1 || len(w.notices) != 0 {
			t.Errorf("%d events and %d notifications, want 1 and 0", len(w.changes), len(w.notices))
		}
	})
}

func TestMetricMathAlarmComparesTheReturnedQuery(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		in := alarmOf("share", 10, 1)
		in.Namespace, in.MetricName, in.Period, in.Statistic = nil, nil, nil, ""
		in.Threshold = ptr(10.0)
		metric := func(id, name string) types.MetricDataQuery {
			return types.MetricDataQuery{Id: &id, ReturnData: ptr(false), MetricStat: &types.MetricStat{
				Metric: &types.Metric{Namespace: ptr("App"), MetricName: &name}, Period: ptr(int32(10)), Stat: ptr("Sum"),
			}}
		}
		in.Metrics = []types.MetricDataQuery{
			metric("bad", "Errors"), metric("all", "Requests"),
			{Id: ptr("share"), Expression: ptr("100 * FILL(bad, 0) / all"), Label: ptr("error share")},
		}
		w.put(in)
		w.pass(2 * time.Second)
		send := func(requests, errors float64) {
			w.Record("App", "Requests", nil, "Count", requests, time.Now(), 1)
			if errors > 0 {
				w.errors(errors)
			}
			w.pass(10 * time.Second)
		}
		send(100, 0)
		send(100, 20)
		if diff := cmp.Diff([]types.StateValue{good, red}, w.path("share")); diff != "" {
			t.Fatal(diff)
		}
		metrics := w.changes[1].Configuration.Metrics
		if got := metrics[2]; got.Expression != "100 * FILL(bad, 0) / all" || got.Label != "error share" || !got.ReturnData || metrics[0].ReturnData {
			t.Errorf("event shows the metrics as %+v", metrics)
		}
	})
}

func TestPercentileAlarmWithFewSamplesStays(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		in := alarmOf("slow", 60, 1)
		in.Statistic, in.ExtendedStatistic, in.EvaluateLowSampleCountPercentile = "", ptr("p90"), ptr("ignore")
		w.put(in)
		w.pass(2 * time.Second)
		for range 99 {
			w.errors(50)
		}
		w.pass(time.Minute)
		if got := w.state("slow"); got != dark {
			t.Fatalf("99 samples made it %s", got)
		}
		for range 100 {
			w.errors(50)
		}
		w.pass(time.Minute)
		if got := w.state("slow"); got != red {
			t.Errorf("100 samples left it %s", got)
		}
	})
}

func TestNothingIsEvaluatedAfterTheContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		changes := 0
		s := New(ctx, Options{Emit: func(_ context.Context, detailType string, _ []string, _ any) {
			if detailType == StateChange {
				changes++
			}
		}})
		in := alarmOf("a", 10, 1)
		in.TreatMissingData = ptr("breaching")
		if _, err := s.PutMetricAlarm(ctx, in); err != nil {
			t.Fatal(err)
		}
		cancel()
		time.Sleep(time.Hour)
		synctest.Wait()
		if changes != 0 {
			t.Errorf("%d changes after the end", changes)
		}
	})
}

func TestWrongAlarmsAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(in *awscloudwatch.PutMetricAlarmInput){
		"no name":           func(in *awscloudwatch.PutMetricAlarmInput) { in.AlarmName = nil },
		"period of 5":       func(in *awscloudwatch.PutMetricAlarmInput) { in.Period = ptr(int32(5)) },
		"period of 90":      func(in *awscloudwatch.PutMetricAlarmInput) { in.Period = ptr(int32(90)) },
		"M above N":         func(in *awscloudwatch.PutMetricAlarmInput) { in.DatapointsToAlarm = ptr(int32(2)) },
		"more than a day":   func(in *awscloudwatch.PutMetricAlarmInput) { in.EvaluationPeriods = ptr(int32(1441)) },
		"no threshold":      func(in *awscloudwatch.PutMetricAlarmInput) { in.Threshold = nil },
		"two statistics":    func(in *awscloudwatch.PutMetricAlarmInput) { in.ExtendedStatistic = ptr("p99") },
		"unknown treatment": func(in *awscloudwatch.PutMetricAlarmInput) { in.TreatMissingData = ptr("good") },
		"a Lambda action": func(in *awscloudwatch.PutMetricAlarmInput) {
			in.AlarmActions = []string{"arn:aws:lambda:x:1:function:f"}
		},
		"anomaly detection":    func(in *awscloudwatch.PutMetricAlarmInput) { in.ThresholdMetricId = ptr("ad1") },
		"metric and metrics":   func(in *awscloudwatch.PutMetricAlarmInput) { in.Metrics = []types.MetricDataQuery{{Id: ptr("e")}} },
		"unknown comparison":   func(in *awscloudwatch.PutMetricAlarmInput) { in.ComparisonOperator = "Over" },
		"a period without any": func(in *awscloudwatch.PutMetricAlarmInput) { in.EvaluationPeriods = nil },
	} {
		inWorld(t, func(t *testing.T, w *world) {
			in := alarmOf("a", 60, 1)
			spoil(in)
			if _, err := w.PutMetricAlarm(t.Context(), in); err == nil {
				t.Errorf("%s was accepted", name)
			}
		})
	}
}

// What alarms cause may call CloudWatch again, and every caller may come at once: nothing deadlocks, and the events
// of an alarm keep their order.
func TestEventsOfManyCallersStayInOrder(t *testing.T) {
	var s *Service
	var mu sync.Mutex
	var previous types.StateValue
	s = New(t.Context(), Options{Emit: func(ctx context.Context, detailType string, _ []string, detail any) {
		d, ok := detail.(StateChangeDetail)
		if !ok {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if previous != "" && d.PreviousState.Value != previous {
			t.Errorf("a change from %s follows one to %s", d.PreviousState.Value, previous)
		}
		previous = d.State.Value
		if _, err := s.DescribeAlarms(ctx, &awscloudwatch.DescribeAlarmsInput{}); err != nil {
			t.Error(err)
		}
	}})
	in := alarmOf("a", 60, 1)
	in.TreatMissingData = ptr("ignore")
	if _, err := s.PutMetricAlarm(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	var callers sync.WaitGroup
	for _, to := range []types.StateValue{red, good, dark, red, good} {
		callers.Go(func() {
			for range 50 {
				s.Record("App", "Errors", nil, "Count", 1, time.Now(), 1)
				if _, err := s.SetAlarmState(t.Context(), &awscloudwatch.SetAlarmStateInput{AlarmName: ptr("a"), StateValue: to, StateReason: ptr("")}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	callers.Wait()
}
