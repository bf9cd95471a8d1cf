package ecsservice

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/taskdefinition"
)

type api interface {
	taskdefinition.API
	ContinueServiceDeployment(context.Context, *ecs.ContinueServiceDeploymentInput, ...func(*ecs.Options)) (*ecs.ContinueServiceDeploymentOutput, error)
	DescribeServiceDeployments(context.Context, *ecs.DescribeServiceDeploymentsInput, ...func(*ecs.Options)) (*ecs.DescribeServiceDeploymentsOutput, error)
	DescribeServiceRevisions(context.Context, *ecs.DescribeServiceRevisionsInput, ...func(*ecs.Options)) (*ecs.DescribeServiceRevisionsOutput, error)
	DescribeServices(context.Context, *ecs.DescribeServicesInput, ...func(*ecs.Options)) (*ecs.DescribeServicesOutput, error)
	DescribeTasks(context.Context, *ecs.DescribeTasksInput, ...func(*ecs.Options)) (*ecs.DescribeTasksOutput, error)
	ListServiceDeployments(context.Context, *ecs.ListServiceDeploymentsInput, ...func(*ecs.Options)) (*ecs.ListServiceDeploymentsOutput, error)
	ListTasks(context.Context, *ecs.ListTasksInput, ...func(*ecs.Options)) (*ecs.ListTasksOutput, error)
	StopServiceDeployment(context.Context, *ecs.StopServiceDeploymentInput, ...func(*ecs.Options)) (*ecs.StopServiceDeploymentOutput, error)
	UpdateService(context.Context, *ecs.UpdateServiceInput, ...func(*ecs.Options)) (*ecs.UpdateServiceOutput, error)
}

type rules interface {
	DescribeRules(context.Context, *elb.DescribeRulesInput, ...func(*elb.Options)) (*elb.DescribeRulesOutput, error)
}

// Deployer is the traffic.Holder of services of ECS.
type Deployer struct {
	ecs   api
	rules rules
}

var (
	_ traffic.Holder   = (*Deployer)(nil)
	_ traffic.Doubting = (*Deployer)(nil)
	_ traffic.Evictor  = (*Deployer)(nil)
	_ traffic.Keeper   = (*Deployer)(nil)
)

// Ports opens everything that the kind can do, on the account and region of cfg.
func Ports(cfg aws.Config) traffic.Ports {
	d := &Deployer{ecs.NewFromConfig(cfg), elb.NewFromConfig(cfg)}
	return traffic.Ports{Deployer: d, Inspector: &Inspector{d}, Registrar: &Registrar{d}}
}

// Read implements traffic.Deployer.
func (d *Deployer) Read(ctx context.Context, t rollout.Target) (rollout.Split, error) {
	e := *t.ECSService
	last, err := d.last(ctx, e)
	if err != nil {
		return rollout.Split{}, err
	}
	if last == nil { // ECS remembers 90 days
		s, err := d.service(ctx, e)
		return rollout.Split{Stable: short(s.TaskDefinition)}, err
	}
	s, err := d.serves(ctx, e, last)
	s.Tag = last.tag(e).String()
	return s, err
}

// serves is what a target serves, or will serve next, by its last deployment.
func (d *Deployer) serves(ctx context.Context, e kind.ECSService, last *deployment) (rollout.Split, error) {
	switch last.Status {
	case types.ServiceDeploymentStatusSuccessful:
		return rollout.Split{Stable: last.target.definition}, nil
	case types.ServiceDeploymentStatusRollbackSuccessful:
		return rollout.Split{Stable: last.source.definition}, nil
	case types.ServiceDeploymentStatusRollbackRequested, types.ServiceDeploymentStatusRollbackInProgress:
		return rollout.Split{Stable: last.source.definition, Moving: "ECS takes " + last.target.definition + " back"}, nil
	case types.ServiceDeploymentStatusPending, types.ServiceDeploymentStatusInProgress:
		return d.underway(ctx, e, last)
	}
	s, err := d.divided(ctx, e, last) // stopped on its way: the rule may be at any weight
	if last.Status == types.ServiceDeploymentStatusStopRequested {
		s.Moving = "ECS stops a deployment of " + last.target.definition
	}
	return s, err
}

