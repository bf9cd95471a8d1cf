package cloudwatch

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

const topic = "arn:aws:sns:us-east-1:123456789012:people"

// A world is a CloudWatch in virtual time, with what came out of it.
type world struct {
	*Service
	t       *testing.T
	changes []StateChangeDetail
	at      []time.Time // of changes
	notices []notice
	seen    sync.Mutex // taken by pass too, so that what timers write comes after what the test has read
	passes  int
}

type notice struct {
	at               time.Time
	subject, message string
}

// inWorld runs a test in virtual time, which begins at midnight of 2000-01-01 UTC.
func inWorld(t *testing.T, do func(t *testing.T, w *world)) { inWorldWith(t, Options{}, do) }

func inWorldWith(t *testing.T, opts Options, do func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t}
		opts.Emit = func(_ context.Context, _ string, _ []string, detail any) {
			w.seen.Lock()
			defer w.seen.Unlock()
			if d, ok := detail.(StateChangeDetail); ok {
				w.changes = append(w.changes, d)
				w.at = append(w.at, time.Now())
			}
		}
		opts.Notify = func(_ context.Context, arn, subject, message string) {
			if arn != topic {
				t.Errorf("notified %s, want %s", arn, topic)
			}
			w.seen.Lock()
			defer w.seen.Unlock()
			w.notices = append(w.notices, notice{time.Now(), subject, message})
		}
		w.Service = New(t.Context(), opts)
		defer w.Close()
		do(t, w)
	})
}

// pass lets time go by and everything that is due happen.
func (w *world) pass(d time.Duration) {
	w.seen.Lock()
	w.passes++
	w.seen.Unlock()
	time.Sleep(d)
	synctest.Wait()
}

// alarmOf is an alarm on Sum of Errors in namespace App being over 1, with a period in seconds, n of n.
func alarmOf(name string, period, n int32) *awscloudwatch.PutMetricAlarmInput {
	return &awscloudwatch.PutMetricAlarmInput{
		AlarmName: &name, Namespace: ptr("App"), MetricName: ptr("Errors"), Statistic: types.StatisticSum,
		Period: &period, EvaluationPeriods: &n, Threshold: ptr(1.0),
		ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold,
		AlarmActions:       []string{topic}, OKActions: []string{topic},
	}
}

func (w *world) put(in *awscloudwatch.PutMetricAlarmInput) {
	w.t.Helper()
	if _, err := w.PutMetricAlarm(w.t.Context(), in); err != nil {
		w.t.Fatalf("putting alarm: %v", err)
	}
}

func (w *world) errors(value float64) {
	w.Record("App", "Errors", nil, "Count", value, time.Now(), 1)
}

func (w *world) set(name string, to types.StateValue) {
	w.t.Helper()
	_, err := w.SetAlarmState(w.t.Context(), &awscloudwatch.SetAlarmStateInput{AlarmName: &name, StateValue: to, StateReason: ptr("a test")})
	if err != nil {
		w.t.Fatalf("setting state: %v", err)
	}
	synctest.Wait()
}

func (w *world) state(name string) types.StateValue {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.stateOf(name)
}

// path is the alarm's states as its events told them.
func (w *world) path(name string) []types.StateValue {
	var path []types.StateValue
	for _, c := range w.changes {
		if c.AlarmName == name {
			path = append(path, c.State.Value)
		}
	}
	return path
}

// subjects are the notifications' subjects up to the alarm's name: "ALARM: \"a\"".
func (w *world) subjects() []string {
	var out []string
	for _, n := range w.notices {
		out = append(out, n.subject[:len(n.subject)-len(" in US East (N. Virginia)")])
	}
	return out
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
