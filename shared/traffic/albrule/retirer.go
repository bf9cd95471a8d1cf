package albrule

import (
	"context"
	"fmt"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// Retirer is the traffic.Retirer of target groups whose filling Sluice does itself.
type Retirer struct{ *Router }

var _ traffic.Retirer = (*Retirer)(nil)

// Retire implements traffic.Retirer. Only the weights say which pool serves: both may hold the same revision.
func (r *Retirer) Retire(ctx context.Context, t rollout.Target, serves string) (did string, err error) {
	rule := *t.ALBRule
	found, err := r.rule(ctx, rule)
	if err != nil {
		return "", err
	}
	pools, err := r.pools(ctx, rule, found)
	if err != nil {
		return "", err
	}
	idle, why := idle(rule, pools, serves)
	if why != nil {
		return "", why
	}
	return r.keeper(rule).retire(ctx, idle)
}

// idle is the pool without traffic, if the other one serves a revision.
func idle(rule kind.ALBRule, pools kind.Pools, serves string) (kind.Pool, error) {
	blue, green := pools.Blue, pools.Green
	switch {
	case pools.Mark != (kind.Mark{}): // marked requests go to the pool without weight
	case green.Weight == 0 && blue.Weight > 0 && blue.Revision == serves:
		return rule.Green, nil
	case blue.Weight == 0 && green.Weight > 0 && green.Revision == serves:
		return rule.Blue, nil
	}
	return kind.Pool{}, &traffic.Obstacle{What: fmt.Sprintf("%s does not serve %s alone: %v", rule, serves, split(pools)), Remedy: "scale it by hand if nobody needs it"}
}
