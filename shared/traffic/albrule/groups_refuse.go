package albrule

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// template is the launch template of a revision, with its version.
func template(revision string) *types.LaunchTemplateSpecification {
	id, version, _ := strings.Cut(revision, ":")
	return &types.LaunchTemplateSpecification{LaunchTemplateId: &id, Version: &version}
}

// refuses implements keeper. Whether the version is there, only EC2 knows: a group that is given one that is not is refused by Auto Scaling, before any
// traffic moves.
func (g groups) refuses(ctx context.Context, rule kind.ALBRule, pools kind.Pools, revision string) (*rollout.Rejection, error) {
	if rule.Launch.Version(revision) == "" {
		return rollout.Because(fmt.Sprintf("%s is no version of launch template %s", revision, rule.Launch.Template), fmt.Sprintf("release it by its number: %s:<number>; $Latest and $Default name no version for good", rule.Launch.Template)), nil
	}
	found, err := g.read(ctx, rule.Blue, rule.Green)
	if err != nil {
		return nil, err
	}
	for i, p := range rule.Groups() {
		why := unfit(found[i], []kind.Pool{rule.Blue, rule.Green}[i], rule.Launch.Template)
		if why == nil {
			why, err = g.refreshed(ctx, p)
		}
		if why != nil || err != nil {
			return why, err
		}
	}
	serving, idle, side := found[0], found[1], sides(rule, pools)[0]
	if side.Weight == 0 {
		serving, idle = idle, serving
	}
	name := aws.ToString(serving.AutoScalingGroupName)
	if moving := held(serving).moving; moving != "" {
		return rollout.Because(moving+", and serve", fmt.Sprintf("replace them (aws autoscaling start-instance-refresh --auto-scaling-group-name %s), or give the group their version back", name)), nil
	}
	if most, wanted := aws.ToInt32(idle.MaxSize), max(1, aws.ToInt32(serving.DesiredCapacity)); most < wanted {
		return rollout.Because(tooSmall(aws.ToString(idle.AutoScalingGroupName), most, wanted), "give both groups the same maximum"), nil
	}
	return nil, nil
}

// unfit refuses a group that Sluice cannot fill, or whose instances would take no requests.
func unfit(g types.AutoScalingGroup, p kind.Pool, template string) *rollout.Rejection {
	name := aws.ToString(g.AutoScalingGroupName)
	switch {
	case g.MixedInstancesPolicy != nil:
		return rollout.Because(fmt.Sprintf("group %s has a mixed instances policy, which a launch template of its own would replace", name), "make a group with a launch template alone for each pool")
	case g.LaunchTemplate == nil || aws.ToString(g.LaunchTemplate.LaunchTemplateId) != template:
		return rollout.Because(fmt.Sprintf("group %s is not made of launch template %s", name, template), "give both groups a version of it, or correct target.albRule.launch.template")
	case g.WarmPoolConfiguration != nil:
		// What waits there was launched before, and stays what it is (https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-warm-pools.html).
		return rollout.Because(fmt.Sprintf("group %s has a warm pool, from which instances of an older version would come", name), fmt.Sprintf("delete it: aws autoscaling delete-warm-pool --auto-scaling-group-name %s", name))
	case !attached(g, p.TargetGroup):
		return rollout.Because(fmt.Sprintf("group %s registers its instances in another target group than %s", name, p.TargetGroup), fmt.Sprintf("aws autoscaling attach-traffic-sources --auto-scaling-group-name %s --traffic-sources Identifier=%s", name, p.TargetGroup))
	case aws.ToBool(g.NewInstancesProtectedFromScaleIn) || slices.ContainsFunc(g.Instances, func(i types.Instance) bool { return aws.ToBool(i.ProtectedFromScaleIn) }):
		// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-instance-protection.html
		return rollout.Because(fmt.Sprintf("instances of group %s are protected from scale-in, so those of an older version would stay", name), "take the protection away: aws autoscaling set-instance-protection --no-protected-from-scale-in, and --no-new-instances-protected-from-scale-in of update-auto-scaling-group")
	}
	return suspended(g)
}

// suspended refuses a group of which somebody has suspended what fills its pool
// (https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html).
func suspended(g types.AutoScalingGroup) *rollout.Rejection {
	for _, p := range g.SuspendedProcesses {
		if name := aws.ToString(p.ProcessName); slices.Contains([]string{"Launch", "Terminate", "AddToLoadBalancer"}, name) {
			of := aws.ToString(g.AutoScalingGroupName)
			return rollout.Because(fmt.Sprintf("the process %s of group %s is suspended", name, of), fmt.Sprintf("aws autoscaling resume-processes --auto-scaling-group-name %s --scaling-processes %s", of, name))
		}
	}
	return nil
}

func attached(g types.AutoScalingGroup, targetGroup string) bool {
	return slices.Contains(g.TargetGroupARNs, targetGroup) || slices.ContainsFunc(g.TrafficSources, func(s types.TrafficSourceIdentifier) bool { return aws.ToString(s.Identifier) == targetGroup })
}

// refreshed refuses a group whose instances somebody replaces at the moment. The newest refresh is described first
// (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeInstanceRefreshes.html).
func (g groups) refreshed(ctx context.Context, p kind.AutoScalingPool) (*rollout.Rejection, error) {
	out, err := g.scaling.DescribeInstanceRefreshes(ctx, &autoscaling.DescribeInstanceRefreshesInput{AutoScalingGroupName: &p.Group, MaxRecords: aws.Int32(1)})
	if err != nil {
		return nil, fmt.Errorf("reading the instance refreshes of group %s: %w", p.Group, err)
	}
	for _, r := range out.InstanceRefreshes {
		switch r.Status {
		case types.InstanceRefreshStatusSuccessful, types.InstanceRefreshStatusFailed, types.InstanceRefreshStatusCancelled, types.InstanceRefreshStatusRollbackFailed, types.InstanceRefreshStatusRollbackSuccessful:
		default:
			return rollout.Because(fmt.Sprintf("an instance refresh of group %s is %s", p.Group, r.Status), "wait until it has ended, or cancel it: aws autoscaling cancel-instance-refresh --auto-scaling-group-name "+p.Group), nil
		}
	}
	return nil, nil
}
