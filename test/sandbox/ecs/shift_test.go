package ecs_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// A shifting desk has a service of two tasks of web:1 behind a rule of two target groups, which ECS moves.
type shifting struct {
	*desk
	green, production string
}

// shifts makes the service; config is what its deployments are to be like.
func (d *desk) shifts(config types.DeploymentConfiguration) *shifting {
	d.t.Helper()
	s := &shifting{desk: d, green: d.group("green")}
	listener := d.rule
	out, err := d.balancing.CreateRule(d.t.Context(), &elb.CreateRuleInput{
		ListenerArn: &listener, Priority: new(int32(1)), Conditions: []elbtypes.RuleCondition{{Field: new("path-pattern"), Values: []string{"*"}}},
		Actions: []elbtypes.Action{{Type: elbtypes.ActionTypeEnumForward, ForwardConfig: &elbtypes.ForwardActionConfig{TargetGroups: []elbtypes.TargetGroupTuple{
			{TargetGroupArn: &d.blue, Weight: new(int32(1))}, {TargetGroupArn: &s.green, Weight: new(int32(0))},
		}}}},
	})
	d.must(err)
	s.production = *out.Rules[0].RuleArn
	d.must(d.create(d.define("web:1"), 2, func(in *awsecs.CreateServiceInput) {
		in.DeploymentConfiguration = &config
		in.LoadBalancers[0].AdvancedConfiguration = &types.AdvancedConfiguration{AlternateTargetGroupArn: &s.green, ProductionListenerRule: &s.production, RoleArn: new("arn:aws:iam::123456789012:role/ecs-balancing")}
	}))
	wait(2 * time.Minute)
	return s
}

// bring begins a deployment of another definition.
func (s *shifting) bring(definition string) {
	s.t.Helper()
	s.must(s.update(func(in *awsecs.UpdateServiceInput) { in.TaskDefinition = &definition }))
	wait(time.Second)
}

// last is the newest service deployment.
func (d *desk) last() types.ServiceDeployment {
	d.t.Helper()
	list, err := d.ListServiceDeployments(d.t.Context(), &awsecs.ListServiceDeploymentsInput{Cluster: new("shop"), Service: new("web")})
	d.must(err)
	out, err := d.DescribeServiceDeployments(d.t.Context(), &awsecs.DescribeServiceDeploymentsInput{ServiceDeploymentArns: []string{*list.ServiceDeployments[0].ServiceDeploymentArn}})
	d.must(err)
	return out.ServiceDeployments[0]
}

// is fails unless the last deployment has this status and stage, and the rule gives green this percentage.
func (s *shifting) is(status types.ServiceDeploymentStatus, stage string, percent int) {
	s.t.Helper()
	d := s.last()
	if got := s.percent(); d.Status != status || string(d.LifecycleStage) != stage || got != percent {
		s.t.Errorf("it is %s (%v) in %s with %d %% on green; want %s in %s with %d %%", d.Status, d.StatusReason, d.LifecycleStage, got, status, stage, percent)
	}
}

// percent is what the rule gives green.
func (s *shifting) percent() int {
	s.t.Helper()
	out, err := s.balancing.DescribeRules(s.t.Context(), &elb.DescribeRulesInput{RuleArns: []string{s.production}})
	s.must(err)
	total, green := 0, 0
	for _, g := range out.Rules[0].Actions[0].ForwardConfig.TargetGroups {
		total += int(*g.Weight)
		if *g.TargetGroupArn == s.green {
			green = int(*g.Weight)
		}
	}
	return green * 100 / total
}

// waiting is the hook that waits for an answer.
func (d *desk) waiting() types.DeploymentLifecycleHookDetail {
	d.t.Helper()
	for _, h := range d.last().LifecycleHookDetails {
		if h.Status == types.DeploymentLifecycleHookStatusAwaitingAction {
			return h
		}
	}
	d.t.Fatal("no hook waits")
	return types.DeploymentLifecycleHookDetail{}
}

