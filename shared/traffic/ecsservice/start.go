package ecsservice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// longestPause is in minutes (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html).
const longestPause = 20160

// Start implements traffic.Deployer. ECS knows no tokens: what the newest deployment is about tells whether an earlier call has begun it.
func (d *Deployer) Start(ctx context.Context, t rollout.Target, wanted traffic.Deployment) (handle string, err error) {
	e := *t.ECSService
	last, err := d.last(ctx, e)
	if err != nil {
		return "", err
	}
	service, err := d.service(ctx, e)
	if err != nil {
		return "", err
	}
	config := course(e, service.DeploymentConfiguration, wanted.Course)
	switch {
	case last != nil && last.target.definition == wanted.Revision && (last.Status == types.ServiceDeploymentStatusSuccessful || last.forward() && alike(last.config(), config)):
		return last.tag(e).String(), nil
	case last != nil && !last.ended():
		return "", fmt.Errorf("%s has a deployment of %s that is %s: %w", e, last.target.definition, last.Status, traffic.ErrMoved)
	}
	return d.deploy(ctx, e, service, wanted.Revision, config)
}

// deploy begins a deployment, and says which it is.
func (d *Deployer) deploy(ctx context.Context, e kind.ECSService, service types.Service, revision string, config types.DeploymentConfiguration) (handle string, err error) {
	in := &ecs.UpdateServiceInput{Cluster: &e.Cluster, Service: &e.Service, TaskDefinition: &revision, DeploymentConfiguration: &config}
	in.ForceNewDeployment = short(service.TaskDefinition) == revision // without another task definition nothing would begin
	if _, err := d.ecs.UpdateService(ctx, in); err != nil {
		return "", refused(e, revision, err)
	}
	begun, err := d.last(ctx, e)
	switch {
	case err != nil:
		return "", err
	case begun == nil || begun.target.definition != revision:
		return "", fmt.Errorf("reading back what %s does: its last deployment is not of %s: %w", e, revision, traffic.ErrMoved)
	}
	return begun.tag(e).String(), nil
}

// refused turns what ECS refuses for good into what a person has to do.
func refused(e kind.ECSService, revision string, err error) error {
	var wrong *types.InvalidParameterException
	var client *types.ClientException
	var unsupported *types.UnsupportedFeatureException
	if errors.As(err, &wrong) || errors.As(err, &client) || errors.As(err, &unsupported) {
		return &traffic.Obstacle{What: fmt.Sprintf("ECS does not deploy %s to %s: %v", revision, e, err), Remedy: "mend what it names, and release again"}
	}
	return gone(e, err)
}

// course is how ECS is to deploy: the service's own configuration (its alarms, circuit breaker and Lambda hooks) with the release's weights. Steps bake at
// the hook before the next one, so that they last as long as Sluice says.
func course(e kind.ECSService, own *types.DeploymentConfiguration, c rollout.Course) types.DeploymentConfiguration {
	config := types.DeploymentConfiguration{}
	if own != nil {
		config = *own
	}
	config.LinearConfiguration, config.CanaryConfiguration = nil, nil
	config.LifecycleHooks = slices.DeleteFunc(slices.Clone(config.LifecycleHooks), func(h types.DeploymentLifecycleHook) bool {
		return h.TargetType == types.DeploymentLifecycleHookTargetTypePause
	})
	if !e.Shifts() {
		config.Strategy, config.BakeTimeInMinutes = types.DeploymentStrategyRolling, nil
		return config
	}
	config.Strategy, config.EarlySuccessCriteria, config.BakeTimeInMinutes = types.DeploymentStrategyBlueGreen, nil, aws.Int32(0)
	switch {
	case len(c.Weights) == 2:
		config.Strategy = types.DeploymentStrategyCanary
		config.CanaryConfiguration = &types.CanaryConfiguration{CanaryPercent: aws.Float64(float64(c.Weights[0]) / 100), CanaryBakeTimeInMinutes: aws.Int32(0)}
	case len(c.Weights) > 2:
		config.Strategy = types.DeploymentStrategyLinear
		config.LinearConfiguration = &types.LinearConfiguration{StepPercent: aws.Float64(float64(c.Weights[0]) / 100), StepBakeTimeInMinutes: aws.Int32(0)}
	}
	if len(c.Weights) > 0 {
		config.LifecycleHooks = append(config.LifecycleHooks, held(c.Rests))
	}
	if c.Window > 0 {
		config.LifecycleHooks = append(config.LifecycleHooks, kept(c.Rests+c.Window))
	}
	return config
}

// held is the hook at which ECS rests before each shift of production traffic, and goes back when it hears nothing.
func held(atMost time.Duration) types.DeploymentLifecycleHook {
	return pause(types.DeploymentLifecycleHookStagePreProductionTrafficShift, types.DeploymentLifecycleHookActionRollback, atMost)
}