// underway is what a deployment that goes forward has come to.
func (d *Deployer) underway(ctx context.Context, e kind.ECSService, last *deployment) (rollout.Split, error) {
	switch {
	case !last.shifts() || last.source.definition == "":
		return rollout.Split{Stable: last.target.definition, Moving: last.tasks()}, nil
	case last.kept() && last.asks() != "": // which may take all of it back yet
		s := between(last, rollout.All)
		s.Moving = last.tasks()
		return s, nil
	case last.kept() && last.waits() != nil: // at Sluice's hook, as long as somebody may want the tasks before
		return d.divided(ctx, e, last)
	case last.kept():
		s, err := d.divided(ctx, e, last)
		s.Busy = last.ending()
		return s, err
	case last.waits() != nil:
		s, err := d.divided(ctx, e, last)
		if s.Stable == last.source.definition { // also before it has any traffic
			s.Candidate, s.Rests = last.target.definition, true
		}
		return s, err
	}
	weight, moving := last.next(), last.tasks()
	if last.requested() > 0 && last.asks() == "" {
		moving = fmt.Sprintf("ECS moves %v to %s", weight, last.target.definition)
	}
	s := between(last, weight)
	s.Moving = moving
	return s, nil
}

// divided is how the traffic is really divided between the two revisions of a deployment: by the rule, if each has a target group of its own. Service
// Connect has no rule to read: ECS tells what it requested, which holds when nothing is under way. Otherwise each task gets its share.
func (d *Deployer) divided(ctx context.Context, e kind.ECSService, last *deployment) (rollout.Split, error) {
	var weight rollout.Weight
	switch {
	case e.Grouped():
		var err error
		if weight, err = d.share(ctx, e, last.target.group); err != nil {
			return rollout.Split{}, err
		}
	case last.shifts():
		weight = last.requested()
	case last.TargetServiceRevision.RunningTaskCount > 0:
		all := last.TargetServiceRevision.RunningTaskCount
		for _, r := range last.SourceServiceRevisions {
			all += r.RunningTaskCount
		}
		weight = rollout.Weight(last.TargetServiceRevision.RunningTaskCount) * rollout.All / rollout.Weight(all)
	}
	return between(last, weight), nil
}

// between divides the traffic between the two revisions of a deployment.
func between(last *deployment, weight rollout.Weight) rollout.Split {
	return rollout.Split{Stable: last.source.definition, Candidate: last.target.definition, Weight: weight}.Plain()
}

// share is the part of the traffic that the rule gives a target group.
func (d *Deployer) share(ctx context.Context, e kind.ECSService, group string) (rollout.Weight, error) {
	out, err := d.rules.DescribeRules(ctx, &elb.DescribeRulesInput{RuleArns: []string{e.LoadBalancer.Rule}})
	if err != nil {
		return 0, fmt.Errorf("reading the rule of %s: %w", e, err)
	}
	var all, its int32
	for _, r := range out.Rules {
		for _, a := range r.Actions {
			switch {
			case a.ForwardConfig != nil && len(a.ForwardConfig.TargetGroups) > 0:
				for _, g := range a.ForwardConfig.TargetGroups {
					all += aws.ToInt32(g.Weight)
					if aws.ToString(g.TargetGroupArn) == group {
						its = aws.ToInt32(g.Weight)
					}
				}
			case a.TargetGroupArn != nil: // one group may be written without weights
				all = 1
				if *a.TargetGroupArn == group {
					its = 1
				}
			}
		}
	}
	if all == 0 {
		return 0, &traffic.Obstacle{What: fmt.Sprintf("the rule of %s forwards to nothing", e), Remedy: "have it forward to the target groups of the service (aws elbv2 modify-rule)"}
	}
	return rollout.Weight(its) * rollout.All / rollout.Weight(all), nil
}
