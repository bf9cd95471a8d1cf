package shop

import (
	"context"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
)

// ByPriority has the definition name the rule by its listener and its priority.
func (s *Shop) ByPriority() { s.Target.Rule, s.Target.Listener, s.Target.Priority = "", s.Listener, 10 }

// Remake has somebody make the rule anew, at the same priority and with these weights. Its ARN is another one then.
func (s *Shop) Remake(ctx context.Context, blue, green int) error {
	out, err := s.elb.DescribeRules(ctx, &elb.DescribeRulesInput{RuleArns: []string{s.rule}})
	if err != nil {
		return err
	}
	if _, err := s.elb.DeleteRule(ctx, &elb.DeleteRuleInput{RuleArn: &s.rule}); err != nil {
		return err
	}
	named := s.Target.Rule
	if err := s.forward(ctx, out.Rules[0].Actions[0]); err != nil {
		return err
	}
	s.Target.Rule = named
	return s.Divide(ctx, blue, green)
}
