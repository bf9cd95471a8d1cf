package autoscaling

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsscaling "github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/test/sandbox/wire"
)

// group is an Auto Scaling group.
type group struct {
	name, arn         string
	least, most, want int
	template          *types.LaunchTemplateSpecification
	targetGroups      []string
	checks            string        // EC2, or ELB: then an unhealthy target is replaced, too
	grace             time.Duration // in which it is not
	zones             []string
	subnets           *string
	tags              []types.TagDescription
	created           time.Time
	deleted           bool
	wake              chan struct{}
	as                []func(d *types.AutoScalingGroup) // settings that are only described
	refreshes         []types.InstanceRefresh           // the newest first

	instances  []*instance
	activities []*types.Activity // the newest first
	why        string            // what somebody asked for, until the next activity tells it
	failures   int               // launches in a row that failed
	notBefore  time.Time         // no instance is launched until then
}

// CreateAutoScalingGroup makes a group and launches its instances.
func (s *Service) CreateAutoScalingGroup(_ context.Context, in *awsscaling.CreateAutoScalingGroupInput) (*awsscaling.CreateAutoScalingGroupOutput, error) {
	defer s.lock()()
	name := aws.ToString(in.AutoScalingGroupName)
	switch {
	case in.MixedInstancesPolicy != nil, in.LaunchConfigurationName != nil, in.InstanceId != nil, in.LoadBalancerNames != nil, in.LifecycleHookSpecificationList != nil:
		return nil, wire.NotImplemented("CreateAutoScalingGroup with anything but a launch template and target groups")
	case name == "":
		return nil, invalid("AutoScalingGroupName is required.")
	case s.named(name) != nil:
		return nil, &types.AlreadyExistsFault{Message: aws.String("AutoScalingGroup by this name already exists - A group with the name " + name + " already exists")}
	case len(in.AvailabilityZones) == 0 && in.VPCZoneIdentifier == nil:
		return nil, invalid("At least one Availability Zone or VPC Subnet is required.")
	}
	template, err := s.specified(in.LaunchTemplate)
	if err != nil {
		return nil, err
	}
	targetGroups := slices.Clone(in.TargetGroupARNs)
	for _, source := range in.TrafficSources {
		targetGroups = append(targetGroups, aws.ToString(source.Identifier))
	}
	if err := s.checkTargetGroups(targetGroups); err != nil {
		return nil, err
	}
	g := &group{
		name: name, arn: s.o.Home.ARN("autoscaling", "autoScalingGroup:"+s.uuid()+":autoScalingGroupName/"+name), template: template, targetGroups: targetGroups, checks: "EC2",
		grace: time.Duration(aws.ToInt32(in.HealthCheckGracePeriod)) * time.Second, zones: in.AvailabilityZones, subnets: in.VPCZoneIdentifier, created: time.Now(), wake: make(chan struct{}, 1),
	}
	if in.HealthCheckType != nil {
		g.checks = *in.HealthCheckType
	}
	if err := g.resize(in.MinSize, in.MaxSize, or(in.DesiredCapacity, in.MinSize)); err != nil {
		return nil, err
	}
	for _, t := range in.Tags {
		g.tags = append(g.tags, types.TagDescription{Key: t.Key, Value: t.Value, PropagateAtLaunch: aws.Bool(aws.ToBool(t.PropagateAtLaunch)), ResourceId: &g.name, ResourceType: aws.String("auto-scaling-group")})
	}
	g.why = fmt.Sprintf("a user request created an AutoScalingGroup changing the desired capacity from 0 to %d.", g.want)
	s.groups = append(s.groups, g)
	go s.run(g)
	return &awsscaling.CreateAutoScalingGroupOutput{}, nil
}

func or[T any](given, usual *T) *T {
	if given != nil {
		return given
	}
	return usual
}

