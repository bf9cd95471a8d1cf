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
	grants := []wire.Grant{s.on(action, aws.ToString(name))}
	if template != nil {
		grants = append(grants, wire.Grant{Action: "ec2:RunInstances", Resource: s.o.Home.ARN("ec2", "launch-template/"+aws.ToString(template.LaunchTemplateId))})
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
