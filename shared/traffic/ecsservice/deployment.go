package ecsservice

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// deployment is a service deployment with the two revisions between which it goes.
type deployment struct {
	types.ServiceDeployment
	target, source revision // source is empty for the first deployment of a service
}

// revision is what a service revision runs, and where.
type revision struct{ definition, group string }

// last is the newest deployment of a service; nil when there is none.
func (d *Deployer) last(ctx context.Context, e kind.ECSService) (*deployment, error) {
	arn, err := d.newest(ctx, e)
	if err != nil || arn == "" {
		return nil, err
	}
	return d.deployment(ctx, e, arn)
}

// newest is the ARN of the newest deployment. In which order ECS lists is not documented, so what a first page leaves out is asked for by its time.
func (d *Deployer) newest(ctx context.Context, e kind.ECSService) (arn string, err error) {
	var created time.Time
	in := &ecs.ListServiceDeploymentsInput{Cluster: &e.Cluster, Service: &e.Service, MaxResults: aws.Int32(100)}
	for {
		out, err := d.ecs.ListServiceDeployments(ctx, in)
		if err != nil {
			return "", gone(e, err)
		}
		before := arn
		for _, b := range out.ServiceDeployments {
			if at := aws.ToTime(b.CreatedAt); arn == "" || at.After(created) {
				arn, created = aws.ToString(b.ServiceDeploymentArn), at
			}
		}
		if out.NextToken == nil || arn == before {
			return arn, nil
		}
		in.CreatedAt = &types.CreatedAt{After: &created}
	}
}

// deployment reads a deployment and its revisions.
func (d *Deployer) deployment(ctx context.Context, e kind.ECSService, arn string) (*deployment, error) {
	out, err := d.ecs.DescribeServiceDeployments(ctx, &ecs.DescribeServiceDeploymentsInput{ServiceDeploymentArns: []string{arn}})
	switch {
	case err != nil:
		return nil, gone(e, err)
	case len(out.ServiceDeployments) == 0:
		return nil, fmt.Errorf("reading deployment %s of %s: ECS does not know it: %w", arn, e, traffic.ErrMoved)
	}
	found := &deployment{ServiceDeployment: out.ServiceDeployments[0]}
	arns := []string{aws.ToString(found.TargetServiceRevision.Arn)}
	if len(found.SourceServiceRevisions) > 0 {
		arns = append(arns, aws.ToString(found.SourceServiceRevisions[0].Arn))
	}
	revisions, err := d.ecs.DescribeServiceRevisions(ctx, &ecs.DescribeServiceRevisionsInput{ServiceRevisionArns: arns})
	if err != nil {
		return nil, gone(e, err)
	}
	for _, r := range revisions.ServiceRevisions {
		stands := revision{definition: short(r.TaskDefinition)}
		if c := r.ResolvedConfiguration; c != nil && len(c.LoadBalancers) > 0 {
			stands.group = aws.ToString(c.LoadBalancers[0].TargetGroupArn)
		}
		if aws.ToString(r.ServiceRevisionArn) == arns[0] {
			found.target = stands
		} else {
			found.source = stands
		}
	}
	return found, nil
}

// tag says what the deployment is about. That does not change while it is there.
func (d *deployment) tag(e kind.ECSService) kind.ECSTag {
	place := kind.PlaceAll
	if e.Grouped() {
		place = kind.PlaceTargetGroup
		if d.target.group == e.LoadBalancer.Alternate {
			place = kind.PlaceAlternate
		}
	}
	return kind.ECSTag{Deployment: aws.ToString(d.ServiceDeploymentArn), Revision: d.target.definition, From: d.source.definition, Place: place}
}

// config is how the deployment was configured.
func (d *deployment) config() types.DeploymentConfiguration {
	if d.DeploymentConfiguration == nil {
		return types.DeploymentConfiguration{}
	}
	return *d.DeploymentConfiguration
}

// shifts says whether two revisions run beside each other in the deployment.
func (d *deployment) shifts() bool {
	strategy := d.config().Strategy
	return strategy != "" && strategy != types.DeploymentStrategyRolling
}

// waits is the hook that waits for a word; nil when none does. What a hook is about is not told: Sluice is released only to services that have no PAUSE
// hooks but its own.
func (d *deployment) waits() *types.DeploymentLifecycleHookDetail {
	i := slices.IndexFunc(d.LifecycleHookDetails, func(h types.DeploymentLifecycleHookDetail) bool {
		return h.Status == types.DeploymentLifecycleHookStatusAwaitingAction && h.TargetType == types.DeploymentLifecycleHookTargetTypePause
	})
	if i < 0 {
		return nil
	}
	return &d.LifecycleHookDetails[i]
}

