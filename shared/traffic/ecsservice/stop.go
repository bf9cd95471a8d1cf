package ecsservice

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// Stop implements traffic.Deployer. With the tag of a deployment that left stable it is one call, as long as ECS has not finished that.
func (d *Deployer) Stop(ctx context.Context, t rollout.Target, handle, stable string) error {
	e, tag := *t.ECSService, kind.ParseECSTag(handle)
	if tag.Deployment != "" && tag.From == stable && tag.Revision != stable {
		stopped, err := d.stop(ctx, e, tag.Deployment)
		if stopped || err != nil {
			return err
		}
	}
	last, err := d.last(ctx, e)
	switch {
	case err != nil:
		return err
	case last == nil:
		return d.deployStable(ctx, e, stable)
	case tag.Deployment != "" && last.tag(e).Deployment != tag.Deployment:
		return fmt.Errorf("%s has a newer deployment, of %s: %w", e, last.target.definition, traffic.ErrMoved)
	}
	return d.leadBack(ctx, e, last, stable)
}

// leadBack brings stable back from whatever the last deployment has done.
func (d *Deployer) leadBack(ctx context.Context, e kind.ECSService, last *deployment, stable string) error {
	now, err := d.serves(ctx, e, last)
	switch {
	case err != nil:
		return err
	case now.Serves(stable) && now.Candidate == "":
		return nil
	case !last.ended() && last.source.definition == stable && last.target.definition != stable:
		if stopped, err := d.stop(ctx, e, last.tag(e).Deployment); stopped || err != nil {
			return err
		}
	}
	return d.deployStable(ctx, e, stable)
}

// Evict implements traffic.Evictor. ECS takes back what is under way, also in its bake: a deployment that was read a moment before that is.
func (d *Deployer) Evict(ctx context.Context, t rollout.Target, handle string) error {
	_, err := d.stop(ctx, *t.ECSService, kind.ParseECSTag(handle).Deployment)
	return err
}

// stop turns a deployment round. One that ECS has finished cannot be.
func (d *Deployer) stop(ctx context.Context, e kind.ECSService, arn string) (stopped bool, err error) {
	_, err = d.ecs.StopServiceDeployment(ctx, &ecs.StopServiceDeploymentInput{ServiceDeploymentArn: &arn, StopType: types.StopServiceDeploymentStopTypeRollback})
	var over *types.ConflictException
	var unknown *types.ServiceDeploymentNotFoundException
	var wrong *types.InvalidParameterException // which of these it is for one that is over is not documented
	switch {
	case err == nil:
		return true, nil
	case errors.As(err, &over), errors.As(err, &unknown), errors.As(err, &wrong):
		return false, nil
	}
	return false, fmt.Errorf("stopping the deployment of %s: %w", e, err)
}

// deployStable deploys stable anew, at once, in place of whatever is under way.
func (d *Deployer) deployStable(ctx context.Context, e kind.ECSService, stable string) error {
	service, err := d.service(ctx, e)
	if err != nil {
		return err
	}
	_, err = d.deploy(ctx, e, service, stable, course(e, service.DeploymentConfiguration, rollout.Course{}))
	return err
}
