// Package albrule splits traffic between two target groups by the weights of a rule, or of the default action, of a listener of an Application Load
// Balancer (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html).
//
// Elastic Load Balancing has no compare-and-set: the last writer wins. A target group is no revision: what fills it (a service of ECS), or its tag, says
// what is registered in it, and the split's tag (kind.Pools) says what stood where when it was read.
package albrule

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

type api interface {
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
	elb api
	ecs ecsAPI
}

var _ traffic.Router = (*Router)(nil)

// Ports opens everything that the kind can do, on the account and region of cfg.
func Ports(cfg aws.Config) traffic.Ports {
	r := &Router{elb.NewFromConfig(cfg), ecs.NewFromConfig(cfg)}
	return traffic.Ports{Router: r, Filler: &Filler{r}, Retirer: &Retirer{r}, Registrar: &Registrar{r}, Inspector: &Inspector{r}, Front: &Front{r}, Unlocked: true}
}

// Read implements traffic.Router.
func (r *Router) Read(ctx context.Context, t rollout.Target) (rollout.Split, error) {
	found, err := r.rule(ctx, *t.ALBRule)
	if err != nil {
		return rollout.Split{}, err
	}
	pools, moving, err := r.served(ctx, *t.ALBRule, found.actions)
	if err != nil {
		return rollout.Split{}, err
	}
	s := split(pools)
	s.Moving = moving
	return s, nil
}

// Write implements traffic.Router. When lock says where both revisions stand, it makes one call. No lock makes it fail: the last writer wins.
func (r *Router) Write(ctx context.Context, t rollout.Target, to rollout.Split, lock string) (rollout.Split, error) {
	to = to.Plain()
	rule, pools := *t.ALBRule, kind.ParsePools(lock)
	var found place
	var err error
	if pools.Bound || pools.With(to.Stable) == "" || to.Candidate != "" && pools.With(to.Candidate) == "" || rule.Priority > 0 {
		if found, err = r.rule(ctx, rule); err == nil {
			pools, err = r.pools(ctx, rule, found.actions)
		}
		if err != nil {
			return to, err
		}
	} else {
		found = place{rule: rule.Rule, listener: rule.Listener}
	}
	if pools, err = divided(rule, pools, to); err != nil {
		return to, err
	}
	// Stickiness goes when everything goes to one revision: whether a client's cookie for a target group of weight 0 is honoured is undocumented.
	sticky := rule.StickySeconds
	if to.Candidate == "" {
		sticky = 0
	}
	if err := r.modify(ctx, found, actions(found.actions, rule, pools, sticky)); err != nil {
		return to, fmt.Errorf("modifying %s: %w", rule, err)
	}
	return split(pools), nil
}

// place is what holds the weights: a rule, or the default actions of a listener.
type place struct {
	rule, listener string // ARN of one of them
	actions        []types.Action
}

// rule reads the actions.
func (r *Router) rule(ctx context.Context, rule kind.ALBRule) (place, error) {
	switch {
	case rule.Rule != "":
		out, err := r.elb.DescribeRules(ctx, &elb.DescribeRulesInput{RuleArns: []string{rule.Rule}})
		if err != nil || len(out.Rules) == 0 {
			return place{}, unreadable(rule, err)
		}
		return place{rule: rule.Rule, actions: out.Rules[0].Actions}, nil
	case rule.Priority > 0:
		return r.byPriority(ctx, rule)
	}
	out, err := r.elb.DescribeListeners(ctx, &elb.DescribeListenersInput{ListenerArns: []string{rule.Listener}})
	if err != nil || len(out.Listeners) == 0 {
		return place{}, unreadable(rule, err)
	}
	return place{listener: rule.Listener, actions: out.Listeners[0].DefaultActions}, nil
}

func (r *Router) byPriority(ctx context.Context, rule kind.ALBRule) (place, error) {
	pages := elb.NewDescribeRulesPaginator(r.elb, &elb.DescribeRulesInput{ListenerArn: &rule.Listener})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return place{}, unreadable(rule, err)
		}
		for _, found := range page.Rules {
			if aws.ToString(found.Priority) == fmt.Sprint(rule.Priority) {
				return place{rule: aws.ToString(found.RuleArn), actions: found.Actions}, nil
			}
		}
	}
	return place{}, unreadable(rule, nil)
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
