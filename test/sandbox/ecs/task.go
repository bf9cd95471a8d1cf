package ecs

import (
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/test/sandbox/program"
)

// The states of tasks that occur here (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html).
const (
	provisioning = "PROVISIONING"
	pending      = "PENDING"
	runs         = "RUNNING"
	deactivating = "DEACTIVATING" // its targets drain
	stopped      = "STOPPED"
)

// task is one run of a task definition.
type task struct {
	id, arn    string
	deployment *deployment
	definition *definition
	launch     types.LaunchType

	status, desired string
	since           time.Time // in which it has this status
	version         int64
	created         time.Time
	pullAt, startAt time.Time
	stopAt          time.Time
	stoppedAt       time.Time
	code            types.TaskStopCode
	reason          string // why it stopped
	fault           string // of its container
	exit            *int32

	ip      string
	port    int32 // of the container that is a target, or the first one
	process *program.Process
	well    bool // it runs, and its targets are healthy
}

func running(t *task) bool  { return t.status == runs }
func starting(t *task) bool { return t.status == provisioning || t.status == pending }

func (sv *service) count(which func(*task) bool) (n int32) {
	for _, t := range sv.tasks {
		if which(t) {
			n++
		}
	}
	return n
}

// newTask begins a task of a deployment.
func (s *Service) newTask(sv *service, dep *deployment) *task {
	id, now := s.id(32), time.Now()
	t := &task{
		id: id, arn: s.arn("task/" + sv.of.name + "/" + id), deployment: dep, definition: dep.revision.definition, launch: sv.launch, desired: runs, created: now,
		ip: fmt.Sprintf("10.0.%d.%d", s.made/250%250, s.made%250+4), port: 80,
	}
	sv.tasks = append(sv.tasks, t)
	s.enter(sv, t, provisioning)
	return t
}

// enter gives a task a status, and tells it.
func (s *Service) enter(sv *service, t *task, status string) {
	t.status, t.since = status, time.Now()
	t.version++
	s.tellTask(sv, t)
}

// advance takes a task on to what is due.
func (s *Service) advance(sv *service, t *task, now time.Time) {
	due := func(after time.Duration) bool { return now.Sub(t.since) >= after }
	switch {
	case t.status == stopped:
	case t.desired == stopped:
		s.advanceStop(sv, t)
	case t.status == provisioning && due(s.pace.Provision):
		t.pullAt = now
		s.enter(sv, t, pending)
	case t.status == pending && due(s.pace.Pull):
		s.begin(sv, t)
	case t.status == runs && t.ended():
		s.exited(sv, t)
	}
}

// begin runs the task's program, and registers it in the target groups.
func (s *Service) begin(sv *service, t *task) {
	for _, c := range t.definition.ContainerDefinitions {
		if s.images[*c.Image] == nil {
			t.fault = fmt.Sprintf("CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref %s: not found", *c.Image)
			s.never(sv, t, t.fault)
			return
		}
	}
	c := t.definition.container(nil)
	if len(sv.balancers) > 0 {
		c, t.port = t.definition.container(sv.balancers[0].ContainerName), *sv.balancers[0].ContainerPort
	}
	address := net.JoinHostPort(t.ip, strconv.Itoa(int(t.port)))
	p, err := s.images[*c.Image](program.Start{Image: *c.Image, Env: environment(c), Address: address, Network: s.o.Balancing.Network()})
	if err != nil {
		t.fault, t.exit = "CannotStartContainerError: "+err.Error(), aws.Int32(1)
		s.never(sv, t, t.fault)
		return
	}
	t.process, t.startAt = p, time.Now()
	if host, port, err := net.SplitHostPort(p.Address); err == nil {
		n, _ := strconv.Atoi(port)
		t.ip, t.port = host, int32(n)
	}
	s.enter(sv, t, runs)
	t.well = len(sv.balancers) == 0
	for _, group := range t.deployment.revision.groups {
		if _, err := s.o.Balancing.RegisterTargets(s.o.Context, &elb.RegisterTargetsInput{TargetGroupArn: &group, Targets: t.target()}); err != nil {
			s.says(sv, "failed to register targets in (target-group %s) with (error %v)", group, err)
			continue
		}
		s.says(sv, "registered 1 targets in (target-group %s)", group)
	}
}

