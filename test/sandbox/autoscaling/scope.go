package autoscaling

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsscaling "github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"sluice/test/sandbox/wire"
)

// scope says what IAM must allow (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html): what describes
// is about everything. Whoever gives a group a launch template must also be allowed to run its instances
// (https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html).
func (s *Service) scope(operation string, in any) []wire.Grant {
	action := "autoscaling:" + operation
	if strings.HasPrefix(operation, "Describe") {
		return []wire.Grant{{Action: action, Resource: "*"}}
	}
	var name *string
	var template *types.LaunchTemplateSpecification
	switch in := in.(type) {
	case *awsscaling.CreateAutoScalingGroupInput:
		name, template = in.AutoScalingGroupName, in.LaunchTemplate
	case *awsscaling.UpdateAutoScalingGroupInput:
		name, template = in.AutoScalingGroupName, in.LaunchTemplate
	case *awsscaling.SetDesiredCapacityInput:
		name = in.AutoScalingGroupName
	case *awsscaling.DeleteAutoScalingGroupInput:
		name = in.AutoScalingGroupName
	}
	return append([]wire.Grant{s.on(action, aws.ToString(name))}, s.launching(template)...)
}

// launching is what IAM must allow whoever names a launch template to a group: the launch of what the template names, tags if it tags that, and its
// role. Whether all sorts of resources are asked about is undocumented; those that RunInstances requires are here. The subnets are named by the group.
func (s *Service) launching(template *types.LaunchTemplateSpecification) (grants []wire.Grant) {
	if template == nil {
		return nil
	}
	defer s.lock()()
	t := s.template(template)
	if t == nil {
		return nil
	}
	arn := s.o.Home.ARN("ec2", "launch-template/"+t.id)
	run := func(resource string) {
		grants = append(grants, wire.Grant{Action: "ec2:RunInstances", Resource: resource, Keys: map[string][]string{"ec2:LaunchTemplate": {arn}}})
	}
	run("arn:" + s.o.Home.Partition() + ":ec2:" + s.o.Home.Region + "::image/ami-" + t.id[3:])
	for _, resource := range []string{"launch-template/" + t.id, "instance/*", "network-interface/*", "security-group/sg-0", "subnet/subnet-0", "volume/*"} {
		run(s.o.Home.ARN("ec2", resource))
	}
	if t.tags {
		grants = append(grants, wire.Grant{Action: "ec2:CreateTags", Resource: s.o.Home.ARN("ec2", "instance/*"), Keys: map[string][]string{"ec2:CreateAction": {"RunInstances"}}})
	}
	if t.role != "" {
		grants = append(grants, wire.PassRole(t.role, "ec2.amazonaws.com"))
	}
	return grants
}

// on is an action on a group, with the group's tags as condition keys.
func (s *Service) on(action, name string) wire.Grant {
	defer s.lock()()
	g := s.named(name)
	if g == nil {
		return wire.Grant{Action: action, Resource: s.o.Home.ARN("autoscaling", "autoScalingGroup:*:autoScalingGroupName/"+name)}
	}
	grant := wire.Grant{Action: action, Resource: g.arn}
	for _, t := range g.tags {
		if grant.Keys == nil {
			grant.Keys = map[string][]string{}
		}
		for _, key := range []string{"aws:ResourceTag/", "autoscaling:ResourceTag/"} {
			grant.Keys[key+aws.ToString(t.Key)] = []string{aws.ToString(t.Value)}
		}
	}
	return grant
}