// checkTargetGroups refuses target groups that instances cannot be registered in.
func (s *Service) checkTargetGroups(arns []string) error {
	if len(arns) == 0 {
		return nil
	}
	found, err := s.o.Balancing.DescribeTargetGroups(s.o.Context, &elb.DescribeTargetGroupsInput{TargetGroupArns: arns})
	if err != nil || slices.ContainsFunc(found.TargetGroups, func(g elbtypes.TargetGroup) bool { return g.TargetType != elbtypes.TargetTypeEnumInstance }) {
		return invalid("Provided Target Groups may not be valid. Please ensure they exist and try again.")
	}
	return nil
}

// resize gives a group other sizes. Without a desired capacity it moves as far as the others force it to
// (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_UpdateAutoScalingGroup.html).
func (g *group) resize(least, most, want *int32) error {
	low, high, desired := g.least, g.most, g.want
	if least != nil {
		low = int(*least)
	}
	if most != nil {
		high = int(*most)
	}
	if want != nil {
		desired = int(*want)
	} else {
		desired = min(high, max(low, desired))
	}
	switch {
	case low < 0 || low > high:
		return invalid("Max bound, %d, must be greater than or equal to min bound, %d", high, low)
	case desired < low || desired > high:
		return invalid("Desired capacity:%d must be between the specified min size:%d and max size:%d", desired, low, high)
	}
	g.least, g.most, g.want = low, high, desired
	return nil
}

