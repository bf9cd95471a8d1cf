package albrule

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/taskdefinition"
)

type ecsAPI interface {
	DescribeServices(context.Context, *ecs.DescribeServicesInput, ...func(*ecs.Options)) (*ecs.DescribeServicesOutput, error)
	DescribeTaskDefinition(context.Context, *ecs.DescribeTaskDefinitionInput, ...func(*ecs.Options)) (*ecs.DescribeTaskDefinitionOutput, error)
	DescribeTasks(context.Context, *ecs.DescribeTasksInput, ...func(*ecs.Options)) (*ecs.DescribeTasksOutput, error)
	ListTasks(context.Context, *ecs.ListTasksInput, ...func(*ecs.Options)) (*ecs.ListTasksOutput, error)
	RegisterTaskDefinition(context.Context, *ecs.RegisterTaskDefinitionInput, ...func(*ecs.Options)) (*ecs.RegisterTaskDefinitionOutput, error)
	UpdateService(context.Context, *ecs.UpdateServiceInput, ...func(*ecs.Options)) (*ecs.UpdateServiceOutput, error)
}

// services are pools that services of ECS fill. Their revisions are task definitions, as family:revision.
type services struct{ ecs ecsAPI }

func (s services) holds(ctx context.Context, rule kind.ALBRule) (all [2]holding, err error) {
	for i, p := range rule.Services() {
		found, err := s.service(ctx, p)
		if err != nil {
			return all, err
		}
		all[i] = holding{revision: runs(found), moving: progress(found, time.Now()).Moving}
	}
	return all, nil
}

func (s services) service(ctx context.Context, p kind.ECSPool) (types.Service, error) {
	out, err := s.ecs.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: &p.Cluster, Services: []string{p.Service}})
	var none *types.ClusterNotFoundException
	switch {
	case errors.As(err, &none), err == nil && (len(out.Services) == 0 || aws.ToString(out.Services[0].Status) == "INACTIVE"):
		return types.Service{}, &traffic.Obstacle{What: fmt.Sprintf("there is no service %s in cluster %s", p.Service, p.Cluster), Remedy: "make it (aws ecs create-service), or correct the definition"}
	case err != nil:
		return types.Service{}, fmt.Errorf("reading service %s: %w", p.Service, err)
	}
	return out.Services[0], nil
}

// runs is the task definition that a service runs, or is on its way to run: "checkout:42".
func runs(s types.Service) string {
	arn := aws.ToString(s.TaskDefinition)
	return arn[strings.LastIndex(arn, "/")+1:]
}

// bring implements keeper.
func (s services) bring(ctx context.Context, f filling) (traffic.Progress, error) {
	stable, err := s.service(ctx, *f.serving.ECS)
	if err != nil {
		return traffic.Progress{}, err
	}
	now, err := s.service(ctx, *f.idle.ECS)
	if err != nil {
		return traffic.Progress{}, err
	}
	wanted := max(1, stable.DesiredCount)
	if runs(now) != f.revision || now.DesiredCount < wanted {
		_, err := s.ecs.UpdateService(ctx, &ecs.UpdateServiceInput{Cluster: &f.idle.ECS.Cluster, Service: &f.idle.ECS.Service, TaskDefinition: &f.revision, DesiredCount: &wanted, ForceNewDeployment: old(now, time.Now())})
		if err != nil {
			return traffic.Progress{}, fmt.Errorf("having service %s run %s: %w", f.idle.ECS.Service, f.revision, err)
		}
		return traffic.Progress{Moving: fmt.Sprintf("0 of %d tasks of %s are running", wanted, f.idle.ECS.Service)}, nil
	}
	p := progress(now, time.Now())
	if p.Failed == "" {
		return p, nil
	}
	why, err := s.stopped(ctx, *f.idle.ECS)
	if why != "" {
		p.Failed += ": " + why
	}
	return p, err
}

// old says whether a service's last deployment is too old to say by its age how long tasks have taken that are missing now.
func old(s types.Service, now time.Time) bool {
	return len(s.Deployments) > 0 && now.Sub(aws.ToTime(s.Deployments[0].CreatedAt)) > traffic.Slowest/2
}

