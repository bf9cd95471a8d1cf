package albrule

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// Front is the traffic.Front of listener rules: a rule that only testers meet.
type Front struct{ *Router }

var _ traffic.Front = (*Front)(nil)

// Point implements traffic.Front by one write. The rule stays where it points: it carries no user's request, and a way back has no call to spare.
func (f *Front) Point(ctx context.Context, t rollout.Target, revision string) (traffic.Pointed, error) {
	rule, front := *t.ALBRule, t.ALBRule.Fronting()
	users, err := f.rule(ctx, rule)
	if err != nil {
		return "", err
	}
	pools, err := f.pools(ctx, rule, users)
	if err != nil {
		return "", err
	}
	if err := placed(rule, pools, revision); err != nil {
		return "", err
	}
	found, err := f.rule(ctx, front)
	if err != nil {
		return "", err
	}
	to := sides(rule, pools)[0]
	if pools.With(revision) == "green" {
		to = sides(rule, pools)[1]
	}
	if a := forwards(found.actions); a != nil && len(weights(*a)) == 1 && weights(*a)[to.TargetGroup] > 0 {
		return traffic.Stood, nil
	}
	if err := f.modify(ctx, found, pointed(found.actions, to.Pool)); err != nil {
		return "", fmt.Errorf("pointing %s at the target group of %s: %w", front, to.name, err)
	}
	return traffic.Anew, nil
}

// pointed are actions that forward everything to one pool, whatever they did with it before.
func pointed(found []types.Action, to kind.Pool) []types.Action {
	kept := slices.DeleteFunc(slices.Clone(found), func(a types.Action) bool {
		return a.Type == types.ActionTypeEnumFixedResponse || a.Type == types.ActionTypeEnumRedirect
	})
	all := actions(kept, kind.ALBRule{Blue: to}, kind.Pools{Blue: kind.Stand{Weight: 1}}, 0)
	last := &all[len(all)-1]
	last.ForwardConfig.TargetGroups = last.ForwardConfig.TargetGroups[:1]
	if len(all) > 1 && last.Order == nil {
		last.Order = aws.Int32(50000) // the last of all (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html)
	}
	return all
}

// fronts refuses a rule for testers that leads somewhere else by now: a release would take it from whoever uses it.
func (i *Inspector) fronts(ctx context.Context, rule kind.ALBRule) (at []string, why *rollout.Rejection, err error) {
	if rule.Test == nil {
		return nil, nil, nil
	}
	found, err := i.rule(ctx, rule.Fronting())
	if o := traffic.ObstacleOf(err); o != nil {
		return nil, rollout.Because("testers cannot reach the candidate: "+o.What, o.Remedy), nil
	}
	if err != nil {
		return nil, nil, err
	}
	if a := forwards(found.actions); a != nil {
		for arn := range weights(*a) {
			if arn != rule.Blue.TargetGroup && arn != rule.Green.TargetGroup {
				return nil, rollout.Because(fmt.Sprintf("%s, which is named for tests, forwards to %s, and so to somebody else", rule.Fronting(), arn),
					"have it forward to "+rule.Blue.TargetGroup+", or name another rule or listener under target.albRule.test"), nil
			}
		}
	}
	return []string{found.arn()}, nil, nil
}
