package autoscaling

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/test/sandbox/program"
)

// longestPause is between two launches that fail. That it grows to this is undocumented.
const longestPause = time.Hour

// instance is an EC2 instance of a group.
type instance struct {
	id       string
	template *types.LaunchTemplateSpecification // with the number of its version
	program  program.Program
	state    types.LifecycleState
	since    time.Time // in which it has this state
	sick     bool
	process  *program.Process
	forward  func() // ends that requests to it go where it really listens
	activity *types.Activity
}

func (i *instance) health() string {
	if i.sick {
		return "Unhealthy"
	}
	return "Healthy"
}

func (i *instance) leaving() bool { return i.state == types.LifecycleStateTerminating }

func (i *instance) enter(state types.LifecycleState) { i.state, i.since = state, time.Now() }

func (i *instance) end() {
	i.process.End()
	if i.forward != nil {
		i.forward()
	}
	i.process, i.forward = nil, nil
}

// run looks at a group until it is gone.
func (s *Service) run(g *group) {
	for {
		pause, gone := s.look(g)
		if gone {
			return
		}
		timer := time.NewTimer(pause)
		select {
		case <-s.o.Context.Done():
			timer.Stop()
			s.halt(g)
			return
		case <-g.wake:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// halt ends what runs when the sandbox ends.
func (s *Service) halt(g *group) {
	defer s.lock()()
	for _, i := range g.instances {
		i.end()
	}
}

// look has everything happen that is due, and tells when to look again.
func (s *Service) look(g *group) (pause time.Duration, gone bool) {
	defer s.lock()()
	now := time.Now()
	for _, i := range slices.Clone(g.instances) {
		s.advance(g, i, now)
	}
	s.scale(g, now)
	if g.deleted && len(g.instances) == 0 {
		s.groups = slices.DeleteFunc(s.groups, func(other *group) bool { return other == g })
		return 0, true
	}
	inService := 0
	for _, i := range g.instances {
		if i.state == types.LifecycleStateInService {
			inService++
		}
	}
	if inService == g.want && inService == len(g.instances) {
		return s.pace.Rest, false
	}
	return s.pace.Look, false
}

// advance takes an instance on to what is due.
func (s *Service) advance(g *group, i *instance, now time.Time) {
	switch i.state {
	case types.LifecycleStatePending:
		if now.Sub(i.since) >= s.pace.Launch {
			s.begin(g, i)
		}
	case types.LifecycleStateInService:
		// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html
		switch {
		case i.process.HasEnded():
			i.sick = true
			s.terminate(g, i, "an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped.")
		case g.checks == "ELB" && now.Sub(i.since) >= g.grace && s.unhealthy(g, i):
			i.sick = true
			s.terminate(g, i, "an instance was taken out of service in response to an ELB system health check failure.")
		}
	case types.LifecycleStateTerminating:
		if !s.drains(g, i) {
			i.end()
			s.ends(g, i, types.ScalingActivityStatusCodeSuccessful, "")
			g.instances = slices.DeleteFunc(g.instances, func(other *instance) bool { return other == i })
		}
	}
}

// scale launches and terminates instances until there are as many as the group wants.
func (s *Service) scale(g *group, now time.Time) {
	var stay []*instance
	for _, i := range g.instances {
		if !i.leaving() {
			stay = append(stay, i)
		}
	}
	switch missing := g.want - len(stay); {
	case missing > 0 && !now.Before(g.notBefore):
		for range missing {
			if !s.launch(g, len(stay), len(stay)+missing) {
				return
			}
		}
	case missing < 0:
		for _, i := range stay[:-missing] { // the oldest
			s.terminate(g, i, fmt.Sprintf("an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from %d to %d.", len(stay), g.want))
		}
	}
}

// launch begins an instance, if there is capacity for it.
func (s *Service) launch(g *group, from, to int) (launched bool) {
	cause := fmt.Sprintf("an instance was started in response to a difference between desired and actual capacity, increasing the capacity from %d to %d.", from, to)
	t := s.template(g.template)
	version := t.number(*g.template.Version)
	i := &instance{id: "i-" + s.id(17), program: t.versions[version-1], template: &types.LaunchTemplateSpecification{LaunchTemplateId: &t.id, LaunchTemplateName: &t.name, Version: aws.String(strconv.Itoa(version))}}
	i.enter(types.LifecycleStatePending)
	i.activity = s.begins(g, "Launching a new EC2 instance: "+i.id, cause)
	switch {
	case s.limit > 0 && s.count() >= s.limit:
		// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-capacity.html
		s.fails(g, i, fmt.Sprintf("We currently do not have sufficient t3.micro capacity in the Availability Zone you requested (%s). Our system will be working on provisioning additional capacity. Launching EC2 instance failed.", g.zone()))
		return false
	case i.program == nil:
		// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-ami.html
		s.fails(g, i, "The image id '[ami-"+t.id[3:]+"]' does not exist. Launching EC2 instance failed.")
		return false
	}
	g.instances = append(g.instances, i)
	return true
}

// count is how many instances there are in all groups.
func (s *Service) count() (n int) {
	for _, g := range s.groups {
		n += len(g.instances)
	}
	return n
}

// fails ends a launch that came to nothing.
func (s *Service) fails(g *group, i *instance, why string) {
	g.failures++
	g.notBefore = time.Now().Add(min(longestPause, 30*time.Second<<min(g.failures, 10)))
	i.activity.Description = aws.String("Launching a new EC2 instance.  Status Reason: " + why)
	s.ends(g, i, types.ScalingActivityStatusCodeFailed, why)
}

// begin runs an instance's program, and registers it in the target groups.
func (s *Service) begin(g *group, i *instance) {
	port := int32(80)
	if len(g.targetGroups) > 0 {
		if found, err := s.o.Balancing.DescribeTargetGroups(s.o.Context, &elb.DescribeTargetGroupsInput{TargetGroupArns: g.targetGroups[:1]}); err == nil {
			port = *found.TargetGroups[0].Port
		}
	}
	address := net.JoinHostPort(i.id, strconv.Itoa(int(port)))
	p, err := i.program(program.Start{Address: address, Network: s.o.Balancing.Network()})
	if err != nil {
		g.instances = slices.DeleteFunc(g.instances, func(other *instance) bool { return other == i })
		s.fails(g, i, "Instance failed to launch: "+err.Error())
		return
	}
	i.process = p
	if p.Address != "" && p.Address != address {
		i.forward = s.o.Balancing.Network().Forward(address, p.Address)
	}
	for _, arn := range g.targetGroups {
		_, _ = s.o.Balancing.RegisterTargets(s.o.Context, &elb.RegisterTargetsInput{TargetGroupArn: &arn, Targets: i.target()})
	}
	g.failures = 0
	i.enter(types.LifecycleStateInService)
	s.ends(g, i, types.ScalingActivityStatusCodeSuccessful, "")
}

func (i *instance) target() []elbtypes.TargetDescription {
	return []elbtypes.TargetDescription{{Id: &i.id}}
}

// terminate has an instance end: its targets drain first.
func (s *Service) terminate(g *group, i *instance, cause string) {
	if i.state == types.LifecycleStatePending { // its launch comes to nothing (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Activity.html)
		s.ends(g, i, types.ScalingActivityStatusCodeCancelled, "")
	}
	i.enter(types.LifecycleStateTerminating)
	i.activity = s.begins(g, "Terminating EC2 instance: "+i.id, cause)
	for _, arn := range g.targetGroups {
		_, _ = s.o.Balancing.DeregisterTargets(s.o.Context, &elb.DeregisterTargetsInput{TargetGroupArn: &arn, Targets: i.target()})
	}
	if s.drains(g, i) {
		i.activity.StatusCode, i.activity.StatusMessage = types.ScalingActivityStatusCodeWaitingForELBConnectionDraining, aws.String("Waiting For ELB Connection Draining.")
	}
}

func (s *Service) drains(g *group, i *instance) bool {
	return s.anyTarget(g, i, elbtypes.TargetHealthStateEnumDraining)
}

func (s *Service) unhealthy(g *group, i *instance) bool {
	return s.anyTarget(g, i, elbtypes.TargetHealthStateEnumUnhealthy)
}

// anyTarget says whether the instance has a state in one of the target groups.
func (s *Service) anyTarget(g *group, i *instance, state elbtypes.TargetHealthStateEnum) bool {
	for _, arn := range g.targetGroups {
		out, err := s.o.Balancing.DescribeTargetHealth(s.o.Context, &elb.DescribeTargetHealthInput{TargetGroupArn: &arn, Targets: i.target()})
		if err == nil && out.TargetHealthDescriptions[0].TargetHealth.State == state {
			return true
		}
	}
	return false
}