func (d *desk) answer(action types.DeploymentLifecycleHookAction) error {
	d.t.Helper()
	_, err := d.ContinueServiceDeployment(d.t.Context(), &awsecs.ContinueServiceDeploymentInput{ServiceDeploymentArn: d.last().ServiceDeploymentArn, HookId: d.waiting().HookId, Action: action})
	wait(time.Second)
	return err
}

func (d *desk) stop() error {
	_, err := d.StopServiceDeployment(d.t.Context(), &awsecs.StopServiceDeploymentInput{ServiceDeploymentArn: d.last().ServiceDeploymentArn, StopType: types.StopServiceDeploymentStopTypeRollback})
	wait(time.Second)
	return err
}

// held is a PAUSE hook before each shift.
func held(timeout int32, action types.DeploymentLifecycleHookAction) []types.DeploymentLifecycleHook {
	return []types.DeploymentLifecycleHook{{
		TargetType: types.DeploymentLifecycleHookTargetTypePause, LifecycleStages: []types.DeploymentLifecycleHookStage{types.DeploymentLifecycleHookStagePreProductionTrafficShift},
		TimeoutConfiguration: &types.DeploymentLifecycleHookTimeoutConfiguration{TimeoutInMinutes: &timeout, Action: action},
	}}
}

func linear(step float64, bake int32, hooks []types.DeploymentLifecycleHook) types.DeploymentConfiguration {
	return types.DeploymentConfiguration{
		Strategy: types.DeploymentStrategyLinear, BakeTimeInMinutes: new(int32(10)), LifecycleHooks: hooks,
		LinearConfiguration: &types.LinearConfiguration{StepPercent: &step, StepBakeTimeInMinutes: &bake},
	}
}

func TestALinearDeploymentShiftsTheRuleStepByStep(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		s := d.shifts(linear(50, 6, nil))
		if got := d.last(); got.Status != types.ServiceDeploymentStatusSuccessful {
			t.Fatalf("the first deployment: %+v", got)
		}
		s.bring(d.define("web:2"))
		s.is("IN_PROGRESS", "SCALE_UP", 0)
		if got := d.last(); got.SourceServiceRevisions[0].RunningTaskCount != 2 || got.TargetServiceRevision.PendingTaskCount+got.TargetServiceRevision.RunningTaskCount+got.TargetServiceRevision.RequestedTaskCount == 0 {
			t.Errorf("while it scales up: %+v", got)
		}
		wait(57 * time.Second) // the rule follows what is requested
		s.is("IN_PROGRESS", "PRODUCTION_TRAFFIC_SHIFT", 50)
		wait(7 * time.Minute)
		s.is("IN_PROGRESS", "BAKE_TIME", 100)
		if got, want := d.gets(), "web:2"; got != want {
			t.Errorf("callers get %s", got)
		}
		if runs, _, _, _ := d.counts(); runs != 4 {
			t.Errorf("%d tasks run while it bakes", runs)
		}
		wait(13 * time.Minute)
		s.is("SUCCESSFUL", "CLEAN_UP", 100)
		if runs, _, _, n := d.counts(); runs != 2 || n != 1 {
			t.Errorf("%d tasks run in %d deployments", runs, n)
		}
		s.bring(d.define("web:1")) // green serves, and blue is next
		wait(30 * time.Minute)
		s.is("SUCCESSFUL", "CLEAN_UP", 0)
		if got := d.events("ECS Deployment State Change", "eventName"); strings.Count(got, "COMPLETED") != 3 || strings.Contains(got, "FAILED") {
			t.Errorf("events %s", got)
		}
	})
}

func TestTheRequestedWeightIsAheadOfTheRule(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		s := d.shifts(linear(50, 6, held(60, "")))
		s.bring(d.define("web:2"))
		wait(2 * time.Minute)
		d.must(d.answer(types.DeploymentLifecycleHookActionContinue))
		got := d.last()
		if *got.TargetServiceRevision.RequestedProductionTrafficWeight != 50 || *got.SourceServiceRevisions[0].RequestedProductionTrafficWeight != 50 || s.percent() != 0 {
			t.Errorf("requested are %v of the target, the rule has %d %%", *got.TargetServiceRevision.RequestedProductionTrafficWeight, s.percent())
		}
		wait(10 * time.Second)
		s.is("IN_PROGRESS", "PRODUCTION_TRAFFIC_SHIFT", 50)
	})
}