// retire implements keeper.
func (s services) retire(ctx context.Context, idle kind.Pool) (did string, err error) {
	now, err := s.service(ctx, *idle.ECS)
	if err != nil {
		return "", err
	}
	did = fmt.Sprintf("service %s runs no tasks any more", idle.ECS.Service)
	if now.DesiredCount == 0 {
		return did, nil
	}
	if _, err := s.ecs.UpdateService(ctx, &ecs.UpdateServiceInput{Cluster: &idle.ECS.Cluster, Service: &idle.ECS.Service, DesiredCount: aws.Int32(0)}); err != nil {
		return "", fmt.Errorf("scaling service %s to nothing: %w", idle.ECS.Service, err)
	}
	return did, nil
}

// progress says how far a service's last deployment is. One whose tasks fail too often is given up.
func progress(s types.Service, now time.Time) traffic.Progress {
	if len(s.Deployments) == 0 {
		return traffic.Progress{Moving: "its deployment has not begun"}
	}
	d := s.Deployments[0]
	how := fmt.Sprintf("%d of %d tasks of %s are running", d.RunningCount, d.DesiredCount, aws.ToString(s.ServiceName))
	switch {
	case d.RolloutState == types.DeploymentRolloutStateCompleted && d.RunningCount >= d.DesiredCount && len(s.Deployments) == 1:
		return traffic.Progress{}
	case d.RolloutState == types.DeploymentRolloutStateFailed:
		return traffic.Progress{Failed: aws.ToString(d.RolloutStateReason)}
	case int(d.FailedTasks) >= traffic.Bearable(int(d.DesiredCount)):
		return traffic.Progress{Failed: fmt.Sprintf("%d tasks of %s failed", d.FailedTasks, aws.ToString(s.ServiceName))}
	case now.Sub(aws.ToTime(d.CreatedAt)) > traffic.Slowest:
		return traffic.Progress{Failed: fmt.Sprintf("%s after %s", how, traffic.Slowest)}
	}
	return traffic.Progress{Moving: how}
}

// stopped is why a task of a service stopped lately, in ECS' words; empty when none did.
func (s services) stopped(ctx context.Context, p kind.ECSPool) (why string, err error) {
	list, err := s.ecs.ListTasks(ctx, &ecs.ListTasksInput{Cluster: &p.Cluster, ServiceName: &p.Service, DesiredStatus: types.DesiredStatusStopped})
	if err != nil || len(list.TaskArns) == 0 {
		return "", err
	}
	out, err := s.ecs.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: &p.Cluster, Tasks: list.TaskArns[:1]})
	if err != nil || len(out.Tasks) == 0 {
		return "", err
	}
	return aws.ToString(out.Tasks[0].StoppedReason), nil
}

// refuses implements keeper: the task definition must be there, and the services must be moved by nobody else.
func (s services) refuses(ctx context.Context, rule kind.ALBRule, _ kind.Pools, revision string) (*rollout.Rejection, error) {
	if why, err := taskdefinition.Runs(ctx, s.ecs, revision, "target.albRule.images"); why != nil || err != nil {
		return why, err
	}
	for _, p := range rule.Services() {
		found, err := s.service(ctx, p)
		if err != nil {
			return nil, err
		}
		if why := led(found); why != nil {
			return why, nil
		}
	}
	return nil, nil
}

// led refuses a service whose traffic ECS or CodeDeploy moves.
func led(s types.Service) *rollout.Rejection {
	name := aws.ToString(s.ServiceName)
	if c := s.DeploymentController; c != nil && c.Type != types.DeploymentControllerTypeEcs {
		return rollout.Because(fmt.Sprintf("service %s is deployed by %s, which moves the rule itself", name, c.Type), "make a service with the deployment controller ECS for each pool")
	}
	if c := s.DeploymentConfiguration; c != nil && c.Strategy != "" && c.Strategy != types.DeploymentStrategyRolling {
		return rollout.Because(fmt.Sprintf("service %s is deployed %s by ECS, which moves the rule itself", name, c.Strategy), "give it the strategy ROLLING: Sluice divides the traffic between the two services")
	}
	return nil
}
