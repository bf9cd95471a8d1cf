package alb

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/infra/definition"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/sandbox/elbv2"
	"sluice/test/sandbox/run/exhibit"
)

// open makes the load balancer with the rule that the kind's sample names, and the services of ECS; the first image serves from blue.
func open(ctx context.Context, stage exhibit.Stage) (*shop, error) {
	s := &shop{stage: stage, elb: elb.NewFromConfig(stage.Person), ecs: ecs.NewFromConfig(stage.Person), callers: &http.Client{Timeout: 5 * time.Second}}
	listener, err := s.balance(ctx)
	if err != nil {
		return nil, fmt.Errorf("making the load balancer: %w", err)
	}
	if err := s.sampled(); err != nil {
		return nil, err
	}
	if s.address, err = sandbox.PartOf[elbv2.Service](stage.Sandbox).Listen(listener, "127.0.0.1:0"); err != nil {
		return nil, err
	}
	if _, err := s.ecs.CreateCluster(ctx, &ecs.CreateClusterInput{ClusterName: aws.String(cluster)}); err != nil {
		return nil, fmt.Errorf("making the cluster: %w", err)
	}
	first, err := s.push(ctx, 0)
	if err != nil {
		return nil, err
	}
	for i, p := range s.pools {
		if err := s.create(ctx, p, first, map[bool]int32{true: tasks}[i == 0]); err != nil {
			return nil, fmt.Errorf("making the service %s: %w", p.service, err)
		}
	}
	return s, s.healthy(ctx, s.pools[0], tasks)
}

// balance makes the load balancer "shop" with a rule for all paths that gives everything to blue. The order is that of the sandbox's samples, whose
// ARNs are numbered.
func (s *shop) balance(ctx context.Context) (listener string, err error) {
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
		p := pool{service: exhibit.Service + side}
		if p.group, err = s.group(ctx, p.service); err != nil {
			return "", err
		}
		s.pools = append(s.pools, p)
		weights = append(weights, types.TargetGroupTuple{TargetGroupArn: aws.String(p.group), Weight: aws.Int32(int32(100 * (1 - i)))})
	}
	rule, err := s.elb.CreateRule(ctx, &elb.CreateRuleInput{
		ListenerArn: listening.Listeners[0].ListenerArn, Priority: aws.Int32(10),
		Actions:    []types.Action{{Type: types.ActionTypeEnumForward, ForwardConfig: &types.ForwardActionConfig{TargetGroups: weights}}},
		Conditions: []types.RuleCondition{{Field: aws.String("path-pattern"), PathPatternConfig: &types.PathPatternConditionConfig{Values: []string{"/*"}}}},
	})
	if err != nil {
		return "", err
	}
	s.rule = *rule.Rules[0].RuleArn
	return *listening.Listeners[0].ListenerArn, nil
}

// group makes a target group whose targets are checked often, and drain quickly.
func (s *shop) group(ctx context.Context, name string) (arn string, err error) {
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

// sampled checks that what was made is what the sample of the kind names: Sluice may touch that alone.
func (s *shop) sampled() error {
	var target rollout.Target
	if err := json.Unmarshal([]byte(definition.Sample(kind.ALBRuleID, exhibit.Service)), &target); err != nil {
		return fmt.Errorf("reading the sample: %w", err)
	}
	filled := func(p pool) kind.Pool {
		return kind.Pool{TargetGroup: p.group, ECS: &kind.ECSPool{Cluster: cluster, Service: p.service}}
	}
	made := *target.ALBRule // whose other fields name nothing that is made here
	made.Rule, made.Blue, made.Green = s.rule, filled(s.pools[0]), filled(s.pools[1])
	if !reflect.DeepEqual(*target.ALBRule, made) {
		return fmt.Errorf("the sample of kind %s names %+v, and the sandbox made %+v", kind.ALBRuleID, *target.ALBRule, made)
	}
	return nil
}