func (t *task) target() []elbtypes.TargetDescription {
	return []elbtypes.TargetDescription{{Id: aws.String(t.ip), Port: aws.Int32(t.port)}}
}

// never ends a task that does not come to run.
func (s *Service) never(sv *service, t *task, why string) {
	t.code, t.reason = types.TaskStopCodeTaskFailedToStart, why
	s.failed(sv, t, false)
	s.over(sv, t)
}

func (t *task) ended() bool { return t.process.HasEnded() }

// exited ends a task whose program has ended by itself.
func (s *Service) exited(sv *service, t *task) {
	t.exit = aws.Int32(1)
	t.code, t.reason = types.TaskStopCodeEssentialContainerExited, "Essential container in task exited"
	s.deregister(sv, t)
	s.failed(sv, t, true)
	s.over(sv, t)
}

// stop has a task end: its targets drain first.
func (s *Service) stop(sv *service, t *task, code types.TaskStopCode, why string) {
	if t.desired == stopped {
		return
	}
	t.desired, t.well, t.code, t.reason, t.stopAt = stopped, false, code, why, time.Now()
	if t.status != runs {
		s.over(sv, t)
		return
	}
	s.deregister(sv, t)
	s.enter(sv, t, deactivating)
}

func (s *Service) deregister(sv *service, t *task) {
	for _, group := range t.deployment.revision.groups {
		if _, err := s.o.Balancing.DeregisterTargets(s.o.Context, &elb.DeregisterTargetsInput{TargetGroupArn: &group, Targets: t.target()}); err == nil {
			s.says(sv, "deregistered 1 targets in (target-group %s)", group)
		}
	}
}

// advanceStop ends a task's program when its targets have drained.
func (s *Service) advanceStop(sv *service, t *task) {
	for _, group := range t.deployment.revision.groups {
		out, err := s.o.Balancing.DescribeTargetHealth(s.o.Context, &elb.DescribeTargetHealthInput{TargetGroupArn: &group, Targets: t.target()})
		if err == nil && out.TargetHealthDescriptions[0].TargetHealth.State == elbtypes.TargetHealthStateEnumDraining {
			return
		}
	}
	t.exit = aws.Int32(0)
	s.says(sv, "has stopped 1 running tasks: (task %s).", t.id)
	s.over(sv, t)
}

// over is the end of a task.
func (s *Service) over(sv *service, t *task) {
	t.end()
	t.desired, t.well, t.stoppedAt = stopped, false, time.Now()
	if t.stopAt.IsZero() {
		t.stopAt = t.stoppedAt
	}
	s.enter(sv, t, stopped)
}

// end ends the task's program.
func (t *task) end() {
	t.process.End()
	t.process = nil
}

// readHealth finds out which tasks are well, and stops those whose targets are not. A target that is unused, because no rule names its group, is not
// healthy; that ECS waits for it then is undocumented.
func (s *Service) readHealth(sv *service, now time.Time) {
	if len(sv.balancers) == 0 {
		return
	}
	for _, t := range sv.wanted() {
		if t.status != runs || t.ended() {
			continue
		}
		t.well = true
		for _, group := range t.deployment.revision.groups {
			out, err := s.o.Balancing.DescribeTargetHealth(s.o.Context, &elb.DescribeTargetHealthInput{TargetGroupArn: &group, Targets: t.target()})
			if err != nil {
				t.well = false
				continue
			}
			h := out.TargetHealthDescriptions[0].TargetHealth
			t.well = t.well && h.State == elbtypes.TargetHealthStateEnumHealthy
			if h.State == elbtypes.TargetHealthStateEnumUnhealthy && now.Sub(t.startAt) >= sv.grace {
				// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-unhealthy-event-messages.html
				s.says(sv, "(task %s) (port %d) is unhealthy in (target-group %s) due to (reason %s)", t.id, t.port, group, aws.ToString(h.Description))
				s.failed(sv, t, true)
				s.stop(sv, t, types.TaskStopCodeServiceSchedulerInitiated, "Task failed ELB health checks in (target-group "+group+")")
				break
			}
		}
	}
}
