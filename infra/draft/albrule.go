package draft

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	scaling "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

var albRule = Kind{
	kind.ALBRuleID,
	[]Field{
		{Flag: "rule", Ask: "Rule of a load balancer, or listener whose default action is meant", Offer: rules, List: "aws elbv2 describe-rules --listener-arn LISTENER"},
		{Flag: "blue", Ask: "Target group of one pool", Offer: groups, Usual: ofRule(0), List: "aws elbv2 describe-target-groups"},
		{Flag: "green", Ask: "Target group of the other pool", Offer: groups, Usual: ofRule(1), List: "aws elbv2 describe-target-groups"},
		{Flag: "pool-cluster", Ask: "Cluster of ECS whose services fill the pools; nothing if Auto Scaling or somebody else does", Optional: true},
		{Flag: "blue-service", Ask: "Service of ECS in the first pool", Matters: given("pool-cluster")},
		{Flag: "green-service", Ask: "Service of ECS in the other pool", Matters: given("pool-cluster")},
	},
	func(ctx context.Context, in Account, so Answers) (rollout.Target, error) {
		r := kind.ALBRule{Blue: kind.Pool{TargetGroup: so["blue"]}, Green: kind.Pool{TargetGroup: so["green"]}}
		if r.Rule = so["rule"]; strings.Contains(r.Rule, ":listener/") {
			r.Rule, r.Listener = "", r.Rule
		}
		if cluster := so["pool-cluster"]; cluster != "" {
			r.Blue.ECS, r.Green.ECS = &kind.ECSPool{Cluster: cluster, Service: so["blue-service"]}, &kind.ECSPool{Cluster: cluster, Service: so["green-service"]}
			return rollout.Target{ALBRule: &r}, nil
		}
		return rollout.Target{ALBRule: &r}, scaled(ctx, in, &r)
	},
}

// rules are those of all Application Load Balancers. The default action of a listener is named by the listener.
func rules(ctx context.Context, in Account, _ Answers) (found []Choice, err error) {
	client := elb.NewFromConfig(in)
	balancers := elb.NewDescribeLoadBalancersPaginator(client, &elb.DescribeLoadBalancersInput{})
	for balancers.HasMorePages() {
		page, err := balancers.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing load balancers: %w", err)
		}
		for _, b := range page.LoadBalancers {
			if b.Type != types.LoadBalancerTypeEnumApplication {
				continue
			}
			listeners, err := client.DescribeListeners(ctx, &elb.DescribeListenersInput{LoadBalancerArn: b.LoadBalancerArn})
			if err != nil {
				return nil, fmt.Errorf("listing listeners of %s: %w", aws.ToString(b.LoadBalancerName), err)
			}
			for _, l := range listeners.Listeners {
				some, err := client.DescribeRules(ctx, &elb.DescribeRulesInput{ListenerArn: l.ListenerArn})
				if err != nil {
					return nil, fmt.Errorf("listing rules of %s: %w", aws.ToString(b.LoadBalancerName), err)
				}
				for _, r := range some.Rules {
					found = append(found, choiceOf(b, l, r))
				}
			}
		}
	}
	return found, nil
}

func choiceOf(b types.LoadBalancer, l types.Listener, r types.Rule) Choice {
	at := fmt.Sprintf("%s, port %d", aws.ToString(b.LoadBalancerName), aws.ToInt32(l.Port))
	if aws.ToBool(r.IsDefault) {
		return Choice{aws.ToString(l.ListenerArn), at + ", default action"}
	}
	about := at + ", priority " + aws.ToString(r.Priority)
	for _, c := range r.Conditions {
		about += ", " + strings.Join(c.Values, " ")
	}
	return Choice{aws.ToString(r.RuleArn), about}
}

func groups(ctx context.Context, in Account, _ Answers) (found []Choice, err error) {
	pages := elb.NewDescribeTargetGroupsPaginator(elb.NewFromConfig(in), &elb.DescribeTargetGroupsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing target groups: %w", err)
		}
		for _, g := range page.TargetGroups {
			found = append(found, Choice{aws.ToString(g.TargetGroupArn), aws.ToString(g.TargetGroupName)})
		}
	}
	return found, nil
}

// ofRule is one of the target groups that the rule forwards to.
func ofRule(place int) func(context.Context, Account, Answers) (string, error) {
	return func(ctx context.Context, in Account, so Answers) (string, error) {
		actions, err := actionsOf(ctx, elb.NewFromConfig(in), so["rule"])
		if err != nil {
			return "", err
		}
		for _, a := range actions {
			if a.ForwardConfig != nil && len(a.ForwardConfig.TargetGroups) > place {
				return aws.ToString(a.ForwardConfig.TargetGroups[place].TargetGroupArn), nil
			}
		}
		return "", nil
	}
}

func actionsOf(ctx context.Context, client *elb.Client, arn string) ([]types.Action, error) {
	if strings.Contains(arn, ":listener/") {
		out, err := client.DescribeListeners(ctx, &elb.DescribeListenersInput{ListenerArns: []string{arn}})
		if err != nil {
			return nil, fmt.Errorf("reading listener %s: %w", arn, err)
		}
		for _, l := range out.Listeners {
			return l.DefaultActions, nil
		}
		return nil, nil
	}
	out, err := client.DescribeRules(ctx, &elb.DescribeRulesInput{RuleArns: []string{arn}})
	if err != nil {
		return nil, fmt.Errorf("reading rule %s: %w", arn, err)
	}
	for _, r := range out.Rules {
		return r.Actions, nil
	}
	return nil, nil
}

// scaled names the Auto Scaling groups that register instances in the pools, where both pools have one of the same launch template.
func scaled(ctx context.Context, in Account, r *kind.ALBRule) error {
	found := map[string]scaling.AutoScalingGroup{}
	pages := autoscaling.NewDescribeAutoScalingGroupsPaginator(autoscaling.NewFromConfig(in), &autoscaling.DescribeAutoScalingGroupsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("listing Auto Scaling groups: %w", err)
		}
		for _, g := range page.AutoScalingGroups {
			for _, arn := range g.TargetGroupARNs {
				found[arn] = g
			}
		}
	}
	blue, green := found[r.Blue.TargetGroup], found[r.Green.TargetGroup]
	if blue.LaunchTemplate == nil || green.LaunchTemplate == nil || aws.ToString(blue.LaunchTemplate.LaunchTemplateId) != aws.ToString(green.LaunchTemplate.LaunchTemplateId) {
		return nil
	}
	r.Blue.AutoScaling, r.Green.AutoScaling = &kind.AutoScalingPool{Group: aws.ToString(blue.AutoScalingGroupName)}, &kind.AutoScalingPool{Group: aws.ToString(green.AutoScalingGroupName)}
	r.Launch = &kind.ALBLaunch{Template: aws.ToString(blue.LaunchTemplate.LaunchTemplateId)}
	return nil
}
