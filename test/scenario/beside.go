package scenario

import (
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"sluice/infra/prices"
	"sluice/shared/rollout"
	"sluice/test/bench/canaries"
	"sluice/test/sandbox"
	"sluice/test/sandbox/ecs"
)

// Rival is who leads a bad task definition to a service of ECS: ECS alone, by its own canary with an alarm, or Sluice over it.
type Rival struct {
	Name string
	Lead func(w *World) (decided time.Time, transitions int) // zero: nobody took it back
	asks bool                                                // it makes calls of AWS; a service that deploys by itself is asked once
}

// Rivals are those. ECS and Sluice give the candidate 5 % for ten minutes, and everything for ten more. CodeDeploy has increments of its own; the sandbox
// carries out no deployments of it, so ECS' canary moves the rule for it: by the same increments, with the same alarm, and back by one change.
func Rivals() []Rival {
	return []Rival{
		{"ECS' own canary, with an alarm", alone(canaries.ECS), false},
		{"CodeDeploy, 10 % for 5 min, with an alarm", alone(canaries.CodeDeployFive), false},
		{"CodeDeploy, 10 % for 15 min, with an alarm", alone(canaries.CodeDeployLong), false},
		{"Sluice over ECS", sluiceOverECS, true},
	}
}

// Taken is how a bad task definition came and went.
type Taken struct {
	Decided time.Duration // from its first request to the decision; 0: there was none within half an hour
	Left    time.Duration // from the decision to the last request that met it
	Harmed  int           // requests
	Calls   int           // of AWS
	Used    prices.Used   // of what AWS asks money for
}

// String is a line of the report.
func (t Taken) String() string {
	if t.Decided == 0 {
		return fmt.Sprintf("nobody took it back in half an hour, %d requests harmed, %d calls, $%.4f", t.Harmed, t.Calls, t.Dollars())
	}
	return fmt.Sprintf("decided after %.1f min, all traffic back %.1f s later, %d requests harmed, %d calls, $%.4f", t.Decided.Minutes(), t.Left.Seconds(), t.Harmed, t.Calls, t.Dollars())
}

// Dollars is what AWS asks for what was used. An alarm is paid by the month (prices.Alarm), whether or not anything is released.
func (t Taken) Dollars() float64 { return prices.Total(t.Used.Bill()) }

// perMinute is the traffic of the rivals, of which stable fails one request in two hundred.
const perMinute = 600

// Release has a rival lead a task definition that fails one of so many requests more than stable.
func (r Rival) Release(w *World, m *Meter, oneOf int) (t Taken) {
	w.T.Helper()
	w.Given(overECS)
	w.Pass(5 * time.Minute)
	service := OnECS{}
	service.Pushed(w)
	met := w.watched(oneOf)
	w.Pass(5 * time.Minute)
	m.Begin()
	decided, transitions := r.Lead(w)
	if t.Calls = 1; r.asks {
		t.Calls, t.Used = m.Read()
		t.Used.Transitions = transitions
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

// alone is a canary with an alarm on the errors of all targets: two in a hundred requests, four times as many as stable has.
func alone(c canaries.Canary) func(w *World) (decided time.Time, transitions int) {
	return func(w *World) (time.Time, int) {
		w.T.Helper()
		w.alarmsOnErrors()
		w.Pass(2 * time.Minute)
		_, err := sandbox.PartOf[ecs.Service](w.Sandbox).UpdateService(w.ctx, &awsecs.UpdateServiceInput{
			Cluster: aws.String("shop"), Service: &w.service, TaskDefinition: aws.String("checkout:2"),
			DeploymentConfiguration: &types.DeploymentConfiguration{
				Strategy: types.DeploymentStrategyCanary, BakeTimeInMinutes: aws.Int32(10),
				CanaryConfiguration: &types.CanaryConfiguration{CanaryPercent: aws.Float64(100 * c.First), CanaryBakeTimeInMinutes: aws.Int32(int32(c.For.Minutes()))},
				Alarms:              &types.DeploymentAlarms{AlarmNames: []string{"checkout-5xx"}, Enable: true, Rollback: true},
			},
		})
		w.must(err)
		w.Pass(30 * time.Minute)
		if back := w.ServiceDeployment().Rollback; back != nil {
			return *back.StartedAt, 0
		}
		return time.Time{}, 0
	}
}

// alarmsOnErrors makes that alarm.
func (w *World) alarmsOnErrors() {
	w.T.Helper()
	errors, _ := w.shop.Service.Answers()
	_, err := w.CloudWatch.PutMetricAlarm(w.ctx, &cloudwatch.PutMetricAlarmInput{
		AlarmName: aws.String("checkout-5xx"), Namespace: &errors.Namespace, MetricName: aws.String("HTTPCode_Target_5XX_Count"), Statistic: cwtypes.StatisticSum,
		Dimensions: []cwtypes.Dimension{{Name: aws.String("LoadBalancer"), Value: aws.String(errors.Dimensions["LoadBalancer"])}},
		Period:     aws.Int32(60), EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(perMinute * 2 / 100), ComparisonOperator: cwtypes.ComparisonOperatorGreaterThanThreshold,
		TreatMissingData: aws.String("notBreaching"),
	})
	w.must(err)
}

// sluiceOverECS asks for a release.
func sluiceOverECS(w *World) (decided time.Time, transitions int) {
	w.T.Helper()
	r := w.Ended(w.Requested("checkout:2"))
	if r.End == rollout.Succeeded || r.Cause == nil {
		return time.Time{}, w.Transitions(r)
	}
	return r.Cause.At, w.Transitions(r)
}
