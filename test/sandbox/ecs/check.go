package ecs

import (
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"sluice/test/sandbox/wire"
)

func unsupported(in *awsecs.CreateServiceInput) error {
	switch {
	case in.DeploymentController != nil && in.DeploymentController.Type != types.DeploymentControllerTypeEcs:
		return wire.NotImplemented("CreateService with the deployment controller " + string(in.DeploymentController.Type))
	case in.SchedulingStrategy == types.SchedulingStrategyDaemon, in.CapacityProviderStrategy != nil, in.ServiceRegistries != nil, in.VpcLatticeConfigurations != nil:
		return wire.NotImplemented("CreateService with daemons, capacity providers or service discovery")
	}
	return nil
}

func or(given *int32, usual int32) *int32 {
	if given == nil {
		return &usual
	}
	return given
}

// usable is a task definition that a service may begin to use.
func (s *Service) usable(name *string) (*definition, error) {
	d, err := s.definition(name)
	if err != nil {
		return nil, client("TaskDefinition not found.")
	}
	if d.Status != types.TaskDefinitionStatusActive {
		return nil, client("TaskDefinition is inactive")
	}
	return d, nil
}

// checkBalancers refuses target groups that a service cannot use, in AWS's words as people quote them.
func (s *Service) checkBalancers(given []types.LoadBalancer, d *definition) error {
	for _, l := range given {
		arn := aws.ToString(l.TargetGroupArn)
		found, err := s.o.Balancing.DescribeTargetGroups(s.o.Context, &elb.DescribeTargetGroupsInput{TargetGroupArns: []string{arn}})
		if err != nil {
			return invalid("The specified target group does not exist.")
		}
		if err := s.checkAdvanced(l); err != nil {
			return err
		}
		c := d.container(l.ContainerName)
		switch {
		case len(found.TargetGroups[0].LoadBalancerArns) == 0:
			return invalid("The target group with targetGroupArn " + arn + " does not have an associated load balancer.")
		case l.ContainerName == nil || c == nil:
			return invalid("The container " + aws.ToString(l.ContainerName) + " does not exist in the task definition.")
		case !slices.ContainsFunc(c.PortMappings, func(p types.PortMapping) bool {
			return aws.ToInt32(p.ContainerPort) == aws.ToInt32(l.ContainerPort)
		}):
			return invalid(fmt.Sprintf("The container %s did not have a container port %d defined.", *l.ContainerName, aws.ToInt32(l.ContainerPort)))
		case (d.NetworkMode == types.NetworkModeAwsvpc) != (found.TargetGroups[0].TargetType == "ip"):
			return invalid(fmt.Sprintf("The provided target group %s has target type %s, which is incompatible with the %s network mode specified in the task definition.", arn, found.TargetGroups[0].TargetType, networkMode(d)))
		case d.NetworkMode != types.NetworkModeAwsvpc:
			return wire.NotImplemented("a service behind a load balancer whose tasks have no network interface of their own")
		}
	}
	return nil
}

// networkMode has bridge for none
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html).
func networkMode(d *definition) types.NetworkMode {
	if d.NetworkMode == "" {
		return types.NetworkModeBridge
	}
	return d.NetworkMode
}
