package cloudwatch_test

import (
	"context"
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
		counts, err2 := w.Counts(t.Context(), rollout.Definition{}, cloudwatch.Span{})
		if err != nil || err2 != nil || len(states) != 0 || len(counts) != 0 || len(calls.Of("cloudwatch:DescribeAlarms"))+len(calls.Of("cloudwatch:GetMetricData")) != 0 {
			t.Errorf("states %v (%v), counts %v (%v); want nothing and no call", states, err, counts, err2)
		}
	}, calls.Keep)
}

func TestAlarmsAndMetricsThatCannotBeReadAreErrors(t *testing.T) {
	watch(t, func(t *testing.T, w *cloudwatch.Watcher, _ *sandbox.Sandbox) {
		if _, err := w.Alarms(t.Context(), []string{"green"}); sandboxtest.Code(err) == "" {
			t.Errorf("reading alarms answers %v, want the throttle", err)
		}
		if _, err := w.Counts(t.Context(), checked(rollout.Ceiling{}), lastTenMinutes(rollout.All)); sandboxtest.Code(err) == "" {
			t.Errorf("reading metrics answers %v, want the throttle", err)
		}
	}, sandboxtest.Fail("cloudwatch:DescribeAlarms", sandboxtest.Always, wire.Throttled("Rate exceeded")),
		sandboxtest.Fail("cloudwatch:GetMetricData", sandboxtest.Always, wire.Throttled("Rate exceeded")))
}

// checked is a definition with ceilings.
func checked(ceilings ...rollout.Ceiling) rollout.Definition {
	d := rollout.Definition{Target: rollout.Target{LambdaAlias: &rollout.LambdaAlias{Function: "checkout", Alias: "live"}}}
	d.Checks.Ceilings = ceilings
	return d.WithDefaults()
}

func lastTenMinutes(weight rollout.Weight) cloudwatch.Span {
	return cloudwatch.Span{Revision: "42", Weight: weight, From: time.Now().Add(-10 * time.Minute), To: time.Now()}
}

// serve counts one request of a version a minute, as Lambda does, with or without an error.
func serve(box *sandbox.Sandbox, version string, failed float64) {
	alias := map[string]string{"FunctionName": "checkout", "Resource": "checkout:live"}
	executed := map[string]string{"FunctionName": "checkout", "Resource": "checkout:live", "ExecutedVersion": version}
	for _, dimensions := range []map[string]string{alias, executed} {
		box.CloudWatch.Record("AWS/Lambda", "Invocations", dimensions, "Count", 1, time.Now(), 60)
		box.CloudWatch.Record("AWS/Lambda", "Errors", dimensions, "Count", failed, time.Now(), 60)
	}
}

// serving lets minutes go by in which the candidate fails every request and stable none.
func serving(box *sandbox.Sandbox, minutes int) {
	for range minutes {
		serve(box, "41", 0)
		serve(box, "42", 1)
		time.Sleep(time.Minute)
	}
}

func TestCountsAreTheCandidatesAloneUntilItServesEverything(t *testing.T) {
	watch(t, func(t *testing.T, w *cloudwatch.Watcher, box *sandbox.Sandbox) {
		serving(box, 20)
		time.Sleep(30 * time.Second)
		for weight, want := range map[rollout.Weight]judge.Counts{500: {Requests: 10, Errors: 10}, rollout.All: {Requests: 20, Errors: 10}} {
			got, err := w.Counts(t.Context(), checked(rollout.Ceiling{Percent: 5}), lastTenMinutes(weight))
			if err != nil || len(got) != 1 || got[0] != want {
				t.Errorf("at %v the last ten minutes count %+v (%v), want %+v", weight, got, err, want)
			}
		}
	})
}

func TestNoDataIsZeroRequestsAndNoError(t *testing.T) {
	watch(t, func(t *testing.T, w *cloudwatch.Watcher, _ *sandbox.Sandbox) {
		got, err := w.Counts(t.Context(), checked(rollout.Ceiling{Percent: 5}), lastTenMinutes(500))
		if err != nil || len(got) != 1 || got[0] != (judge.Counts{}) {
			t.Errorf("silence counts %+v (%v), want nothing seen", got, err)
		}
	})
}

// CloudWatch answers in pages, and a page may hold a part of one metric.
func TestCountsAreSummedOverPages(t *testing.T) {
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
		got, err := w.Counts(t.Context(), checked(rollout.Ceiling{Percent: 5}), lastTenMinutes(500))
		if err != nil || got[0] != (judge.Counts{Requests: 10, Errors: 10}) {
			t.Errorf("the pages sum up to %+v (%v), want 10 of 10", got, err)
		}
		if pages := len(calls.Of("cloudwatch:GetMetricData")); pages < 3 {
			t.Errorf("there were %d pages: this proves nothing", pages)
		}
	}, calls.Keep, smallPages)
}

func TestErrorsThatCouldNotBeCountedAreNotNone(t *testing.T) {
	for _, status := range []types.StatusCode{types.StatusCodeInternalError, types.StatusCodeForbidden} {
		watch(t, func(t *testing.T, w *cloudwatch.Watcher, _ *sandbox.Sandbox) {
			_, err := w.Counts(t.Context(), checked(rollout.Ceiling{Percent: 5}), lastTenMinutes(500))
			if err == nil || !strings.Contains(err.Error(), string(status)) {
				t.Errorf("errors that answered %s are taken for none (%v)", status, err)
			}
		}, sandboxtest.Answer("cloudwatch:GetMetricData", 1, &awscloudwatch.GetMetricDataOutput{MetricDataResults: []types.MetricDataResult{
			{Id: aws.String("r0"), StatusCode: types.StatusCodeComplete, Values: []float64{1000}},
			{Id: aws.String("e0"), Label: aws.String("Errors"), StatusCode: status},
		}}))
	}
}

func TestEachCeilingHasItsOwnMetricsInOneCall(t *testing.T) {
	var calls sandboxtest.Calls
	watch(t, func(t *testing.T, w *cloudwatch.Watcher, box *sandbox.Sandbox) {
		serving(box, 10)
		for revision, n := range map[string]float64{"41": 500, "42": 7} {
			dimensions := map[string]string{"Version": revision, "Stage": "live"}
			box.CloudWatch.Record("Shop", "Payments", dimensions, "Count", n, time.Now().Add(-time.Minute), 60)
			box.CloudWatch.Record("Shop", "Refused", dimensions, "Count", 2, time.Now().Add(-time.Minute), 60)
		}
		payments := rollout.Metric{Namespace: "Shop", Requests: "Payments", Errors: "Refused", RevisionDimension: "Version", Dimensions: map[string]string{"Stage": "live"}}
		got, err := w.Counts(t.Context(), checked(rollout.Ceiling{Percent: 5}, rollout.Ceiling{Percent: 1, Metrics: &payments}), lastTenMinutes(500))
		if diff := cmp.Diff([]judge.Counts{{Requests: 10, Errors: 10}, {Requests: 7, Errors: 2}}, got); err != nil || diff != "" {
			t.Errorf("counts (%v) (-want +got):\n%s", err, diff)
		}
		if made := len(calls.Of("cloudwatch:GetMetricData")); made != 1 {
			t.Errorf("it took %d calls, want one", made)
		}
	}, calls.Keep)
}
