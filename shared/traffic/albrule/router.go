// Package albrule splits traffic between two target groups by the weights of a rule, or of the default action, of a listener of an Application Load
// Balancer (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html).
//
// Elastic Load Balancing has no compare-and-set: the last writer wins. A target group is no revision: what fills it (a service of ECS, an Auto Scaling group), or its tag, says
// what is registered in it, and the split's tag (kind.Pools) says what stood where when it was read.
package albrule

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

type api interface {
	CreateRule(context.Context, *elb.CreateRuleInput, ...func(*elb.Options)) (*elb.CreateRuleOutput, error)
	DeleteRule(context.Context, *elb.DeleteRuleInput, ...func(*elb.Options)) (*elb.DeleteRuleOutput, error)
	DescribeListeners(context.Context, *elb.DescribeListenersInput, ...func(*elb.Options)) (*elb.DescribeListenersOutput, error)
	DescribeRules(context.Context, *elb.DescribeRulesInput, ...func(*elb.Options)) (*elb.DescribeRulesOutput, error)
	DescribeTargetGroupAttributes(context.Context, *elb.DescribeTargetGroupAttributesInput, ...func(*elb.Options)) (*elb.DescribeTargetGroupAttributesOutput, error)
	DescribeTargetHealth(context.Context, *elb.DescribeTargetHealthInput, ...func(*elb.Options)) (*elb.DescribeTargetHealthOutput, error)
	DescribeTags(context.Context, *elb.DescribeTagsInput, ...func(*elb.Options)) (*elb.DescribeTagsOutput, error)
	ModifyListener(context.Context, *elb.ModifyListenerInput, ...func(*elb.Options)) (*elb.ModifyListenerOutput, error)
	ModifyRule(context.Context, *elb.ModifyRuleInput, ...func(*elb.Options)) (*elb.ModifyRuleOutput, error)
}

// Router is the traffic.Router of listener rules.
type Router struct {
	elb     api
	ecs     ecsAPI
	scaling scalingAPI
}

var _ traffic.Router = (*Router)(nil)

// Ports opens everything that the kind can do, on the account and region of cfg.
func Ports(cfg aws.Config) traffic.Ports {
	r := &Router{elb.NewFromConfig(cfg), ecs.NewFromConfig(cfg), autoscaling.NewFromConfig(cfg)}
	return traffic.Ports{Router: r, Filler: &Filler{r}, Retirer: &Retirer{r}, Registrar: &Registrar{r}, Inspector: &Inspector{r}, Front: &Front{r}, Unlocked: true}
}

// Read implements traffic.Router.
func (r *Router) Read(ctx context.Context, t rollout.Target) (rollout.Split, error) {
	found, err := r.rule(ctx, *t.ALBRule)
	if err != nil {
		return rollout.Split{}, err
	}
	pools, moving, err := r.served(ctx, *t.ALBRule, found)
	if err != nil {
		return rollout.Split{}, err
	}
	s := split(pools)
	s.Moving = moving
	return s, nil
}

// Write implements traffic.Router. When lock says where both revisions stand, it makes one call, or two: the weights first, then the rule for marked
// requests. No lock makes it fail: the last writer wins. But a rule for marked requests that was to be taken away and is not there tells that somebody
// was faster.
func (r *Router) Write(ctx context.Context, t rollout.Target, to rollout.Split, lock string) (rollout.Split, error) {
	to = to.Plain()
	rule, pools := *t.ALBRule, kind.ParsePools(lock)
	var found place
	var err error
	if pools.Bound || pools.With(to.Stable) == "" || to.Candidate != "" && pools.With(to.Candidate) == "" || rule.Priority > 0 && pools.Rule == "" || uncertain(rule, pools, to) {
		if found, err = r.rule(ctx, rule); err == nil {
			pools, err = r.pools(ctx, rule, found)
		}
		if err != nil {
			return to, err
		}
	} else {
		found = place{rule: cmp.Or(rule.Rule, pools.Rule), listener: rule.Listener}
	}
	before := pools
	if pools, err = divided(rule, pools, to); err != nil {
		return to, err
	}
	if before.Mark != (kind.Mark{}) && even(before, pools) || to.Marked && even(before, pools) { // only the rule for marked requests has to change
		return r.mark(ctx, rule, found, pools, to)
	}
	// Stickiness goes when everything goes to one revision: whether a client's cookie for a target group of weight 0 is honoured is undocumented.
	sticky := rule.StickySeconds
	if to.Candidate == "" {
		sticky = 0
	}
	err = r.modify(ctx, found, actions(found.actions, rule, pools, sticky))
	if removed := new(types.RuleNotFoundException); errors.As(err, &removed) && before.Rule != "" && found.actions == nil {
		return r.Write(ctx, t, to, "") // another rule may be at its priority by now
	}
	if err != nil {
		return to, fmt.Errorf("modifying %s: %w", rule, err)
	}
	return r.mark(ctx, rule, found, pools, to)
}