// kept is the hook at which ECS keeps the tasks before once all traffic was moved, and lets go of them when it hears nothing. ECS' own bake does the
// same, for a day at most, but nobody can end it for the next release.
func kept(atMost time.Duration) types.DeploymentLifecycleHook {
	return pause(types.DeploymentLifecycleHookStagePostProductionTrafficShift, types.DeploymentLifecycleHookActionContinue, atMost)
}

func pause(at types.DeploymentLifecycleHookStage, then types.DeploymentLifecycleHookAction, atMost time.Duration) types.DeploymentLifecycleHook {
	return types.DeploymentLifecycleHook{
		TargetType: types.DeploymentLifecycleHookTargetTypePause, LifecycleStages: []types.DeploymentLifecycleHookStage{at},
		TimeoutConfiguration: &types.DeploymentLifecycleHookTimeoutConfiguration{Action: then, TimeoutInMinutes: aws.Int32(whole(atMost, 1, longestPause))},
	}
}

// own says whether a PAUSE hook is one of those.
func own(h types.DeploymentLifecycleHook) bool {
	for _, ours := range []types.DeploymentLifecycleHook{held(0), kept(0)} {
		if slices.Equal(h.LifecycleStages, ours.LifecycleStages) && h.TimeoutConfiguration != nil && h.TimeoutConfiguration.Action == ours.TimeoutConfiguration.Action {
			return true
		}
	}
	return false
}

// whole is a time in minutes, rounded up, within what ECS takes.
func whole(d time.Duration, least, most int32) int32 {
	minutes := (d + time.Minute - 1) / time.Minute
	return int32(min(max(minutes, time.Duration(least)), time.Duration(most)))
}

// alike says whether two configurations deploy in the same way.
func alike(a, b types.DeploymentConfiguration) bool {
	of := func(c types.DeploymentConfiguration) string {
		text, err := json.Marshal([]any{c.Strategy, c.LinearConfiguration, c.CanaryConfiguration, aws.ToInt32(c.BakeTimeInMinutes), pauses(c)})
		if err != nil {
			return err.Error()
		}
		return string(text)
	}
	return of(a) == of(b)
}

// pauses are the PAUSE hooks of a configuration.
func pauses(c types.DeploymentConfiguration) (all []types.DeploymentLifecycleHook) {
	for _, h := range c.LifecycleHooks {
		if h.TargetType == types.DeploymentLifecycleHookTargetTypePause {
			all = append(all, h)
		}
	}
	return all
}

// Advance implements traffic.Holder. The id of a hook is good for one answer, so a word for one weight cannot become one for the next.
func (d *Deployer) Advance(ctx context.Context, t rollout.Target, handle string, from rollout.Weight) error {
	e := *t.ECSService
	last, err := d.deployment(ctx, e, kind.ParseECSTag(handle).Deployment)
	if err != nil {
		return err
	}
	hook := last.waits()
	if last.Status != types.ServiceDeploymentStatusInProgress || hook == nil || last.kept() {
		return fmt.Errorf("the deployment of %s does not rest, it is %s: %w", last.target.definition, last.Status, traffic.ErrMoved)
	}
	now, err := d.divided(ctx, e, last)
	switch {
	case err != nil:
		return err
	case now.Weight != from:
		return fmt.Errorf("%s has %v, and not %v: %w", last.target.definition, now.Weight, from, traffic.ErrMoved)
	}
	return d.goOn(ctx, e, last, hook)
}

// LetGo implements traffic.Keeper.
func (d *Deployer) LetGo(ctx context.Context, t rollout.Target) (moving string, err error) {
	e := *t.ECSService
	last, err := d.last(ctx, e)
	if err != nil || last == nil || !last.forward() || !last.kept() {
		return "", err
	}
	if hook := last.waits(); hook != nil {
		err = d.goOn(ctx, e, last, hook)
	}
	if traffic.IsMoved(err) { // another call has answered the hook
		err = nil
	}
	return last.ending(), err
}

// goOn answers a hook.
func (d *Deployer) goOn(ctx context.Context, e kind.ECSService, last *deployment, hook *types.DeploymentLifecycleHookDetail) error {
	_, err := d.ecs.ContinueServiceDeployment(ctx, &ecs.ContinueServiceDeploymentInput{ServiceDeploymentArn: last.ServiceDeploymentArn, HookId: hook.HookId, Action: types.DeploymentLifecycleHookActionContinue})
	var answered *types.InvalidParameterException
	switch {
	case errors.As(err, &answered): // it has been answered, or the deployment goes back
		return fmt.Errorf("telling %s to go on: %w", e, errors.Join(err, traffic.ErrMoved))
	case err != nil:
		return fmt.Errorf("telling %s to go on: %w", e, err)
	}
	return nil
}
