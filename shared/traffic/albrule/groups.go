package albrule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/smithy-go"

	"sluice/shared/kind"
	"sluice/shared/traffic"
)

type scalingAPI interface {
	DescribeAutoScalingGroups(context.Context, *autoscaling.DescribeAutoScalingGroupsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeAutoScalingGroupsOutput, error)
	DescribeInstanceRefreshes(context.Context, *autoscaling.DescribeInstanceRefreshesInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeInstanceRefreshesOutput, error)
	DescribeScalingActivities(context.Context, *autoscaling.DescribeScalingActivitiesInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeScalingActivitiesOutput, error)
	UpdateAutoScalingGroup(context.Context, *autoscaling.UpdateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.UpdateAutoScalingGroupOutput, error)
}

// groups are pools that Auto Scaling groups fill. Their revisions are versions of a launch template, as its id and their number.
type groups struct{ scaling scalingAPI }

// holds implements keeper.
func (g groups) holds(ctx context.Context, rule kind.ALBRule) (all [2]holding, err error) {
	found, err := g.read(ctx, rule.Blue, rule.Green)
	if err != nil {
		return all, err
	}
	return [2]holding{held(found[0]), held(found[1])}, nil
}

// held is what a group runs, or would if it had instances. Instances of another version than the group's are on their way out, or were left by somebody
// who changed the group and replaced none.
func held(g types.AutoScalingGroup) holding {
	version := launches(g)
	if version == "" {
		return holding{nameless: unpinned(g)}
	}
	h := holding{revision: version}
	if others := standing(g).others; others > 0 {
		h.moving = fmt.Sprintf("%d instances of group %s do not run %s", others, aws.ToString(g.AutoScalingGroupName), version)
	}
	return h
}

// launches is the version of which the group's next instances are: "lt-0123456789abcdef0:7". Empty when the group does not say its number.
func launches(g types.AutoScalingGroup) string {
	t := g.LaunchTemplate
	if t == nil || strings.HasPrefix(aws.ToString(t.Version), "$") || aws.ToString(t.Version) == "" {
		return ""
	}
	return aws.ToString(t.LaunchTemplateId) + ":" + aws.ToString(t.Version)
}

// unpinned is why nobody can say which revision a group runs.
func unpinned(g types.AutoScalingGroup) *traffic.Obstacle {
	name := aws.ToString(g.AutoScalingGroupName)
	if g.LaunchTemplate == nil {
		return &traffic.Obstacle{What: fmt.Sprintf("group %s has no launch template of its own", name), Remedy: "give it one, with the number of a version; a mixed instances policy or a launch configuration is none"}
	}
	return &traffic.Obstacle{
		What:   fmt.Sprintf("group %s serves whatever is %s of its launch template: the next version would be launched without a release", name, aws.ToString(g.LaunchTemplate.Version)),
		Remedy: fmt.Sprintf("pin the version that it runs: aws autoscaling update-auto-scaling-group --auto-scaling-group-name %s --launch-template LaunchTemplateId=%s,Version=<number>", name, aws.ToString(g.LaunchTemplate.LaunchTemplateId)),
	}
}

// roll counts the instances of a group that are there or about to be.
type roll struct{ ready, others int } // in service and of the group's version; and of another one

// standing counts them. Those that leave, or that somebody keeps aside, take no requests.
func standing(g types.AutoScalingGroup) (n roll) {
	for _, i := range g.Instances {
		if s := i.LifecycleState; s != types.LifecycleStateInService && !strings.HasPrefix(string(s), "Pending") {
			continue
		}
		switch t := i.LaunchTemplate; {
		case t == nil || g.LaunchTemplate == nil || aws.ToString(t.LaunchTemplateId) != aws.ToString(g.LaunchTemplate.LaunchTemplateId) || aws.ToString(t.Version) != aws.ToString(g.LaunchTemplate.Version):
			n.others++
		case i.LifecycleState == types.LifecycleStateInService:
			n.ready++
		}
	}
	return n
}

// read reads the groups of pools by one call.
func (g groups) read(ctx context.Context, pools ...kind.Pool) (found []types.AutoScalingGroup, err error) {
	var names []string
	for _, p := range pools {
		names = append(names, p.AutoScaling.Group)
	}
	out, err := g.scaling.DescribeAutoScalingGroups(ctx, &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: names})
	if err != nil {
		return nil, fmt.Errorf("reading group %s: %w", strings.Join(names, " and "), err)
	}
	for _, name := range names {
		at := slices.IndexFunc(out.AutoScalingGroups, func(g types.AutoScalingGroup) bool { return aws.ToString(g.AutoScalingGroupName) == name })
		if at < 0 || out.AutoScalingGroups[at].Status != nil { // it is being deleted (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AutoScalingGroup.html)
			return nil, &traffic.Obstacle{What: fmt.Sprintf("there is no Auto Scaling group %s", name), Remedy: "make it (aws autoscaling create-auto-scaling-group), or correct the definition"}
		}
		found = append(found, out.AutoScalingGroups[at])
	}
	return found, nil
}

// change changes a group. What Auto Scaling says of the request stays wrong, such as a version that does not exist
// (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_UpdateAutoScalingGroup.html).
func (g groups) change(ctx context.Context, in *autoscaling.UpdateAutoScalingGroupInput) error {
	_, err := g.scaling.UpdateAutoScalingGroup(ctx, in)
	if err == nil {
		return nil
	}
	var said smithy.APIError
	if errors.As(err, &said) && said.ErrorCode() == "ValidationError" {
		err = errors.Join(err, &traffic.Obstacle{What: "Auto Scaling refuses it: " + said.ErrorMessage(), Remedy: "mend what it names, and release again"})
	}
	return fmt.Errorf("changing group %s: %w", aws.ToString(in.AutoScalingGroupName), err)
}

// retire implements keeper.
func (g groups) retire(ctx context.Context, idle kind.Pool) (did string, err error) {
	found, err := g.read(ctx, idle)
	if err != nil {
		return "", err
	}
	now := found[0]
	did = fmt.Sprintf("group %s has no instances any more", idle.AutoScaling.Group)
	if aws.ToInt32(now.DesiredCapacity) == 0 && aws.ToInt32(now.MinSize) == 0 {
		return did, nil
	}
	return did, g.change(ctx, &autoscaling.UpdateAutoScalingGroupInput{AutoScalingGroupName: &idle.AutoScaling.Group, MinSize: aws.Int32(0), DesiredCapacity: aws.Int32(0)})
}
