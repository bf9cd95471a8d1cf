package elbv2

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/test/sandbox/wire"
)

const (
	lastOfAll    = "default" // the priority of a default rule
	mostPriority = 50000     // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html

	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html; default rules do not count.
	mostRules = 100
)

// rule says what becomes of the requests that meet its conditions.
type rule struct {
	types.Rule
	listener *listener
}

func (r *rule) isDefault() bool { return *r.IsDefault }

// rank is the rule's place among those of its listener.
func (r *rule) rank() int {
	if n, err := strconv.Atoi(*r.Priority); err == nil {
		return n
	}
	return mostPriority + 1
}

// groups are the target groups that its actions name.
func (r *rule) groups() []string {
	var named []string
	for _, a := range r.Actions {
		if a.ForwardConfig != nil {
			for _, g := range a.ForwardConfig.TargetGroups {
				named = append(named, *g.TargetGroupArn)
			}
		}
	}
	return named
}

func (l *listener) sort() {
	slices.SortFunc(l.rules, func(a, b *rule) int { return a.rank() - b.rank() })
}

// taken is the refusal of a priority that another rule has.
func (l *listener) taken(priority int32, but *rule) error {
	for _, r := range l.rules {
		if r != but && r.rank() == int(priority) {
			return &types.PriorityInUseException{Message: aws.String(fmt.Sprintf("Priority '%d' is currently in use", priority))}
		}
	}
	return nil
}

// CreateRule adds a rule to a listener.
func (s *Service) CreateRule(_ context.Context, in *elb.CreateRuleInput) (*elb.CreateRuleOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, err := s.listener(in.ListenerArn)
	switch {
	case err != nil:
		return nil, err
	case in.Transforms != nil:
		return nil, wire.NotImplemented("CreateRule with Transforms")
	case in.Priority == nil || !within(in.Priority, 1, mostPriority):
		return nil, invalid("Rule priority must be between 1 and %d", mostPriority)
	case len(l.of.rules())-len(l.of.listeners) >= mostRules:
		return nil, &types.TooManyRulesException{Message: aws.String(fmt.Sprintf("The maximum number of rules has been reached on load balancer '%s'", *l.of.LoadBalancerArn))}
	}
	if err := l.taken(*in.Priority, nil); err != nil {
		return nil, err
	}
	if err := taggable(in.Tags); err != nil {
		return nil, err
	}
	conditions, err := conditions(in.Conditions)
	if err != nil {
		return nil, err
	}
	actions, err := s.actions(l, in.Actions, nil)
	if err != nil {
		return nil, err
	}
	r := &rule{listener: l, Rule: types.Rule{
		RuleArn: aws.String(s.arn("listener-rule", l.path())), IsDefault: aws.Bool(false), Priority: aws.String(strconv.Itoa(int(*in.Priority))),
		Conditions: conditions, Actions: actions,
	}}
	l.rules = append(l.rules, r)
	l.sort()
	s.tag(*r.RuleArn, in.Tags)
	s.settle()
	return &elb.CreateRuleOutput{Rules: []types.Rule{s.describedRule(r)}}, nil
}

// ModifyRule replaces the lists that are given, whole, and leaves the others. There is no compare-and-set: the last writer wins.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyRule.html
//
// That a default rule is refused here is undocumented; the guide changes it with ModifyListener.
func (s *Service) ModifyRule(_ context.Context, in *elb.ModifyRuleInput) (*elb.ModifyRuleOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.rule(in.RuleArn)
	switch {
	case err != nil:
		return nil, err
	case in.Transforms != nil || in.ResetTransforms != nil:
		return nil, wire.NotImplemented("ModifyRule of Transforms")
	case r.isDefault():
		return nil, &types.OperationNotPermittedException{Message: aws.String("Default rule cannot be modified")}
	}
	changed := r.Rule
	if len(in.Conditions) > 0 {
		if changed.Conditions, err = conditions(in.Conditions); err != nil {
			return nil, err
		}
	}
	if len(in.Actions) > 0 {
		if changed.Actions, err = s.actions(r.listener, in.Actions, r.Actions); err != nil {
			return nil, err
		}
	}
	r.Rule = changed
	s.settle()
	return &elb.ModifyRuleOutput{Rules: []types.Rule{s.describedRule(r)}}, nil
}

