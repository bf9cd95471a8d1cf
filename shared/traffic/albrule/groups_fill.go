package albrule

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"sluice/shared/traffic"
)

// bring implements keeper. A group that gets another version keeps the instances that it has, so those leave first: the pool serves nobody. An instance
// refresh is not used: what it rolls back to is what the group says, and it takes as long as the group has instances
// (https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-rollback.html).
func (g groups) bring(ctx context.Context, f filling) (traffic.Progress, error) {
	found, err := g.read(ctx, f.serving, f.idle)
	if err != nil {
		return traffic.Progress{}, err
	}
	stable, now := found[0], found[1]
	name, wanted := f.idle.AutoScaling.Group, max(1, aws.ToInt32(stable.DesiredCapacity))
	if most := aws.ToInt32(now.MaxSize); most < wanted {
		return traffic.Progress{Failed: tooSmall(name, most, wanted)}, nil
	}
	to := now
	to.LaunchTemplate = template(f.revision)
	n, other := standing(to), launches(now) != f.revision
	empty := aws.ToInt32(now.DesiredCapacity) == 0 && aws.ToInt32(now.MinSize) == 0
	switch {
	case n.others > 0 && (other || !empty):
		err = g.change(ctx, scaled(name, to.LaunchTemplate, 0, 0))
		fallthrough
	case n.others > 0:
		return g.late(f, fmt.Sprintf("%d instances of group %s have to leave first", n.others, name)), err
	case other || aws.ToInt32(now.DesiredCapacity) < wanted:
		err = g.change(ctx, scaled(name, to.LaunchTemplate, min(wanted, aws.ToInt32(stable.MinSize)), wanted))
		return traffic.Progress{Moving: inService(0, int(wanted), name)}, err
	case n.ready >= int(wanted):
		return traffic.Progress{}, nil
	}
	return g.launching(ctx, f, name, n.ready, int(wanted))
}

// launching says how far a group is that gets instances. One whose launches fail too often is given up, with Auto Scaling's reason.
func (g groups) launching(ctx context.Context, f filling, name string, ready, wanted int) (traffic.Progress, error) {
	how := inService(ready, wanted, name)
	if f.since.IsZero() { // what failed before cannot be told from what fails now
		return traffic.Progress{Moving: how}, nil
	}
	out, err := g.scaling.DescribeScalingActivities(ctx, &autoscaling.DescribeScalingActivitiesInput{AutoScalingGroupName: &name})
	if err != nil {
		return traffic.Progress{}, fmt.Errorf("reading the activities of group %s: %w", name, err)
	}
	failures, why := failed(out.Activities, f.since)
	if why != "" {
		how += ": " + why
	}
	if failures >= traffic.Bearable(wanted) {
		return traffic.Progress{Failed: how}, nil
	}
	return g.late(f, how), nil
}

// late is the progress of a filling that is under way, unless that has taken too long.
func (groups) late(f filling, how string) traffic.Progress {
	if !f.since.IsZero() && time.Since(f.since) > traffic.Slowest {
		return traffic.Progress{Failed: fmt.Sprintf("%s after %s", how, traffic.Slowest)}
	}
	return traffic.Progress{Moving: how}
}

// failed counts the activities since some time that failed, of a list with the newest first, and tells why the last one did
// (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Activity.html).
func failed(activities []types.Activity, since time.Time) (count int, why string) {
	for _, a := range activities {
		if aws.ToTime(a.StartTime).Before(since.Truncate(time.Second)) {
			break
		}
		if a.StatusCode != types.ScalingActivityStatusCodeFailed && a.StatusCode != types.ScalingActivityStatusCodeCancelled {
			continue
		}
		if count++; why == "" {
			why = aws.ToString(a.StatusMessage)
		}
	}
	return count, why
}

func inService(ready, wanted int, name string) string {
	return fmt.Sprintf("%d of %d instances of %s are in service", ready, wanted, name)
}

func tooSmall(name string, most, wanted int32) string {
	return fmt.Sprintf("group %s may have %d instances at most, and the one that serves has %d", name, most, wanted)
}

// scaled is a change of a group's version and size.
func scaled(name string, version *types.LaunchTemplateSpecification, least, wanted int32) *autoscaling.UpdateAutoScalingGroupInput {
	return &autoscaling.UpdateAutoScalingGroupInput{AutoScalingGroupName: &name, LaunchTemplate: version, MinSize: &least, DesiredCapacity: &wanted}
}
