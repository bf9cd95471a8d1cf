package elbv2

import (
	"maps"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/test/sandbox/wire"
)

// scope says what IAM must allow (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html): what
// describes is about everything.
func (s *Service) scope(operation string, in any) []wire.Grant {
	action := "elasticloadbalancing:" + operation
	if strings.HasPrefix(operation, "Describe") {
		return []wire.Grant{{Action: action, Resource: "*"}}
	}
	var grants []wire.Grant
	for _, arn := range s.about(in) {
		grants = append(grants, wire.Grant{Action: action, Resource: arn, Keys: s.keys(arn)})
	}
	if made, tags := s.tagged(in); len(tags) > 0 {
		grants = append(grants, wire.Grant{Action: "elasticloadbalancing:AddTags", Resource: made, Keys: map[string][]string{"elasticloadbalancing:CreateAction": {operation}}})
		for i := range grants {
			grants[i].Keys = requested(grants[i].Keys, tags)
		}
	}
	return grants
}

// about are the resources that a change is made to.
func (s *Service) about(in any) []string {
	switch in := in.(type) {
	case *elb.CreateLoadBalancerInput:
		return []string{s.o.Home.ARN("elasticloadbalancing", "loadbalancer/app/"+aws.ToString(in.Name)+"/*")}
	case *elb.DeleteLoadBalancerInput:
		return []string{aws.ToString(in.LoadBalancerArn)}
	case *elb.ModifyLoadBalancerAttributesInput:
		return []string{aws.ToString(in.LoadBalancerArn)}
	case *elb.CreateListenerInput:
		return []string{aws.ToString(in.LoadBalancerArn)}
	case *elb.ModifyListenerInput:
		return []string{aws.ToString(in.ListenerArn)}
	case *elb.DeleteListenerInput:
		return []string{aws.ToString(in.ListenerArn)}
	case *elb.CreateRuleInput:
		return []string{aws.ToString(in.ListenerArn)}
	case *elb.ModifyRuleInput:
		return []string{aws.ToString(in.RuleArn)}
	case *elb.DeleteRuleInput:
		return []string{aws.ToString(in.RuleArn)}
	case *elb.SetRulePrioritiesInput:
		var arns []string
		for _, p := range in.RulePriorities {
			arns = append(arns, aws.ToString(p.RuleArn))
		}
		return arns
	case *elb.AddTagsInput:
		return in.ResourceArns
	}
	return s.aboutGroup(in)
}

func (s *Service) aboutGroup(in any) []string {
	switch in := in.(type) {
	case *elb.CreateTargetGroupInput:
		return []string{s.o.Home.ARN("elasticloadbalancing", "targetgroup/"+aws.ToString(in.Name)+"/*")}
	case *elb.ModifyTargetGroupInput:
		return []string{aws.ToString(in.TargetGroupArn)}
	case *elb.ModifyTargetGroupAttributesInput:
		return []string{aws.ToString(in.TargetGroupArn)}
	case *elb.DeleteTargetGroupInput:
		return []string{aws.ToString(in.TargetGroupArn)}
	case *elb.RegisterTargetsInput:
		return []string{aws.ToString(in.TargetGroupArn)}
	case *elb.DeregisterTargetsInput:
		return []string{aws.ToString(in.TargetGroupArn)}
	}
	return []string{"*"}
}

// tagged are the tags that a new resource gets, which is a permission of its own
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/tagging-resources-during-creation.html).
func (s *Service) tagged(in any) (made string, tags []types.Tag) {
	switch in := in.(type) {
	case *elb.CreateRuleInput:
		return strings.Replace(aws.ToString(in.ListenerArn), ":listener/", ":listener-rule/", 1) + "/*", in.Tags
	case *elb.CreateListenerInput:
		return strings.Replace(aws.ToString(in.LoadBalancerArn), ":loadbalancer/", ":listener/", 1) + "/*", in.Tags
	case *elb.CreateTargetGroupInput:
		return s.aboutGroup(in)[0], in.Tags
	case *elb.CreateLoadBalancerInput:
		return s.about(in)[0], in.Tags
	}
	return "", nil
}

// requested adds the condition keys of tags that a new resource is to get.
func requested(keys map[string][]string, tags []types.Tag) map[string][]string {
	all := map[string][]string{}
	maps.Copy(all, keys)
	for _, t := range tags {
		all["aws:RequestTag/"+aws.ToString(t.Key)] = []string{aws.ToString(t.Value)}
		all["aws:TagKeys"] = append(all["aws:TagKeys"], aws.ToString(t.Key))
	}
	return all
}

// keys are the condition keys of a request about a resource that has tags.
func (s *Service) keys(arn string) map[string][]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.tags[arn]) == 0 {
		return nil
	}
	keys := map[string][]string{}
	for k, v := range s.tags[arn] {
		keys["aws:ResourceTag/"+k], keys["elasticloadbalancing:ResourceTag/"+k] = []string{v}, []string{v}
	}
	return keys
}