// UpdateAutoScalingGroup changes a group. Another launch template is what the next instances are made from; those that run stay as they are.
func (s *Service) UpdateAutoScalingGroup(_ context.Context, in *awsscaling.UpdateAutoScalingGroupInput) (*awsscaling.UpdateAutoScalingGroupOutput, error) {
	defer s.lock()()
	g, err := s.group(in.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	if in.MixedInstancesPolicy != nil || in.LaunchConfigurationName != nil {
		return nil, wire.NotImplemented("UpdateAutoScalingGroup with anything but a launch template")
	}
	template := g.template
	if in.LaunchTemplate != nil && len(g.refreshes) > 0 && g.refreshes[0].Status == types.InstanceRefreshStatusInProgress {
		// In these words by those who met it (https://github.com/hashicorp/terraform-provider-aws/issues/29830); undocumented.
		return nil, invalid("An active instance refresh with a desired configuration exists. All configuration options derived from the desired configuration are not available for update while the instance refresh is active.")
	}
	if in.LaunchTemplate != nil {
		if template, err = s.specified(in.LaunchTemplate); err != nil {
			return nil, err
		}
	}
	before := g.want
	if err := g.resize(in.MinSize, in.MaxSize, in.DesiredCapacity); err != nil {
		return nil, err
	}
	g.template = template
	if in.HealthCheckType != nil {
		g.checks = *in.HealthCheckType
	}
	if in.HealthCheckGracePeriod != nil {
		g.grace = time.Duration(*in.HealthCheckGracePeriod) * time.Second
	}
	if g.want != before {
		g.why = fmt.Sprintf("a user request update of AutoScalingGroup constraints to min: %d, max: %d, desired: %d changing the desired capacity from %d to %[3]d.", g.least, g.most, g.want, before)
	}
	g.try()
	return &awsscaling.UpdateAutoScalingGroupOutput{}, nil
}

// SetDesiredCapacity changes how many instances a group wants.
func (s *Service) SetDesiredCapacity(_ context.Context, in *awsscaling.SetDesiredCapacityInput) (*awsscaling.SetDesiredCapacityOutput, error) {
	defer s.lock()()
	g, err := s.group(in.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	switch want := int(aws.ToInt32(in.DesiredCapacity)); {
	case aws.ToBool(in.HonorCooldown):
		return nil, wire.NotImplemented("SetDesiredCapacity with HonorCooldown")
	case want > g.most:
		return nil, invalid("New SetDesiredCapacity value %d is above max value %d for the AutoScalingGroup.", want, g.most)
	case want < g.least:
		return nil, invalid("New SetDesiredCapacity value %d is below min value %d for the AutoScalingGroup.", want, g.least)
	case want != g.want:
		g.why = fmt.Sprintf("a user request explicitly set group desired capacity changing the desired capacity from %d to %d.", g.want, want)
		g.want = want
	}
	g.try()
	return &awsscaling.SetDesiredCapacityOutput{}, nil
}

// try has the group looked at, and instances launched, at once.
func (g *group) try() {
	g.failures, g.notBefore = 0, time.Time{}
	select {
	case g.wake <- struct{}{}:
	default:
	}
}

// DeleteAutoScalingGroup deletes a group. One that has instances is refused unless that is forced.
func (s *Service) DeleteAutoScalingGroup(_ context.Context, in *awsscaling.DeleteAutoScalingGroupInput) (*awsscaling.DeleteAutoScalingGroupOutput, error) {
	defer s.lock()()
	g, err := s.group(in.AutoScalingGroupName)
	switch {
	case err != nil:
		return nil, err
	case len(g.instances) > 0 && !aws.ToBool(in.ForceDelete):
		return nil, &types.ResourceInUseFault{Message: aws.String("You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.")}
	}
	g.deleted, g.least, g.want = true, 0, 0
	g.try()
	return &awsscaling.DeleteAutoScalingGroupOutput{}, nil
}

// DescribeAutoScalingGroups describes groups by name; without one, all. A name that does not exist is left out.
func (s *Service) DescribeAutoScalingGroups(_ context.Context, in *awsscaling.DescribeAutoScalingGroupsInput) (*awsscaling.DescribeAutoScalingGroupsOutput, error) {
	if in.NextToken != nil || in.Filters != nil {
		return nil, wire.NotImplemented("DescribeAutoScalingGroups in pages or with filters")
	}
	defer s.lock()()
	out := &awsscaling.DescribeAutoScalingGroupsOutput{AutoScalingGroups: []types.AutoScalingGroup{}}
	for _, g := range s.groups {
		if len(in.AutoScalingGroupNames) == 0 || slices.Contains(in.AutoScalingGroupNames, g.name) {
			out.AutoScalingGroups = append(out.AutoScalingGroups, g.described())
		}
	}
	return out, nil
}

func (g *group) described() types.AutoScalingGroup {
	d := types.AutoScalingGroup{
		AutoScalingGroupName: &g.name, AutoScalingGroupARN: &g.arn, MinSize: aws.Int32(int32(g.least)), MaxSize: aws.Int32(int32(g.most)), DesiredCapacity: aws.Int32(int32(g.want)),
		DefaultCooldown: aws.Int32(300), HealthCheckType: aws.String(g.checks), HealthCheckGracePeriod: aws.Int32(int32(g.grace / time.Second)), CreatedTime: aws.Time(g.created.UTC()),
		AvailabilityZones: g.zones, VPCZoneIdentifier: g.subnets, LaunchTemplate: g.template, TargetGroupARNs: g.targetGroups, Tags: g.tags, TerminationPolicies: []string{"Default"},
		NewInstancesProtectedFromScaleIn: aws.Bool(false),
	}
	for _, arn := range g.targetGroups {
		d.TrafficSources = append(d.TrafficSources, types.TrafficSourceIdentifier{Identifier: &arn, Type: aws.String("elbv2")})
	}
	for _, i := range g.instances {
		d.Instances = append(d.Instances, types.Instance{
			InstanceId: &i.id, LifecycleState: i.state, HealthStatus: aws.String(i.health()), AvailabilityZone: aws.String(g.zone()), InstanceType: aws.String("t3.micro"),
			ProtectedFromScaleIn: aws.Bool(false), LaunchTemplate: i.template,
		})
	}
	for _, change := range g.as {
		change(&d)
	}
	if g.deleted {
		d.Status = aws.String("Delete in progress")
	}
	return d
}

func (g *group) zone() string {
	if len(g.zones) > 0 {
		return g.zones[0]
	}
	return "us-east-1a"
}

func (s *Service) named(name string) *group {
	if i := slices.IndexFunc(s.groups, func(g *group) bool { return g.name == name }); i >= 0 {
		return s.groups[i]
	}
	return nil
}

func (s *Service) group(name *string) (*group, error) {
	g := s.named(aws.ToString(name))
	if g == nil || g.deleted {
		return nil, invalid("AutoScalingGroup name not found - null")
	}
	return g, nil
}
