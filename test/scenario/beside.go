package scenario

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/sandbox/ecs"
	"sluice/test/sandbox/wire"
)

// Rival is who leads a bad task definition to a service of ECS: ECS alone, by its own canary with an alarm, or Sluice over it.
type Rival struct {
	Name string
	Lead func(w *World) (decided time.Time) // zero: nobody took it back
	asks bool                               // it makes calls of AWS; ECS alone is asked once
}

// Rivals are those. Each gives the candidate 5 % for ten minutes, and everything for ten more.
func Rivals() []Rival {
	return []Rival{{"ECS' own canary, with an alarm", ecsAlone, false}, {"Sluice over ECS", sluiceOverECS, true}}
}

// Taken is how a bad task definition came and went.
type Taken struct {
	Decided time.Duration // from its first request to the decision; 0: there was none within half an hour
	Left    time.Duration // from the decision to the last request that met it
	Harmed  int           // requests
	Calls   int           // of AWS
}

// String is a line of the report.
func (t Taken) String() string {
	if t.Decided == 0 {
		return fmt.Sprintf("nobody took it back in half an hour, %d requests harmed, %d calls", t.Harmed, t.Calls)
	}
	return fmt.Sprintf("decided after %.1f min, all traffic back %.1f s later, %d requests harmed, %d calls", t.Decided.Minutes(), t.Left.Seconds(), t.Harmed, t.Calls)
}

// perMinute is the traffic of the rivals, of which stable fails one request in two hundred.
const perMinute = 600

// Release has a rival lead a task definition that fails one of so many requests more than stable.
func (r Rival) Release(w *World, calls *atomic.Int64, oneOf int) (t Taken) {
	w.T.Helper()
	w.Given(overECS)
	w.Pass(5 * time.Minute)
	service := OnECS{}
	service.Pushed(w)
	met := w.watched(oneOf)
	w.Pass(5 * time.Minute)
	calls.Store(0)
	decided := r.Lead(w)
	if t.Calls = 1; r.asks {
		t.Calls = int(calls.Load())
	}
	w.Pass(5 * time.Minute)
	first, last, harmed := met()
	t.Harmed = harmed
	if !decided.IsZero() {
		t.Decided, t.Left = decided.Sub(first), max(0, last.Sub(decided))
	}
	return t
}

// overECS is what Sluice is told: nothing is calibrated, and no alarm exists.
const overECS = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":5,"bake":"10m"},{"weight":100,"bake":"10m"}]}},
	"checks":{"errors":[{}],"whenInconclusive":{"then":"goOn"}},"guard":{"alarms":[]}}`

// watched has callers come, and tells when the first and the last of them met the candidate, and how many it failed.
func (w *World) watched(oneOf int) (met func() (first, last time.Time, harmed int)) {
	var mu sync.Mutex
	var first, last time.Time
	var stable, candidate, harmed int
	OnECS{}.Breaks(w, "checkout:1", func() bool {
		mu.Lock()
		defer mu.Unlock()
		stable++
		return stable%200 == 0
	})
	OnECS{}.Breaks(w, "checkout:2", func() bool {
		mu.Lock()
		defer mu.Unlock()
		if candidate++; candidate == 1 {
			first = time.Now()
		}
		last = time.Now()
		if candidate%oneOf == 0 {
			harmed++
			return true
		}
		return candidate%200 == 0
	})
	OnECS{}.Traffic(w, perMinute)
	return func() (time.Time, time.Time, int) {
		mu.Lock()
		defer mu.Unlock()
		return first, last, harmed
	}
}

// ecsAlone is ECS' canary as it is by default, with an alarm on the errors of all targets: two in a hundred requests, four times as many as stable has.
func ecsAlone(w *World) (decided time.Time) {
	w.T.Helper()
	errors, _ := w.shop.Service.Answers()
	_, err := w.CloudWatch.PutMetricAlarm(w.ctx, &cloudwatch.PutMetricAlarmInput{
		AlarmName: aws.String("checkout-5xx"), Namespace: &errors.Namespace, MetricName: aws.String("HTTPCode_Target_5XX_Count"), Statistic: cwtypes.StatisticSum,
		Dimensions: []cwtypes.Dimension{{Name: aws.String("LoadBalancer"), Value: aws.String(errors.Dimensions["LoadBalancer"])}},
		Period:     aws.Int32(60), EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(perMinute * 2 / 100), ComparisonOperator: cwtypes.ComparisonOperatorGreaterThanThreshold,
		TreatMissingData: aws.String("notBreaching"),
	})
	w.must(err)
	w.Pass(2 * time.Minute)
	_, err = sandbox.PartOf[ecs.Service](w.Sandbox).UpdateService(w.ctx, &awsecs.UpdateServiceInput{
		Cluster: aws.String("shop"), Service: &w.service, TaskDefinition: aws.String("checkout:2"),
		DeploymentConfiguration: &types.DeploymentConfiguration{
			Strategy: types.DeploymentStrategyCanary, BakeTimeInMinutes: aws.Int32(10), CanaryConfiguration: &types.CanaryConfiguration{CanaryPercent: aws.Float64(5), CanaryBakeTimeInMinutes: aws.Int32(10)},
			Alarms: &types.DeploymentAlarms{AlarmNames: []string{"checkout-5xx"}, Enable: true, Rollback: true},
		},
	})
	w.must(err)
	w.Pass(30 * time.Minute)
	if back := w.ServiceDeployment().Rollback; back != nil {
		return *back.StartedAt
	}
	return time.Time{}
}

// sluiceOverECS asks for a release.
func sluiceOverECS(w *World) (decided time.Time) {
	w.T.Helper()
	r := w.Ended(w.Requested("checkout:2"))
	if r.End == rollout.Succeeded || r.Cause == nil {
		return time.Time{}
	}
	return r.Cause.At
}

// CountingCalls counts the calls of AWS that functions make.
func CountingCalls(calls *atomic.Int64) wire.Middleware {
	return func(next wire.Handler) wire.Handler {
		return func(ctx context.Context, call *wire.Call) (any, error) {
			if call.Caller != "" {
				calls.Add(1)
			}
			return next(ctx, call)
		}
	}
}