// Before each step the deployment rests, under an id that is good for one answer.
func TestAPauseHookHoldsEachShift(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		s := d.shifts(linear(50, 0, held(60, types.DeploymentLifecycleHookActionRollback)))
		s.bring(d.define("web:2"))
		wait(50 * time.Minute)
		s.is("IN_PROGRESS", "PRE_PRODUCTION_TRAFFIC_SHIFT", 0)
		first := d.waiting()
		d.must(d.answer(types.DeploymentLifecycleHookActionContinue))
		wait(50 * time.Minute)
		s.is("IN_PROGRESS", "PRE_PRODUCTION_TRAFFIC_SHIFT", 50)
		if *d.waiting().HookId == *first.HookId {
			t.Error("the second pause has the id of the first")
		}
		_, err := d.ContinueServiceDeployment(t.Context(), &awsecs.ContinueServiceDeploymentInput{ServiceDeploymentArn: d.last().ServiceDeploymentArn, HookId: first.HookId})
		d.refused("an old answer", err, "InvalidParameterException", "either completed, unavailable")
		d.must(d.answer("")) // CONTINUE, if nothing is said
		wait(30 * time.Second)
		s.is("IN_PROGRESS", "BAKE_TIME", 100)
		if got := d.events("ECS Hook State Change", "eventName"); got != "HOOK_AWAITING_ACTION, HOOK_SUCCEEDED, HOOK_AWAITING_ACTION, HOOK_SUCCEEDED" {
			t.Errorf("events %s", got)
		}
	})
}

func TestAHookThatNobodyAnswers(t *testing.T) {
	for action, want := range map[types.DeploymentLifecycleHookAction]string{"ROLLBACK": "ROLLBACK_SUCCESSFUL PRE_PRODUCTION_TRAFFIC_SHIFT", "CONTINUE": "SUCCESSFUL CLEAN_UP"} {
		t.Run(string(action), func(t *testing.T) {
			inBubble(t, func(t *testing.T, d *desk) {
				s := d.shifts(linear(50, 0, held(10, action)))
				s.bring(d.define("web:2"))
				wait(2 * time.Hour)
				got := d.last()
				if fmt.Sprint(got.Status, " ", got.LifecycleStage) != want || !strings.Contains(d.events("ECS Hook State Change", "eventName"), "HOOK_TIMED_OUT") {
					t.Errorf("it is %s in %s; events %s", got.Status, got.LifecycleStage, d.events("ECS Hook State Change", "eventName"))
				}
				if action == "ROLLBACK" && (d.gets() != "web:1" || got.Rollback == nil || strings.Contains(d.events("ECS Deployment State Change", "eventName"), "FAILED")) {
					t.Errorf("callers get %s, rollback %+v, events %s", d.gets(), got.Rollback, d.events("ECS Deployment State Change", "eventName"))
				}
			})
		})
	}
}

func TestADeploymentIsStoppedWhileItBakes(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		s := d.shifts(types.DeploymentConfiguration{
			Strategy: types.DeploymentStrategyCanary, BakeTimeInMinutes: new(int32(60)), CanaryConfiguration: &types.CanaryConfiguration{CanaryPercent: new(5.0), CanaryBakeTimeInMinutes: new(int32(1))},
		})
		s.bring(d.define("web:2"))
		wait(10 * time.Minute)
		s.is("IN_PROGRESS", "BAKE_TIME", 100)
		d.must(d.stop())
		s.is("ROLLBACK_IN_PROGRESS", "BAKE_TIME", 100)
		d.must(d.stop()) // idempotent
		wait(10 * time.Second)
		s.is("ROLLBACK_IN_PROGRESS", "BAKE_TIME", 0)
		wait(3 * time.Minute)
		s.is("ROLLBACK_SUCCESSFUL", "BAKE_TIME", 0)
		got := d.described()
		if got.RunningCount != 2 || len(got.Deployments) != 1 || !strings.HasSuffix(*got.TaskDefinition, ":1") {
			t.Errorf("service %+v", got)
		}
		d.refused("stopping what is over", d.stop(), "ConflictException", "ROLLBACK_SUCCESSFUL")
	})
}

