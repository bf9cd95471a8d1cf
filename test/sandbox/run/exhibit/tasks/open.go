package tasks

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/test/sandbox"
	"sluice/test/sandbox/elbv2"
	"sluice/test/sandbox/run/exhibit"
)

// Open makes the load balancer with the rule and the target groups that the samples name, in their order, and the first image. Everything goes to blue.
func Open(ctx context.Context, stage exhibit.Stage) (*Balanced, error) {
	s := &Balanced{stage: stage, elb: elb.NewFromConfig(stage.Person), ECS: ecs.NewFromConfig(stage.Person), callers: &http.Client{Timeout: 5 * time.Second}}
	listener, err := s.balance(ctx)
	if err != nil {
		return nil, fmt.Errorf("making the load balancer: %w", err)
	}
	if s.Address, err = sandbox.PartOf[elbv2.Service](stage.Sandbox).Listen(listener, "127.0.0.1:0"); err != nil {
		return nil, err
	}
	if _, err := s.ECS.CreateCluster(ctx, &ecs.CreateClusterInput{ClusterName: aws.String(Cluster)}); err != nil {
		return nil, fmt.Errorf("making the cluster: %w", err)
	}
	s.First, err = s.push(ctx, 0)
	return s, err
}

// balance makes the load balancer "shop" with a rule for all paths that gives everything to blue. The order is that of the sandbox's samples, whose
// ARNs are numbered.
func (s *Balanced) balance(ctx context.Context) (listener string, err error) {
	balancer, err := s.elb.CreateLoadBalancer(ctx, &elb.CreateLoadBalancerInput{Name: aws.String("shop")})
	if err != nil {
		return "", err
	}
	listening, err := s.elb.CreateListener(ctx, &elb.CreateListenerInput{
		LoadBalancerArn: balancer.LoadBalancers[0].LoadBalancerArn, Port: aws.Int32(80), Protocol: types.ProtocolEnumHttp,
		DefaultActions: []types.Action{{Type: types.ActionTypeEnumFixedResponse, FixedResponseConfig: &types.FixedResponseActionConfig{StatusCode: aws.String("404")}}},
	})
	if err != nil {
		return "", err
	}
	var weights []types.TargetGroupTuple
	for i, side := range []string{"-blue", "-green"} {
		group, err := s.group(ctx, exhibit.Service+side)
		if err != nil {
			return "", err
		}
		s.Groups = append(s.Groups, group)
		weights = append(weights, types.TargetGroupTuple{TargetGroupArn: &group, Weight: aws.Int32(int32(100 * (1 - i)))})
	}
	rule, err := s.elb.CreateRule(ctx, &elb.CreateRuleInput{
		ListenerArn: listening.Listeners[0].ListenerArn, Priority: aws.Int32(10),
		Actions:    []types.Action{{Type: types.ActionTypeEnumForward, ForwardConfig: &types.ForwardActionConfig{TargetGroups: weights}}},
		Conditions: []types.RuleCondition{{Field: aws.String("path-pattern"), PathPatternConfig: &types.PathPatternConditionConfig{Values: []string{"/*"}}}},
	})
	if err != nil {
		return "", err
	}
	s.Rule = *rule.Rules[0].RuleArn
	return *listening.Listeners[0].ListenerArn, nil
}

// group makes a target group whose targets are checked often, and drain quickly.
func (s *Balanced) group(ctx context.Context, name string) (arn string, err error) {
	out, err := s.elb.CreateTargetGroup(ctx, &elb.CreateTargetGroupInput{
		Name: &name, Protocol: types.ProtocolEnumHttp, Port: aws.Int32(port), TargetType: types.TargetTypeEnumIp, HealthCheckPath: aws.String("/health"),
		HealthCheckIntervalSeconds: aws.Int32(5), HealthCheckTimeoutSeconds: aws.Int32(2), HealthyThresholdCount: aws.Int32(2),
	})
	if err != nil {
		return "", err
	}
	arn = *out.TargetGroups[0].TargetGroupArn
	_, err = s.elb.ModifyTargetGroupAttributes(ctx, &elb.ModifyTargetGroupAttributesInput{
		TargetGroupArn: &arn, Attributes: []types.TargetGroupAttribute{{Key: aws.String("deregistration_delay.timeout_seconds"), Value: aws.String("1")}},
	})
	return arn, err
}
