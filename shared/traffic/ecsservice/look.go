package ecsservice

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// Look implements traffic.Deployer.
func (d *Deployer) Look(ctx context.Context, t rollout.Target, handle string) (traffic.Progress, error) {
	last, err := d.deployment(ctx, *t.ECSService, kind.ParseECSTag(handle).Deployment)
	switch {
	case err != nil:
		return traffic.Progress{}, err
	case last.Status == types.ServiceDeploymentStatusSuccessful, last.forward() && last.kept() && last.asks() == "":
		return traffic.Progress{}, nil
	case last.forward() && last.waits() != nil:
		return traffic.Progress{Moving: "it waits for the word to go on"}, nil
	case last.forward():
		return traffic.Progress{Moving: last.tasks()}, nil
	}
	return traffic.Progress{Failed: last.why(), Brings: last.target.definition}, nil
}

// Doubts implements traffic.Doubting.
func (d *Deployer) Doubts(ctx context.Context, t rollout.Target, handle string) (why string, err error) {
	e := *t.ECSService
	last, err := d.deployment(ctx, e, kind.ParseECSTag(handle).Deployment)
	if err != nil || !last.forward() || last.requested() > 0 {
		return "", err
	}
	service, err := d.service(ctx, e)
	if err != nil {
		return "", err
	}
	for _, tasks := range service.Deployments {
		if short(tasks.TaskDefinition) != last.target.definition || aws.ToString(tasks.Status) != "PRIMARY" {
			continue
		}
		switch late := time.Since(aws.ToTime(last.CreatedAt)) > traffic.Slowest; {
		case int(tasks.FailedTasks) >= traffic.Bearable(int(service.DesiredCount)):
			why = fmt.Sprintf("%d tasks of %s failed", tasks.FailedTasks, last.target.definition)
		case late && last.waits() == nil:
			why = fmt.Sprintf("%s after %s", last.tasks(), rollout.Duration(traffic.Slowest))
		default:
			return "", nil
		}
		said, err := d.stopped(ctx, e)
		if said != "" {
			why += ": " + said
		}
		return why, err
	}
	return "", nil
}

// stopped is why a task of the service stopped lately, in ECS' words; empty when none did.
func (d *Deployer) stopped(ctx context.Context, e kind.ECSService) (why string, err error) {
	list, err := d.ecs.ListTasks(ctx, &ecs.ListTasksInput{Cluster: &e.Cluster, ServiceName: &e.Service, DesiredStatus: types.DesiredStatusStopped})
	if err != nil || len(list.TaskArns) == 0 {
		return "", err
	}
	out, err := d.ecs.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: &e.Cluster, Tasks: list.TaskArns[:1]})
	if err != nil || len(out.Tasks) == 0 {
		return "", err
	}
	return aws.ToString(out.Tasks[0].StoppedReason), nil
}