// Whoever updates the service takes the place of what is under way: that loses its traffic and its tasks first.
func TestAnotherUpdateSupersedesADeployment(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		s := d.shifts(linear(50, 0, held(60, "")))
		s.bring(d.define("web:2"))
		wait(2 * time.Minute)
		d.must(d.answer(types.DeploymentLifecycleHookActionContinue))
		wait(time.Minute)
		s.is("IN_PROGRESS", "PRE_PRODUCTION_TRAFFIC_SHIFT", 50)
		before := d.last()
		s.bring(d.define("web:1", types.KeyValuePair{Name: new("ROUND"), Value: new("three")}))
		s.is("IN_PROGRESS", "RECONCILE_SERVICE", 0)
		if got := d.last(); len(got.SourceServiceRevisions) != 2 || *got.SourceServiceRevisions[0].Arn != *before.SourceServiceRevisions[0].Arn {
			t.Errorf("its sources are %+v", got.SourceServiceRevisions)
		}
		out, err := d.DescribeServiceDeployments(t.Context(), &awsecs.DescribeServiceDeploymentsInput{ServiceDeploymentArns: []string{*before.ServiceDeploymentArn}})
		d.must(err)
		if got := out.ServiceDeployments[0].Status; got != types.ServiceDeploymentStatusStopped {
			t.Errorf("the one before is %s", got)
		}
		wait(5 * time.Minute)
		s.is("IN_PROGRESS", "PRE_PRODUCTION_TRAFFIC_SHIFT", 0)
	})
}

func TestAlarmsEndADeployment(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		config := linear(50, 6, nil)
		config.Alarms = &types.DeploymentAlarms{AlarmNames: []string{"web-5xx"}, Enable: true, Rollback: true}
		s := d.shifts(config)
		s.bring(d.define("web:2"))
		wait(2 * time.Minute)
		s.is("IN_PROGRESS", "PRODUCTION_TRAFFIC_SHIFT", 50)
		d.turnRed("web-5xx")
		wait(5 * time.Minute)
		s.is("ROLLBACK_SUCCESSFUL", "PRODUCTION_TRAFFIC_SHIFT", 0)
		if got := d.last(); got.Alarms.Status != types.ServiceDeploymentRollbackMonitorsStatusTriggered || len(got.Alarms.TriggeredAlarmNames) != 1 || !strings.Contains(*got.StatusReason, "web-5xx") {
			t.Errorf("alarms %+v, reason %v", got.Alarms, got.StatusReason)
		}
		if got := d.events("ECS Deployment State Change", "eventName"); !strings.Contains(got, "SERVICE_DEPLOYMENT_FAILED") {
			t.Errorf("events %s", got)
		}
		s.bring(d.define("web:2")) // an alarm that is red already is ignored
		wait(30 * time.Minute)
		s.is("SUCCESSFUL", "CLEAN_UP", 100)
	})
}

