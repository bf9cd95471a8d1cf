package ecs_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"sluice/test/sandbox/program"
)

// released is a service of two healthy tasks of web:1 that is then told to run something else.
func (d *desk) released(breaker types.DeploymentCircuitBreaker, definition string) {
	d.t.Helper()
	d.must(d.create(d.define("web:1"), 2, func(in *awsecs.CreateServiceInput) {
		in.DeploymentConfiguration = &types.DeploymentConfiguration{DeploymentCircuitBreaker: &breaker}
	}))
	wait(2 * time.Minute)
	d.must(d.update(func(in *awsecs.UpdateServiceInput) { in.TaskDefinition = &definition }))
}

func TestAnImageThatCannotBePulled(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.released(types.DeploymentCircuitBreaker{}, d.define("web:nobody-pushed-it"))
		wait(2 * time.Minute)
		gone := d.tasks(types.DesiredStatusStopped)
		if len(gone) == 0 || gone[0].StopCode != types.TaskStopCodeTaskFailedToStart || !strings.HasPrefix(*gone[0].StoppedReason, "CannotPullContainerError: ") || !strings.Contains(*gone[0].Containers[0].Reason, "web:nobody-pushed-it: not found") {
			t.Fatalf("stopped tasks %+v", gone)
		}
		wait(6 * time.Hour)
		s := d.described()
		if s.RunningCount != 2 || s.Deployments[0].RolloutState != types.DeploymentRolloutStateInProgress || d.gets() != "web:1" {
			t.Errorf("without a circuit breaker: %+v", s)
		}
		if got := s.Deployments[0].FailedTasks; got < 20 || got > 60 { // two at a time, at last every 27 minutes
			t.Errorf("%d tasks failed in six hours", got)
		}
		if !strings.Contains(d.messages(), "is unable to consistently start tasks successfully.") || !strings.Contains(d.events("ECS Service Action", "eventName"), "SERVICE_TASK_START_IMPAIRED") {
			t.Errorf("messages:\n%s", d.messages())
		}
	})
}

func TestTheCircuitBreakerEndsADeployment(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.released(types.DeploymentCircuitBreaker{Enable: true}, d.define("none"))
		wait(time.Hour)
		got := d.described().Deployments[0]
		if got.RolloutState != types.DeploymentRolloutStateFailed || *got.RolloutStateReason != "ECS deployment circuit breaker: tasks failed to start." || got.FailedTasks < 3 || got.FailedTasks > 4 {
			t.Errorf("deployment %+v", got)
		}
		if got := d.events("ECS Deployment State Change", "eventName"); !strings.HasSuffix(got, "SERVICE_DEPLOYMENT_IN_PROGRESS, SERVICE_DEPLOYMENT_FAILED") {
			t.Errorf("events %s", got)
		}
		if d.gets() != "web:1" {
			t.Error("the old tasks are gone")
		}
	})
}

func TestTheCircuitBreakerRollsBack(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.released(types.DeploymentCircuitBreaker{Enable: true, Rollback: true}, d.define("web:2", types.KeyValuePair{Name: new("SICK"), Value: new("yes")}))
		wait(time.Hour)
		s := d.described()
		if len(s.Deployments) != 1 || s.Deployments[0].RolloutState != types.DeploymentRolloutStateCompleted || !strings.HasSuffix(*s.TaskDefinition, "web:2") || s.RunningCount != 2 {
			t.Errorf("service %+v", s)
		}
		if got := d.events("ECS Deployment State Change", "reason"); !strings.Contains(got, "rolling back to deploymentId ecs-svc/") {
			t.Errorf("events %s", got)
		}
	})
}

// A task whose target fails its health checks is replaced, again and again.
func TestTasksThatFailTheirHealthChecks(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.released(types.DeploymentCircuitBreaker{}, d.define("web:2", types.KeyValuePair{Name: new("SICK"), Value: new("yes")}))
		wait(10 * time.Minute)
		gone := d.tasks(types.DesiredStatusStopped)
		if len(gone) == 0 || *gone[0].StoppedReason != "Task failed ELB health checks in (target-group "+d.blue+")" {
			t.Fatalf("stopped tasks %+v", gone)
		}
		if got := d.messages(); !strings.Contains(got, "is unhealthy in due to") {
			t.Errorf("messages:\n%s", got)
		}
		if d.gets() != "web:1" || d.described().Deployments[0].RolloutState != types.DeploymentRolloutStateInProgress {
			t.Error("traffic went to tasks that are not healthy")
		}
	})
}

// In the grace period an unhealthy target does no harm.
func TestTheGracePeriod(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.must(d.create(d.define("web:1", types.KeyValuePair{Name: new("SICK"), Value: new("yes")}), 1, func(in *awsecs.CreateServiceInput) {
			in.HealthCheckGracePeriodSeconds = new(int32(300))
		}))
		wait(5 * time.Minute)
		if got := len(d.tasks(types.DesiredStatusStopped)); got != 0 {
			t.Errorf("%d tasks were stopped in the grace period", got)
		}
		wait(2 * time.Minute)
		if got := len(d.tasks(types.DesiredStatusStopped)); got != 1 {
			t.Errorf("%d tasks were stopped after it", got)
		}
	})
}

func TestTasksForWhichThereIsNoMemory(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.service.Limit("shop", 1200)
		d.must(d.create(d.define("web:1"), 3, func(in *awsecs.CreateServiceInput) { in.LaunchType = types.LaunchTypeEc2 }))
		wait(3 * time.Minute)
		if runs, wanted, state, _ := d.counts(); runs != 2 || wanted != 3 || state != types.DeploymentRolloutStateInProgress {
			t.Errorf("%d of %d tasks run, %s", runs, wanted, state)
		}
		if got := d.messages(); !strings.Contains(got, "was unable to place a task because no container instance met all of its requirements. The closest matching has insufficient memory available.") {
			t.Errorf("messages:\n%s", got)
		}
		if got := d.events("ECS Service Action", "reason"); !strings.HasPrefix(got, "RESOURCE:MEMORY") {
			t.Errorf("events %s", got)
		}
		d.service.Limit("shop", 2000)
		wait(3 * time.Minute)
		if runs, _, state, _ := d.counts(); runs != 3 || state != types.DeploymentRolloutStateCompleted {
			t.Errorf("with more memory: %d tasks run, %s", runs, state)
		}
	})
}

func TestProgramsThatEndAreReplaced(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		ended, starts := make(chan struct{}), 0
		d.service.PutImage("web:3", func(s program.Start) (*program.Process, error) {
			if starts++; starts == 2 {
				return nil, errors.New("no such file")
			}
			stop := s.Network.Serve(s.Address, http.NotFoundHandler())
			if starts == 1 {
				return &program.Process{Stop: stop, Ended: ended}, nil
			}
			return &program.Process{Stop: stop}, nil
		})
		d.must(d.create(d.define("web:3"), 1, func(in *awsecs.CreateServiceInput) { in.LoadBalancers = nil }))
		wait(time.Minute)
		close(ended)
		wait(5 * time.Minute)
		gone := d.tasks(types.DesiredStatusStopped)
		if len(gone) != 2 || gone[0].StopCode != types.TaskStopCodeEssentialContainerExited || *gone[0].Containers[0].ExitCode != 1 || *gone[1].StoppedReason != "CannotStartContainerError: no such file" {
			t.Errorf("stopped tasks %+v", gone)
		}
		if runs, _, _, _ := d.counts(); runs != 1 {
			t.Errorf("%d tasks run", runs)
		}
	})
}
