package albrule

import (
	"context"
	"fmt"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/taskdefinition"
)

// Registrar makes task definitions of images.
type Registrar struct{ *Router }

var _ traffic.Registrar = (*Registrar)(nil)

// Register implements traffic.Registrar.
func (r *Registrar) Register(ctx context.Context, t rollout.Target, image, left string) (revision string, why *rollout.Rejection, err error) {
	stable, why, err := r.stable(ctx, *t.ALBRule, left)
	if why != nil || err != nil {
		return "", why, err
	}
	return taskdefinition.Register(ctx, r.ecs, *t.ALBRule.Images, image, stable)
}

// stable is the revision that the last release left, or the one that serves alone.
func (r *Registrar) stable(ctx context.Context, rule kind.ALBRule, left string) (string, *rollout.Rejection, error) {
	found, err := r.rule(ctx, rule)
	if err != nil {
		return "", nil, err
	}
	pools, err := r.pools(ctx, rule, found)
	if o := traffic.ObstacleOf(err); o != nil {
		return "", rollout.Because(o.What, o.Remedy), nil
	}
	if err != nil {
		return "", nil, err
	}
	s := split(pools).From(left)
	if s.Either {
		return "", rollout.Because(fmt.Sprintf("%s is split (%v), and no release of Sluice says which of the two is stable", rule, s), "give everything to one of them by hand, and release again"), nil
	}
	return s.Stable, nil, nil
}
