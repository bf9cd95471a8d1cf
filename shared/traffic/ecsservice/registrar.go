package ecsservice

import (
	"context"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/taskdefinition"
)

// Registrar makes task definitions of images.
type Registrar struct{ *Deployer }

var _ traffic.Registrar = (*Registrar)(nil)

// Register implements traffic.Registrar.
func (r *Registrar) Register(ctx context.Context, t rollout.Target, image, left string) (revision string, why *rollout.Rejection, err error) {
	stable := left
	if stable == "" {
		now, err := r.Read(ctx, t)
		if o := traffic.ObstacleOf(err); o != nil {
			return "", rollout.Because(o.What, o.Remedy), nil
		}
		if err != nil {
			return "", nil, err
		}
		stable = now.Stable
	}
	return taskdefinition.Register(ctx, r.ecs, *t.ECSService.Images, image, stable)
}