// place is what holds the weights: a rule, or the default actions of a listener.
type place struct {
	rule, listener string // ARN of one of them
	actions        []types.Action
	above          types.Rule  // the rule itself, where the listener's rules were read
	mark           *types.Rule // what stands at the priority for marked requests
}

// rule reads the actions.
func (r *Router) rule(ctx context.Context, rule kind.ALBRule) (place, error) {
	switch {
	case rule.Marked != nil, rule.Priority > 0:
		return r.listed(ctx, rule)
	case rule.Rule != "":
		out, err := r.elb.DescribeRules(ctx, &elb.DescribeRulesInput{RuleArns: []string{rule.Rule}})
		if err != nil || len(out.Rules) == 0 {
			return place{}, unreadable(rule, err)
		}
		return place{rule: rule.Rule, actions: out.Rules[0].Actions}, nil
	}
	out, err := r.elb.DescribeListeners(ctx, &elb.DescribeListenersInput{ListenerArns: []string{rule.Listener}})
	if err != nil || len(out.Listeners) == 0 {
		return place{}, unreadable(rule, err)
	}
	return place{listener: rule.Listener, actions: out.Listeners[0].DefaultActions}, nil
}

// listed finds the rule among those of its listener, with the one for marked requests.
func (r *Router) listed(ctx context.Context, rule kind.ALBRule) (at place, err error) {
	above, there := rule.Above(), false
	pages := elb.NewDescribeRulesPaginator(r.elb, &elb.DescribeRulesInput{ListenerArn: &above})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return place{}, unreadable(rule, err)
		}
		for _, found := range page.Rules {
			switch priority := aws.ToString(found.Priority); {
			case is(rule, found):
				there, at.above, at.actions = true, found, found.Actions
				if at.rule = aws.ToString(found.RuleArn); aws.ToBool(found.IsDefault) {
					at.rule, at.listener = "", above
				}
			case rule.Marked != nil && priority == fmt.Sprint(rule.Marked.Priority):
				at.mark = &found
			}
		}
	}
	if !there {
		return place{}, unreadable(rule, nil)
	}
	return at, nil
}

// is says whether a rule is the one that is shifted.
func is(rule kind.ALBRule, found types.Rule) bool {
	switch {
	case rule.Rule != "":
		return aws.ToString(found.RuleArn) == rule.Rule
	case rule.Priority > 0:
		return aws.ToString(found.Priority) == fmt.Sprint(rule.Priority)
	}
	return aws.ToBool(found.IsDefault)
}

// modify replaces the actions, and nothing else of the rule or listener
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyRule.html).
func (r *Router) modify(ctx context.Context, at place, to []types.Action) (err error) {
	if at.rule != "" {
		_, err = r.elb.ModifyRule(ctx, &elb.ModifyRuleInput{RuleArn: &at.rule, Actions: to})
	} else {
		_, err = r.elb.ModifyListener(ctx, &elb.ModifyListenerInput{ListenerArn: &at.listener, DefaultActions: to})
	}
	return refused(err)
}