// asks names the function whose answer ECS waits for, of a hook that the service has of its own; empty when it waits for none.
func (d *deployment) asks() string {
	for _, h := range d.LifecycleHookDetails {
		if h.Status == types.DeploymentLifecycleHookStatusInProgress && h.TargetType == types.DeploymentLifecycleHookTargetTypeAwsLambda {
			_, function, _ := strings.Cut(aws.ToString(h.TargetArn), ":function:")
			return function
		}
	}
	return ""
}

// kept says whether all traffic was moved, and ECS keeps the tasks before, or stops them.
func (d *deployment) kept() bool {
	switch d.LifecycleStage {
	case types.ServiceDeploymentLifecycleStagePostProductionTrafficShift, types.ServiceDeploymentLifecycleStageBakeTime, types.ServiceDeploymentLifecycleStageCleanUp:
		return true
	}
	return false
}

// ending is what ECS does then.
func (d *deployment) ending() string {
	if bakes := aws.ToInt32(d.config().BakeTimeInMinutes); bakes > 0 && d.LifecycleStage != types.ServiceDeploymentLifecycleStageCleanUp {
		return fmt.Sprintf("ECS bakes %s for %s", d.target.definition, rollout.Duration(time.Duration(bakes)*time.Minute))
	}
	return "ECS stops the tasks before " + d.target.definition
}

// forward says whether the deployment is on its way to its target.
func (d *deployment) forward() bool {
	return d.Status == types.ServiceDeploymentStatusPending || d.Status == types.ServiceDeploymentStatusInProgress
}

// ended says whether ECS does nothing more about it.
func (d *deployment) ended() bool {
	switch d.Status {
	case types.ServiceDeploymentStatusSuccessful, types.ServiceDeploymentStatusStopped, types.ServiceDeploymentStatusRollbackSuccessful, types.ServiceDeploymentStatusRollbackFailed:
		return true
	}
	return false
}

// requested is the weight that ECS has asked for: the one it heads for, and not what serves.
func (d *deployment) requested() rollout.Weight {
	return percent(aws.ToFloat64(d.TargetServiceRevision.RequestedProductionTrafficWeight))
}

// next is the weight that the target will have next.
func (d *deployment) next() rollout.Weight {
	config := d.config()
	switch w := d.requested(); {
	case w > 0:
		return w
	case config.Strategy == types.DeploymentStrategyLinear && config.LinearConfiguration != nil:
		return percent(aws.ToFloat64(config.LinearConfiguration.StepPercent))
	case config.Strategy == types.DeploymentStrategyCanary && config.CanaryConfiguration != nil:
		return percent(aws.ToFloat64(config.CanaryConfiguration.CanaryPercent))
	}
	return rollout.All
}

func percent(p float64) rollout.Weight { return rollout.Weight(math.Round(p * 100)) }

// tasks is how far the target's tasks are, or for whom they wait.
func (d *deployment) tasks() string {
	if function := d.asks(); function != "" {
		return fmt.Sprintf("ECS waits for the hook %s", function)
	}
	r := d.TargetServiceRevision
	return fmt.Sprintf("%d of %d tasks of %s are running", r.RunningTaskCount, max(r.RequestedTaskCount, r.RunningTaskCount), d.target.definition)
}

// why is why ECS gave the deployment up, in its words.
func (d *deployment) why() string {
	for _, text := range []*string{d.StatusReason, reasonOf(d.Rollback)} {
		if said := strings.TrimSuffix(aws.ToString(text), "."); said != "" {
			return said
		}
	}
	return fmt.Sprintf("it is %s, and ECS does not say why", d.Status)
}

func reasonOf(r *types.Rollback) *string {
	if r == nil {
		return nil
	}
	return r.Reason
}

// service reads the service itself.
func (d *Deployer) service(ctx context.Context, e kind.ECSService) (types.Service, error) {
	out, err := d.ecs.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: &e.Cluster, Services: []string{e.Service}})
	switch {
	case err != nil:
		return types.Service{}, gone(e, err)
	case len(out.Services) == 0 || aws.ToString(out.Services[0].Status) == "INACTIVE":
		return types.Service{}, missing(e)
	}
	return out.Services[0], nil
}

// gone turns the errors of a service that is not there into what a person has to do.
func gone(e kind.ECSService, err error) error {
	var cluster *types.ClusterNotFoundException
	var service *types.ServiceNotFoundException
	var active *types.ServiceNotActiveException
	if errors.As(err, &cluster) || errors.As(err, &service) || errors.As(err, &active) {
		return missing(e)
	}
	return fmt.Errorf("reading %s: %w", e, err)
}

func missing(e kind.ECSService) error {
	return &traffic.Obstacle{What: fmt.Sprintf("there is no service %s in cluster %s", e.Service, e.Cluster), Remedy: "make it (aws ecs create-service), or correct the definition"}
}

// short is a task definition as people name it: "checkout:42".
func short(arn *string) string {
	text := aws.ToString(arn)
	return text[strings.LastIndex(text, "/")+1:]
}
