package ecs

import (
	"math"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// shifted brings the rules to what was requested, a little later, and says whether they are there.
func (s *Service) shifted(sv *service, d *serviceDeployment, now time.Time) bool {
	if d.shifted {
		return true
	}
	if now.Before(d.since.Add(s.pace.Shift)) {
		return false
	}
	d.shifted, d.there = s.setRules(sv, d, d.requested, d.test), now
	return d.shifted
}

// setRules gives the target its percent of production and of test traffic. ECS does not look at what the rules say before
// (https://github.com/aws/containers-roadmap/issues/2853).
func (s *Service) setRules(sv *service, d *serviceDeployment, percent, test float64) (done bool) {
	for i, l := range sv.balancers {
		a := l.AdvancedConfiguration
		if a == nil {
			continue
		}
		blue, green := d.source[0].groups[i], d.target.groups[i]
		if err := s.setRule(*a.ProductionListenerRule, blue, green, percent); err != nil {
			s.says(sv, "was unable to modify (rule %s): %v", *a.ProductionListenerRule, err)
			return false
		}
		if a.TestListenerRule == nil {
			continue
		}
		if err := s.setRule(*a.TestListenerRule, blue, green, test); err != nil {
			s.says(sv, "was unable to modify (rule %s): %v", *a.TestListenerRule, err)
			return false
		}
	}
	sv.share(d, percent)
	return true
}

// setRule replaces the target groups of a rule's last action, and leaves the actions before it.
func (s *Service) setRule(rule, blue, green string, percent float64) error {
	found, err := s.o.Balancing.DescribeRules(s.o.Context, &elb.DescribeRulesInput{RuleArns: []string{rule}})
	if err != nil {
		return err
	}
	to, of := weights(percent)
	actions := found.Rules[0].Actions
	last := elbtypes.Action{Type: elbtypes.ActionTypeEnumForward, Order: actions[len(actions)-1].Order, ForwardConfig: &elbtypes.ForwardActionConfig{
		TargetGroups: []elbtypes.TargetGroupTuple{{TargetGroupArn: &blue, Weight: aws.Int32(of - to)}, {TargetGroupArn: &green, Weight: &to}},
	}}
	if before := actions[len(actions)-1].ForwardConfig; before != nil {
		last.ForwardConfig.TargetGroupStickinessConfig = before.TargetGroupStickinessConfig
	}
	_, err = s.o.Balancing.ModifyRule(s.o.Context, &elb.ModifyRuleInput{RuleArn: &rule, Actions: append(actions[:len(actions)-1:len(actions)-1], last)})
	return err
}

// weights are a percentage in whole numbers: of 100 where that will do, which is what people see
// (https://github.com/go-to-k/cdk-real-drift/issues/1730), and otherwise of 1000. That is not documented.
func weights(percent float64) (to, of int32) {
	if percent == math.Trunc(percent) {
		return int32(percent), 100
	}
	return int32(math.Round(percent * 10)), 1000
}