// DeleteRule deletes a rule, but not a default rule
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteRule.html).
func (s *Service) DeleteRule(_ context.Context, in *elb.DeleteRuleInput) (*elb.DeleteRuleOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.rule(in.RuleArn)
	switch {
	case err != nil:
		return nil, err
	case r.isDefault():
		return nil, &types.OperationNotPermittedException{Message: aws.String("Default rule cannot be deleted")}
	}
	r.listener.rules = slices.DeleteFunc(r.listener.rules, func(other *rule) bool { return other == r })
	delete(s.tags, *r.RuleArn)
	s.settle()
	return &elb.DeleteRuleOutput{}, nil
}

// DescribeRules describes rules by ARN, or those of a listener in the order in which they are tried.
func (s *Service) DescribeRules(_ context.Context, in *elb.DescribeRulesInput) (*elb.DescribeRulesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []types.Rule
	switch {
	case len(in.RuleArns) > 0 == (in.ListenerArn != nil):
		return nil, invalid("You must specify either listener rule ARNs or a listener ARN")
	case in.ListenerArn != nil:
		l, err := s.listener(in.ListenerArn)
		if err != nil {
			return nil, err
		}
		for _, r := range l.rules {
			found = append(found, s.describedRule(r))
		}
	}
	for _, arn := range in.RuleArns {
		r, err := s.rule(&arn)
		if err != nil {
			return nil, err
		}
		found = append(found, s.describedRule(r))
	}
	found, next, err := page(found, in.Marker, in.PageSize)
	if err != nil {
		return nil, err
	}
	return &elb.DescribeRulesOutput{Rules: found, NextMarker: next}, nil
}

// SetRulePriorities gives rules of one listener new priorities, all or none.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetRulePriorities.html
func (s *Service) SetRulePriorities(_ context.Context, in *elb.SetRulePrioritiesInput) (*elb.SetRulePrioritiesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	wanted := map[*rule]int32{}
	for _, p := range in.RulePriorities {
		r, err := s.rule(p.RuleArn)
		switch {
		case err != nil:
			return nil, err
		case r.isDefault():
			return nil, &types.OperationNotPermittedException{Message: aws.String("Default rule priority cannot be modified")}
		case p.Priority == nil || !within(p.Priority, 1, mostPriority):
			return nil, invalid("Rule priority must be between 1 and %d", mostPriority)
		}
		wanted[r] = *p.Priority
	}
	for r, priority := range wanted {
		for _, other := range r.listener.rules {
			moved, moves := wanted[other]
			if other != r && (moves && moved == priority || !moves && other.rank() == int(priority)) {
				return nil, &types.PriorityInUseException{Message: aws.String(fmt.Sprintf("Priority '%d' is currently in use", priority))}
			}
		}
	}
	out := &elb.SetRulePrioritiesOutput{}
	for _, p := range in.RulePriorities {
		r, _ := s.rule(p.RuleArn)
		r.Priority = aws.String(strconv.Itoa(int(wanted[r])))
		r.listener.sort()
		out.Rules = append(out.Rules, s.describedRule(r))
	}
	return out, nil
}

func (s *Service) describedRule(r *rule) types.Rule {
	d := r.Rule
	d.Actions = s.shown(r.Actions)
	return d
}

func (s *Service) rule(arn *string) (*rule, error) {
	for _, b := range s.balancers {
		for _, r := range b.rules() {
			if *r.RuleArn == aws.ToString(arn) {
				return r, nil
			}
		}
	}
	return nil, unknownRule(aws.ToString(arn))
}
