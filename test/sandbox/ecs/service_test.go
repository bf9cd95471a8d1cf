package ecs_test

import (
	"strings"
	"testing"
	"time"

	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

func TestAServiceStartsItsTasksBehindTheBalancer(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.must(d.create(d.define("web:1"), 2))
		wait(12 * time.Second)
		if got := d.tasks(""); len(got) != 2 || *got[0].LastStatus != "PENDING" {
			t.Errorf("after twelve seconds: %+v", got)
		}
		wait(20 * time.Second)
		if runs, _, state, _ := d.counts(); runs != 2 || state != types.DeploymentRolloutStateInProgress {
			t.Errorf("before the first health check: %d tasks run, %s", runs, state)
		}
		wait(20 * time.Second)
		if runs, _, state, n := d.counts(); runs != 2 || state != types.DeploymentRolloutStateCompleted || n != 1 {
			t.Errorf("%d tasks run, %s, %d deployments", runs, state, n)
		}
		if got := d.gets(); got != "web:1" {
			t.Errorf("the balancer answers %s", got)
		}
		if got, want := d.messages(), "has started 1 tasks: .\nhas started 1 tasks: .\nregistered 1 targets in\nregistered 1 targets in\ndeployment completed.\nhas reached a steady state."; got != want {
			t.Errorf("messages:\n%s", got)
		}
		if got := d.events("ECS Deployment State Change", "eventName"); got != "SERVICE_DEPLOYMENT_IN_PROGRESS, SERVICE_DEPLOYMENT_COMPLETED" {
			t.Errorf("deployment events: %s", got)
		}
		if got := d.events("ECS Service Action", "eventName"); got != "SERVICE_STEADY_STATE" {
			t.Errorf("service events: %s", got)
		}
		if got := d.events("ECS Task State Change", "lastStatus"); got != "PROVISIONING, PROVISIONING, PENDING, PENDING, RUNNING, RUNNING" {
			t.Errorf("task events: %s", got)
		}
	})
}

// A new revision comes up beside the old one, and the balancer answers all the time.
func TestARollingUpdateReplacesTasksWithoutAGap(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.must(d.create(d.define("web:1"), 2))
		wait(2 * time.Minute)
		second := d.define("web:2")
		d.must(d.update(func(in *awsecs.UpdateServiceInput) { in.TaskDefinition = &second }))
		seen := map[string]int{}
		for range 120 {
			seen[d.gets()]++
			if runs, _, _, _ := d.counts(); runs < 2 || runs > 4 {
				t.Fatalf("%d tasks run", runs)
			}
			wait(2 * time.Second)
		}
		if len(seen) != 2 || seen["web:1"] < 10 || seen["web:2"] < 10 {
			t.Errorf("answers %v", seen)
		}
		got := d.described()
		if *got.TaskDefinition != second || got.Deployments[0].RolloutState != types.DeploymentRolloutStateCompleted || len(got.Deployments) != 1 || got.RunningCount != 2 {
			t.Errorf("got %+v", got)
		}
		gone := d.tasks(types.DesiredStatusStopped)
		if len(gone) != 2 || *gone[0].LastStatus != "STOPPED" || gone[0].StopCode != types.TaskStopCodeServiceSchedulerInitiated || gone[0].StoppedAt.Sub(*gone[0].StoppingAt) < time.Minute {
			t.Errorf("stopped tasks: %+v", gone)
		}
		wait(2 * time.Hour)
		if gone = d.tasks(types.DesiredStatusStopped); len(gone) != 0 {
			t.Errorf("after two hours: %+v", gone)
		}
	})
}

// A rolling update waits for the health of targets, and a group that no rule names has none.
func TestADeploymentWaitsUntilARuleNamesTheGroup(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		green := d.group("green")
		action := func(weights ...elbtypes.TargetGroupTuple) {
			_, err := d.balancing.ModifyListener(t.Context(), &elb.ModifyListenerInput{ListenerArn: &d.rule, DefaultActions: []elbtypes.Action{{Type: elbtypes.ActionTypeEnumForward, ForwardConfig: &elbtypes.ForwardActionConfig{TargetGroups: weights}}}})
			d.must(err)
		}
		blue := elbtypes.TargetGroupTuple{TargetGroupArn: &d.blue, Weight: new(int32(1))}
		unused := elbtypes.TargetGroupTuple{TargetGroupArn: &green, Weight: new(int32(0))}
		behindGreen := func(in *awsecs.CreateServiceInput) { in.LoadBalancers[0].TargetGroupArn = &green }
		d.refused("a group without a balancer", d.create(d.define("web:1"), 1, behindGreen), "InvalidParameterException", "does not have an associated load balancer")
		action(blue, unused)
		d.must(d.create(d.define("web:1"), 1, behindGreen))
		action(blue)
		wait(time.Hour)
		if runs, _, state, _ := d.counts(); runs != 1 || state != types.DeploymentRolloutStateInProgress {
			t.Errorf("%d tasks run, %s", runs, state)
		}
		action(blue, unused)
		wait(30 * time.Second)
		if _, _, state, _ := d.counts(); state != types.DeploymentRolloutStateCompleted {
			t.Errorf("after a rule names the group: %s", state)
		}
	})
}

