package stack_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"sluice/shared/traffic"
	"sluice/shared/traffic/stack"
)

func (f *fixture) stack() types.Stack {
	f.t.Helper()
	out, err := f.sandboxed().DescribeStacks(f.t.Context(), &cloudformation.DescribeStacksInput{StackName: aws.String("shop")})
	f.must(err)
	return out.Stacks[0]
}

func (f *fixture) is(status types.StackStatus) {
	f.t.Helper()
	if got := f.stack().StackStatus; got != status {
		f.t.Errorf("the stack is %s, want %s", got, status)
	}
}

// started previews the candidate with a guard alarm, and starts it.
func (f *fixture) started(d *stack.Deployer) (handle string) {
	f.t.Helper()
	f.alarm(cloudwatchtypes.StateValueOk)
	p, _, err := f.preview(d, "r1", f.revisions["2"])
	f.must(err)
	start := traffic.Deployment{Revision: f.revisions["2"], Token: "t"}
	start.Preview = p.ID
	handle, err = d.Start(f.t.Context(), f.Target(), start)
	f.must(err)
	return handle
}

func (f *fixture) alarm(state cloudwatchtypes.StateValue) {
	f.t.Helper()
	client := cloudwatch.NewFromConfig(f.box.Config(""))
	_, err := client.PutMetricAlarm(f.t.Context(), &cloudwatch.PutMetricAlarmInput{
		AlarmName: aws.String("errors"), Namespace: aws.String("Shop"), MetricName: aws.String("Errors"), Statistic: cloudwatchtypes.StatisticSum, Period: aws.Int32(86400),
		EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(3), ComparisonOperator: cloudwatchtypes.ComparisonOperatorGreaterThanThreshold, TreatMissingData: aws.String("ignore"),
	})
	f.must(err)
	_, err = client.SetAlarmState(f.t.Context(), &cloudwatch.SetAlarmStateInput{AlarmName: aws.String("errors"), StateValue: state, StateReason: aws.String("a test")})
	f.must(err)
}

// serves fails unless the stack serves a version and is or is not moving.
func (f *fixture) serves(d *stack.Deployer, version string, moving bool) {
	f.t.Helper()
	now, err := d.Read(f.t.Context(), f.Target())
	if err != nil || now.Stable != f.revisions[version] || (now.Moving != "") != moving {
		f.t.Errorf("it serves %.6s, moving %q, %v; want version %s (%.6s)", now.Stable, now.Moving, err, version, f.revisions[version])
	}
}

func (f *fixture) stop(d *stack.Deployer, handle string) {
	f.t.Helper()
	f.must(d.Stop(f.t.Context(), f.Target(), handle, f.revisions["1"]))
}

// The bake runs inside of the monitoring time, in which everything can still be cancelled.
func TestUpdateIsThereWhileItsMonitoringTimeRuns(t *testing.T) {
	in(t, func(f *fixture, d *stack.Deployer) {
		handle := f.started(d)
		time.Sleep(8 * time.Second)
		f.serves(d, "2", true)
		time.Sleep(8 * time.Second) // both are there, and it is not quiet yet
		f.serves(d, "2", true)
		time.Sleep(30 * time.Second)
		f.is(types.StackStatusUpdateInProgress)
		f.serves(d, "2", false)
		if p, err := d.Look(f.t.Context(), f.Target(), handle); p != (traffic.Progress{}) || err != nil {
			f.t.Errorf("Look says %+v, %v", p, err)
		}
		f.stop(d, handle)
		f.serves(d, "1", true)
		time.Sleep(time.Minute)
		f.is(types.StackStatusUpdateRollbackComplete)
		f.serves(d, "1", false)
	})
}

// An alarm of the rollback configuration that is red would turn the way back round.
func TestWayBackAfterItsEndHasNoTriggers(t *testing.T) {
	in(t, func(f *fixture, d *stack.Deployer) {
		handle := f.started(d)
		if c := f.stack().RollbackConfiguration; len(c.RollbackTriggers) != 1 || *c.MonitoringTimeInMinutes != 15 {
			f.t.Errorf("the rollback configuration is %+v", c)
		}
		time.Sleep(17 * time.Minute)
		f.is(types.StackStatusUpdateComplete)
		f.alarm(cloudwatchtypes.StateValueAlarm)
		f.stop(d, handle)
		f.serves(d, "1", true)
		time.Sleep(2 * time.Minute)
		f.is(types.StackStatusUpdateComplete)
		f.serves(d, "1", false)
		if c := f.stack().RollbackConfiguration; len(c.RollbackTriggers) != 0 {
			f.t.Errorf("the rollback configuration is %+v", c)
		}
	})
}

func TestWayBackThatFailsIsToldToGoOnAndThenLeftToPeople(t *testing.T) {
	in(t, func(f *fixture, d *stack.Deployer) {
		handle := f.started(d)
		time.Sleep(time.Minute)
		client := ssm.NewFromConfig(f.box.Config(""))
		_, err := client.DeleteParameter(f.t.Context(), &ssm.DeleteParameterInput{Name: aws.String("/shop/version")})
		f.must(err)
		f.stop(d, handle)
		time.Sleep(time.Minute)
		f.is(types.StackStatusUpdateRollbackFailed)
		var last error
		for range 10 {
			if last = d.Stop(f.t.Context(), f.Target(), handle, f.revisions["1"]); last != nil {
				break
			}
			time.Sleep(time.Minute)
		}
		if o := traffic.ObstacleOf(last); o == nil || !strings.Contains(o.What, "Version:") || !strings.Contains(o.Remedy, "continue-update-rollback") {
			f.t.Errorf("in the end the answer is %v", last)
		}
		_, err = client.PutParameter(f.t.Context(), &ssm.PutParameterInput{Name: aws.String("/shop/version"), Value: aws.String("?"), Type: "String"})
		f.must(err)
		_, err = cloudformation.NewFromConfig(f.box.Config("")).ContinueUpdateRollback(f.t.Context(), &cloudformation.ContinueUpdateRollbackInput{StackName: aws.String("shop")})
		f.must(err)
		time.Sleep(time.Minute)
		f.serves(d, "1", false)
	})
}

func TestUpdateThatFailedWithoutRollbackIsRolledBack(t *testing.T) {
	in(t, func(f *fixture, d *stack.Deployer) {
		_, err := f.sandboxed().UpdateStack(f.t.Context(), &cloudformation.UpdateStackInput{
			StackName: aws.String("shop"), TemplateBody: aws.String(f.texts[f.Broken()]), Parameters: level("info"), DisableRollback: aws.Bool(true),
		})
		f.must(err)
		time.Sleep(time.Minute)
		f.is(types.StackStatusUpdateFailed)
		if why, err := d.Inspect(f.t.Context(), f.Target(), f.revisions["2"], f.revisions["1"]); err != nil || why == nil || !strings.Contains(why.Remedy, "rollback-stack") {
			f.t.Errorf("the answer is %+v, %v", why, err)
		}
		f.stop(d, "")
		time.Sleep(time.Minute)
		f.is(types.StackStatusUpdateRollbackComplete)
		f.serves(d, "1", false)
	})
}
