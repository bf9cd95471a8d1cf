package shop

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/shared/kind"
	"sluice/test/sandbox/ecs"
	"sluice/test/sandbox/elbv2"
)

// Behind is what a service of ECS is reached by.
type Behind string

// What that may be.
const (
	TwoGroups Behind = "a rule of two target groups, between which ECS moves the traffic"
	OneGroup  Behind = "one target group, whose targets ECS replaces"
	Connect   Behind = "Service Connect"
)

// balancingRole is the role by which ECS moves the rule.
const balancingRole = "arn:aws:iam::123456789012:role/ecs-balancing"

// OfService makes a shop that is one service of ECS, of cluster shop: it runs two tasks of the task definition <service>:1. change may add to how it is made.
func OfService(ctx context.Context, s *elbv2.Service, e *ecs.Service, service string, behind Behind, change func(*awsecs.CreateServiceInput)) (*Shop, error) {
	shop, err := open(ctx, s, service)
	if err != nil {
		return nil, err
	}
	blue, green := &shop.Target.Blue.TargetGroup, &shop.Target.Green.TargetGroup
	if err := shop.forward(ctx, elbtypes.Action{Type: elbtypes.ActionTypeEnumForward, ForwardConfig: &elbtypes.ForwardActionConfig{
		TargetGroups: []elbtypes.TargetGroupTuple{{TargetGroupArn: blue, Weight: aws.Int32(1)}, {TargetGroupArn: green, Weight: aws.Int32(0)}},
	}}); err != nil {
		return nil, err
	}
	if _, err := e.CreateCluster(ctx, &awsecs.CreateClusterInput{ClusterName: aws.String(cluster)}); err != nil {
		return nil, fmt.Errorf("making the cluster: %w", err)
	}
	shop.tasks = &tasks{ecs: e}
	first, err := shop.Push(ctx, service)
	if err != nil {
		return nil, err
	}
	in := &awsecs.CreateServiceInput{Cluster: aws.String(cluster), ServiceName: &service, TaskDefinition: &first, DesiredCount: aws.Int32(each), LaunchType: types.LaunchTypeFargate}
	shop.Service = kind.ECSService{Cluster: cluster, Service: service, LoadBalancer: &kind.ECSBalancing{Rule: shop.Target.Rule, TargetGroup: *blue}}
	in.LoadBalancers = []types.LoadBalancer{{TargetGroupArn: blue, ContainerName: aws.String("web"), ContainerPort: aws.Int32(8080)}}
	switch behind {
	case TwoGroups:
		shop.Service.LoadBalancer.Alternate = *green
		in.LoadBalancers[0].AdvancedConfiguration = &types.AdvancedConfiguration{AlternateTargetGroupArn: green, ProductionListenerRule: &shop.Target.Rule, RoleArn: aws.String(balancingRole)}
	case Connect:
		shop.Service.LoadBalancer, shop.Service.Connect, in.LoadBalancers = nil, service, nil
		in.ServiceConnectConfiguration = &types.ServiceConnectConfiguration{Enabled: true, Namespace: aws.String("shop"), Services: []types.ServiceConnectService{{
			PortName: aws.String("http"), DiscoveryName: &service, ClientAliases: []types.ServiceConnectClientAlias{{DnsName: aws.String(service + ".shop"), Port: aws.Int32(80)}},
		}}}
	}
	if change != nil {
		change(in)
	}
	if _, err := e.CreateService(ctx, in); err != nil {
		return nil, fmt.Errorf("making service %s: %w", service, err)
	}
	return shop, nil
}

// Share says what each task definition gets of the traffic by the rule, and not by what ECS says, in hundredths of a percent.
func (s *Shop) Share(ctx context.Context) (map[string]int, error) {
	stands, err := s.runs(ctx)
	if err != nil {
		return nil, err
	}
	out, err := s.elb.DescribeRules(ctx, &elb.DescribeRulesInput{RuleArns: []string{s.rule}})
	if err != nil {
		return nil, err
	}
	all, share := 0, map[string]int{}
	for _, g := range out.Rules[0].Actions[0].ForwardConfig.TargetGroups {
		all += int(*g.Weight)
	}
	for _, g := range out.Rules[0].Actions[0].ForwardConfig.TargetGroups {
		if *g.Weight > 0 {
			share[stands[*g.TargetGroupArn]] = int(*g.Weight) * 10000 / all
		}
	}
	return share, nil
}

// runs says which task definition runs in which target group.
func (s *Shop) runs(ctx context.Context) (map[string]string, error) {
	stands := map[string]string{}
	list, err := s.tasks.ecs.ListServiceDeployments(ctx, &awsecs.ListServiceDeploymentsInput{Cluster: aws.String(cluster), Service: &s.Service.Service})
	if err != nil {
		return nil, err
	}
	for i := len(list.ServiceDeployments) - 1; i >= 0; i-- {
		out, err := s.tasks.ecs.DescribeServiceRevisions(ctx, &awsecs.DescribeServiceRevisionsInput{ServiceRevisionArns: []string{*list.ServiceDeployments[i].TargetServiceRevisionArn}})
		if err != nil {
			return nil, err
		}
		r := out.ServiceRevisions[0]
		for _, l := range r.ResolvedConfiguration.LoadBalancers {
			stands[*l.TargetGroupArn] = (*r.TaskDefinition)[strings.LastIndex(*r.TaskDefinition, "/")+1:]
		}
	}
	return stands, nil
}

// AskConnected sends a request through Service Connect and tells which revision answered; empty when none did.
func (s *Shop) AskConnected() (revision string) {
	answer, err := (&http.Client{Transport: s.elb.Network()}).Get("http://" + s.Service.Service + ".shop/")
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	return answer.Header.Get("Revision")
}