func TestAnotherNumberOfTasksIsNoDeployment(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.must(d.create(d.define("web:1"), 1))
		wait(2 * time.Minute)
		before := *d.described().Deployments[0].Id
		scale := func(n int32) {
			d.must(d.update(func(in *awsecs.UpdateServiceInput) { in.DesiredCount = &n }))
			wait(3 * time.Minute)
		}
		scale(3)
		if got := d.described(); got.RunningCount != 3 || *got.Deployments[0].Id != before || got.Deployments[0].RolloutState != types.DeploymentRolloutStateCompleted {
			t.Errorf("scaled out: %+v", got)
		}
		scale(0)
		if runs, _, _, _ := d.counts(); runs != 0 || len(d.tasks("")) != 0 || d.gets() != "503 Service Unavailable" {
			t.Errorf("scaled in: %d tasks run", runs)
		}
		if got := strings.Count(d.messages(), "has reached a steady state."); got != 3 {
			t.Errorf("steady %d times:\n%s", got, d.messages())
		}
	})
}

func TestATaskThatIsStoppedOrEndsIsReplaced(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.must(d.create(d.define("web:1"), 1))
		wait(2 * time.Minute)
		first := *d.tasks("")[0].TaskArn
		_, err := d.StopTask(t.Context(), &awsecs.StopTaskInput{Cluster: new("shop"), Task: &first, Reason: new("by hand")})
		d.must(err)
		wait(3 * time.Minute)
		if got := d.tasks(""); len(got) != 1 || *got[0].TaskArn == first || *got[0].LastStatus != "RUNNING" {
			t.Errorf("tasks %+v", got)
		}
		if got := d.tasks(types.DesiredStatusStopped); len(got) != 1 || *got[0].StoppedReason != "by hand" || got[0].StopCode != types.TaskStopCodeUserInitiated {
			t.Errorf("stopped tasks %+v", got)
		}
	})
}

func TestADeletedServiceGoesWhenItsTasksHaveStopped(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.must(d.create(d.define("web:1"), 1))
		wait(2 * time.Minute)
		remove := func(force bool) error {
			_, err := d.DeleteService(t.Context(), &awsecs.DeleteServiceInput{Cluster: new("shop"), Service: new("web"), Force: &force})
			return err
		}
		d.refused("deleting a service with tasks", remove(false), "InvalidParameterException", "scaled above 0")
		d.must(remove(true))
		d.refused("updating it then", d.update(func(*awsecs.UpdateServiceInput) {}), "ServiceNotActiveException", "")
		wait(2 * time.Minute)
		out, err := d.DescribeServices(t.Context(), &awsecs.DescribeServicesInput{Cluster: new("shop"), Services: []string{"web"}})
		d.must(err)
		if len(out.Services) != 0 || *out.Failures[0].Reason != "MISSING" {
			t.Errorf("got %+v", out)
		}
	})
}

func TestWhatECSRefuses(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		definition := d.define("web:1")
		with := func(change func(*awsecs.CreateServiceInput)) error { return d.create(definition, 1, change) }
		d.refused("an unknown definition", d.create("web:9", 1), "ClientException", "TaskDefinition not found.")
		d.refused("an unknown cluster", with(func(in *awsecs.CreateServiceInput) { in.Cluster = new("none") }), "ClusterNotFoundException", "")
		d.refused("an unknown container", with(func(in *awsecs.CreateServiceInput) { in.LoadBalancers[0].ContainerName = new("x") }), "InvalidParameterException", "does not exist in the task definition")
		d.refused("an unknown port", with(func(in *awsecs.CreateServiceInput) { in.LoadBalancers[0].ContainerPort = new(int32(1)) }), "InvalidParameterException", "did not have a container port 1")
		d.refused("a canary without an alternate target group", with(func(in *awsecs.CreateServiceInput) {
			in.DeploymentConfiguration = &types.DeploymentConfiguration{Strategy: types.DeploymentStrategyCanary, BakeTimeInMinutes: new(int32(5))}
		}), "InvalidParameterException", "advancedConfiguration")
		_, err := d.RegisterTaskDefinition(t.Context(), &awsecs.RegisterTaskDefinitionInput{
			Family: new("bridged"), Memory: new("512"), ContainerDefinitions: []types.ContainerDefinition{{Name: new("web"), Image: new("web:1"), PortMappings: []types.PortMapping{{ContainerPort: new(int32(8080))}}}},
		})
		d.must(err)
		d.refused("another network mode", d.create("bridged", 1), "InvalidParameterException", "has target type ip, which is incompatible with the bridge network mode")
		d.must(d.create(definition, 1))
		d.refused("the same name again", d.create(definition, 1), "InvalidParameterException", "idempotent")
		d.service.Amend("shop", "web", func(s *types.Service) {
			s.DeploymentController = &types.DeploymentController{Type: types.DeploymentControllerTypeCodeDeploy}
		})
		if got := d.described().DeploymentController.Type; got != types.DeploymentControllerTypeCodeDeploy {
			t.Errorf("controller %s", got)
		}
	})
}

func TestTaskDefinitionsHaveRevisions(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		first, second := d.define("web:1"), d.define("web:2")
		image := func(name string) string {
			out, err := d.DescribeTaskDefinition(t.Context(), &awsecs.DescribeTaskDefinitionInput{TaskDefinition: &name})
			d.must(err)
			return *out.TaskDefinition.ContainerDefinitions[0].Image
		}
		for name, want := range map[string]string{"web": "web:2", "web:1": "web:1", first: "web:1", second: "web:2"} {
			if got := image(name); got != want {
				t.Errorf("%s: %s", name, got)
			}
		}
		_, err := d.DeregisterTaskDefinition(t.Context(), &awsecs.DeregisterTaskDefinitionInput{TaskDefinition: &second})
		d.must(err)
		if got := image("web"); got != "web:1" {
			t.Errorf("the latest active one: %s", got)
		}
		d.refused("an inactive one", d.create(second, 1), "ClientException", "inactive")
	})
}
