package albrule

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// marks says which pool a rule gives marked requests to. A rule that somebody else has put at that priority is not taken for ours: it forwards
// elsewhere, or chooses by something else. It must not keep traffic from coming back, so it is no error.
func marks(rule kind.ALBRule, found *types.Rule) kind.Mark {
	if rule.Marked == nil || found == nil || !slices.ContainsFunc(found.Conditions, func(c types.RuleCondition) bool { return chooses(c, rule.Marked.Header) }) {
		return kind.Mark{}
	}
	action := forwards(found.Actions)
	if action == nil || len(weights(*action)) != 1 {
		return kind.Mark{}
	}
	for _, s := range sides(rule, kind.Pools{}) {
		if weights(*action)[s.TargetGroup] > 0 {
			return kind.Mark{Pool: s.name, By: aws.ToString(found.RuleArn)}
		}
	}
	return kind.Mark{}
}

// chooses says whether a condition asks for the header by which requests are marked.
func chooses(c types.RuleCondition, h kind.ALBHeader) bool {
	return c.HttpHeaderConfig != nil && aws.ToString(c.HttpHeaderConfig.HttpHeaderName) == h.Name && slices.Equal(c.HttpHeaderConfig.Values, h.Values)
}

// uncertain says whether the rules have to be read before marked requests are given to somebody or taken away. Before that was written down, a tag says
// nothing of the rule for them; and all that would be written is what is there already.
func uncertain(rule kind.ALBRule, p kind.Pools, to rollout.Split) bool {
	if rule.Marked == nil || p.Mark != (kind.Mark{}) && !to.Marked {
		return false
	}
	wanted, err := divided(rule, p, to)
	return to.Marked || err == nil && even(p, wanted)
}

// even says whether two divisions give each pool the same share.
func even(a, b kind.Pools) bool {
	return a.Blue.Weight*(b.Blue.Weight+b.Green.Weight) == b.Blue.Weight*(a.Blue.Weight+a.Green.Weight)
}

// mark gives marked requests to the candidate, or takes them away, and returns what is served then.
func (r *Router) mark(ctx context.Context, rule kind.ALBRule, found place, p kind.Pools, to rollout.Split) (rollout.Split, error) {
	wanted := ""
	if to.Marked {
		wanted = p.With(to.Candidate)
	}
	if p.Mark.Pool == wanted {
		return split(p), nil
	}
	if p.Mark.By != "" {
		_, err := r.elb.DeleteRule(ctx, &elb.DeleteRuleInput{RuleArn: &p.Mark.By})
		var missing *types.RuleNotFoundException
		if errors.As(err, &missing) {
			err = errors.Join(err, traffic.ErrMoved)
		}
		if err != nil {
			return to, fmt.Errorf("taking marked requests away from %s: %w", rule, err)
		}
		p.Mark = kind.Mark{}
	}
	if wanted == "" {
		return split(p), nil
	}
	made, err := r.elb.CreateRule(ctx, above(rule, found, wanted))
	var taken *types.PriorityInUseException
	if errors.As(err, &taken) { // by ourselves, if an answer was lost: reading back tells
		err = errors.Join(err, traffic.ErrMoved)
	}
	if err != nil {
		return to, fmt.Errorf("giving marked requests to %s: %w", to.Candidate, refused(err))
	}
	p.Mark = kind.Mark{Pool: wanted, By: aws.ToString(made.Rules[0].RuleArn)}
	return split(p), nil
}

// above is the rule that gives a pool the marked ones of the requests that the shifted rule gets: it has that rule's conditions, and one more.
func above(rule kind.ALBRule, found place, pool string) *elb.CreateRuleInput {
	listener, to := rule.Above(), rule.Blue
	if pool == "green" {
		to = rule.Green
	}
	return &elb.CreateRuleInput{
		ListenerArn: &listener, Priority: aws.Int32(int32(rule.Marked.Priority)), Transforms: found.above.Transforms,
		Conditions: append(plainly(found.above.Conditions), types.RuleCondition{
			Field: aws.String("http-header"), HttpHeaderConfig: &types.HttpHeaderConditionConfig{HttpHeaderName: &rule.Marked.Header.Name, Values: rule.Marked.Header.Values},
		}),
		Actions: pointed(nil, to),
		Tags:    []types.Tag{{Key: aws.String(kind.MarkTag), Value: aws.String(kind.MarkValue)}},
	}
}

// plainly are conditions as they are described, in the form in which they may be given: not in both forms at once.
func plainly(all []types.RuleCondition) []types.RuleCondition {
	given := slices.Clone(all)
	for i, c := range given {
		if c.PathPatternConfig != nil || c.HostHeaderConfig != nil {
			given[i].Values = nil
		}
	}
	return given
}
