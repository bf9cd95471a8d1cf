package cloudwatch_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/google/go-cmp/cmp"

	"sluice/shared/cloudwatch"
	"sluice/shared/judge"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
)

// watch tells a story in virtual time.
func watch(t *testing.T, story func(t *testing.T, w *cloudwatch.Watcher, box *sandbox.Sandbox), middleware ...wire.Middleware) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		box := sandboxtest.Boot(t, middleware...)
		story(t, cloudwatch.New(box.Config("")), box)
	})
}

// alarms makes alarms in a state.
func alarms(t *testing.T, box *sandbox.Sandbox, state types.StateValue, names ...string) {
	t.Helper()
	for _, name := range names {
		_, err := box.CloudWatch.PutMetricAlarm(t.Context(), &awscloudwatch.PutMetricAlarmInput{
			AlarmName: &name, Namespace: aws.String("Test"), MetricName: aws.String("Errors"), Statistic: types.StatisticSum,
			Period: aws.Int32(60), EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(0), ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold,
		})
		if err == nil {
			_, err = box.CloudWatch.SetAlarmState(t.Context(), &awscloudwatch.SetAlarmStateInput{AlarmName: &name, StateValue: state, StateReason: aws.String("a test")})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestAlarmsTellEachStateAndLeaveOutWhatIsGone(t *testing.T) {
	watch(t, func(t *testing.T, w *cloudwatch.Watcher, box *sandbox.Sandbox) {
		alarms(t, box, types.StateValueOk, "green")
		alarms(t, box, types.StateValueAlarm, "red", "unasked")
		alarms(t, box, types.StateValueInsufficientData, "silent")
		if _, err := box.CloudWatch.PutCompositeAlarm(t.Context(), &awscloudwatch.PutCompositeAlarmInput{AlarmName: aws.String("either"), AlarmRule: aws.String(`ALARM("red") OR ALARM("silent")`)}); err != nil {
			t.Fatal(err)
		}
		got, err := w.Alarms(t.Context(), []string{"green", "red", "silent", "either", "gone"})
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]judge.AlarmState{"green": judge.OK, "red": judge.Alarm, "silent": judge.InsufficientData, "either": judge.Alarm}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("states (-want +got):\n%s", diff)
		}
	})
}

// A hundred alarms is what a definition may name; CloudWatch tells fifty of them unless it is asked for more.
func TestAHundredAlarmsAreAllRead(t *testing.T) {
	watch(t, func(t *testing.T, w *cloudwatch.Watcher, box *sandbox.Sandbox) {
		names := make([]string, 100)
		for i := range names {
			names[i] = fmt.Sprintf("alarm-%03d", i)
		}
		alarms(t, box, types.StateValueOk, names...)
		got, err := w.Alarms(t.Context(), names)
		if err != nil || len(got) != len(names) {
			t.Errorf("read %d alarms (%v), want %d", len(got), err, len(names))
		}
	})
}

// DescribeAlarms without names would answer with the alarms of the whole account.
func TestWithoutNamesNobodyIsAsked(t *testing.T) {
	var calls sandboxtest.Calls
	watch(t, func(t *testing.T, w *cloudwatch.Watcher, box *sandbox.Sandbox) {
		alarms(t, box, types.StateValueAlarm, "somebody-elses")
		states, err := w.Alarms(t.Context(), nil)
		seen, unread := w.Counts(t.Context(), rollout.Definition{}, cloudwatch.Span{})
		if err != nil || len(unread) != 0 || len(states) != 0 || len(seen) != 0 || len(calls.Of("cloudwatch:DescribeAlarms"))+len(calls.Of("cloudwatch:GetMetricData")) != 0 {
			t.Errorf("states %v (%v), seen %v (%v); want nothing and no call", states, err, seen, unread)
		}
	}, calls.Keep)
}

func TestAlarmsAndMetricsThatCannotBeReadAreErrors(t *testing.T) {
	watch(t, func(t *testing.T, w *cloudwatch.Watcher, _ *sandbox.Sandbox) {
		if _, err := w.Alarms(t.Context(), []string{"green"}); sandboxtest.Code(err) == "" {
			t.Errorf("reading alarms answers %v, want the throttle", err)
		}
		if _, unread := w.Counts(t.Context(), ceilings(rollout.Ceiling{}), lastTenMinutes(rollout.All)); !strings.Contains(unread["ceilings0"], "Rate exceeded") {
			t.Errorf("reading metrics answers %v, want the throttle", unread)
		}
	}, sandboxtest.Fail("cloudwatch:DescribeAlarms", sandboxtest.Always, wire.Throttled("Rate exceeded")),
		sandboxtest.Fail("cloudwatch:GetMetricData", sandboxtest.Always, wire.Throttled("Rate exceeded")))
}

// Whoever guards by a rate of errors has an alarm on an expression. It says no period of its own, and can be as slow as any other.
func TestLevelsTellHowSoonAnAlarmCanGoRed(t *testing.T) {
	watch(t, func(t *testing.T, w *cloudwatch.Watcher, box *sandbox.Sandbox) {
		alarms(t, box, types.StateValueOk, "a-minute")
		put := func(in *awscloudwatch.PutMetricAlarmInput) {
			in.Threshold, in.ComparisonOperator = aws.Float64(0), types.ComparisonOperatorGreaterThanThreshold
			if _, err := box.CloudWatch.PutMetricAlarm(t.Context(), in); err != nil {
				t.Fatal(err)
			}
		}
		put(&awscloudwatch.PutMetricAlarmInput{
			AlarmName: aws.String("three-of-five"), Namespace: aws.String("Test"), MetricName: aws.String("Errors"), Statistic: types.StatisticSum,
			Period: aws.Int32(60), EvaluationPeriods: aws.Int32(5), DatapointsToAlarm: aws.Int32(3),
		})
		errors := &types.MetricStat{Metric: &types.Metric{Namespace: aws.String("Test"), MetricName: aws.String("Errors")}, Period: aws.Int32(300), Stat: aws.String("Sum")}
		put(&awscloudwatch.PutMetricAlarmInput{AlarmName: aws.String("rate"), EvaluationPeriods: aws.Int32(2), Metrics: []types.MetricDataQuery{
			{Id: aws.String("m1"), MetricStat: errors, ReturnData: aws.Bool(false)}, {Id: aws.String("e1"), Expression: aws.String("m1 * 2"), ReturnData: aws.Bool(true)},
		}})
		if _, err := box.CloudWatch.PutCompositeAlarm(t.Context(), &awscloudwatch.PutCompositeAlarmInput{AlarmName: aws.String("any"), AlarmRule: aws.String(`ALARM("rate")`)}); err != nil {
			t.Fatal(err)
		}
		levels, err := w.Levels(t.Context(), []string{"a-minute", "three-of-five", "rate", "any"})
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]time.Duration{"a-minute": time.Minute, "three-of-five": 3 * time.Minute, "rate": 10 * time.Minute}
		if diff := cmp.Diff(want, cloudwatch.Reactions(levels)); diff != "" {
			t.Errorf("reactions (-want +got):\n%s", diff)
		}
	})
}