func TestWhatShiftingDeploymentsRefuse(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		s := d.shifts(linear(50, 6, nil))
		second := d.define("web:2")
		with := func(config types.DeploymentConfiguration) error {
			return s.update(func(in *awsecs.UpdateServiceInput) { in.TaskDefinition, in.DeploymentConfiguration = &second, &config })
		}
		lambda := asking(postScaleUp)
		lambda.RoleArn = nil
		d.refused("a Lambda hook without a role", with(linear(50, 6, []types.DeploymentLifecycleHook{lambda})), "InvalidParameterException", "roleArn")
		lambda = asking(postScaleUp)
		lambda.TimeoutConfiguration = &types.DeploymentLifecycleHookTimeoutConfiguration{TimeoutInMinutes: new(int32(1441))}
		d.refused("a Lambda hook of more than a day", with(linear(50, 6, []types.DeploymentLifecycleHook{lambda})), "InvalidParameterException", "1440")
		d.refused("no bake time", with(types.DeploymentConfiguration{Strategy: types.DeploymentStrategyBlueGreen}), "InvalidParameterException", "bakeTimeInMinutes")
		d.refused("steps that are too small", with(linear(2.9, 6, nil)), "InvalidParameterException", "multiple of 0.1 from 3.0")
		d.refused("steps that are too fine", with(linear(3.15, 6, nil)), "InvalidParameterException", "multiple of 0.1")
		d.refused("a bake of more than a day", with(linear(50, 1441, nil)), "InvalidParameterException", "1440")
		d.refused("a pause of more than two weeks", with(linear(50, 6, held(20161, ""))), "InvalidParameterException", "20160")
		shift := held(5, "")
		shift[0].LifecycleStages[0] = types.DeploymentLifecycleHookStageProductionTrafficShift
		d.refused("a pause in mid-shift", with(linear(50, 6, shift)), "InvalidParameterException", "Invalid lifecycle stage provided for Pause Hook")
		wrong := linear(50, 6, nil)
		wrong.Strategy = types.DeploymentStrategyCanary
		d.refused("steps of another strategy", with(wrong), "InvalidParameterException", "LINEAR")
	})
}

// A revision says in which target group its tasks are.
func TestRevisionsAreResolvedToTargetGroups(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		s := d.shifts(linear(50, 6, nil))
		s.bring(d.define("web:2"))
		got := d.last()
		out, err := d.DescribeServiceRevisions(t.Context(), &awsecs.DescribeServiceRevisionsInput{ServiceRevisionArns: []string{*got.SourceServiceRevisions[0].Arn, *got.TargetServiceRevision.Arn}})
		d.must(err)
		for i, want := range []string{d.blue, s.green} {
			r := out.ServiceRevisions[i]
			if l := r.ResolvedConfiguration.LoadBalancers[0]; *l.TargetGroupArn != want || *l.ProductionListenerRule != s.production || !strings.HasSuffix(*r.TaskDefinition, fmt.Sprint(":", i+1)) {
				t.Errorf("revision %d is %s in %+v", i, *r.TaskDefinition, l)
			}
		}
	})
}

// A rolling deployment has neither stages nor weights, and can be stopped, too.
func TestARollingDeploymentIsStopped(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.released(types.DeploymentCircuitBreaker{}, d.define("web:2"))
		wait(time.Second)
		if got := d.last(); got.Status != types.ServiceDeploymentStatusInProgress || got.LifecycleStage != "" || got.TargetServiceRevision.RequestedProductionTrafficWeight != nil {
			t.Errorf("it is %+v", got)
		}
		d.must(d.stop())
		wait(5 * time.Minute)
		if got := d.last(); got.Status != types.ServiceDeploymentStatusRollbackSuccessful || d.gets() != "web:1" {
			t.Errorf("it is %s, callers get %s", got.Status, d.gets())
		}
	})
}

func TestTheCircuitBreakerInServiceDeployments(t *testing.T) {
	for rollback, want := range map[bool]types.ServiceDeploymentStatus{true: "ROLLBACK_SUCCESSFUL", false: "STOPPED"} {
		inBubble(t, func(t *testing.T, d *desk) {
			d.released(types.DeploymentCircuitBreaker{Enable: true, Rollback: rollback}, d.define("none"))
			wait(time.Hour)
			got := d.last()
			if got.Status != want || !strings.Contains(*got.StatusReason, "circuit breaker") || got.DeploymentCircuitBreaker.Status != types.ServiceDeploymentRollbackMonitorsStatusTriggered {
				t.Errorf("with rollback %v it is %s: %s, %+v", rollback, got.Status, *got.StatusReason, got.DeploymentCircuitBreaker)
			}
		})
	}
}
