package differential

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	scalingtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/test/sandbox"
	scalingservice "sluice/test/sandbox/autoscaling"
	ecsservice "sluice/test/sandbox/ecs"
	"sluice/test/sandbox/parts"
	"sluice/test/sandbox/program"
)

// Load balancers, and the tasks and instances behind them, speak as AWS describes its APIs, also when they refuse.
func TestLoadBalancersAreAsAWSDescribesThem(t *testing.T) {
	data, old := botocore(t)
	open := func(service string) *model { return readModel(t, data, service) }
	seen := map[string]bool{}
	for _, x := range balancing(t) {
		p, err := x.parse(open)
		if err != nil {
			t.Fatalf("%s: %v", x.body, err)
		}
		seen[p.service+" "+p.operation+" "+p.code] = true
		for _, problem := range unlike(open(p.service), p, old) {
			t.Errorf("%s %s: %s", p.service, p.operation, problem)
		}
	}
	for _, call := range []string{
		"elbv2 ModifyRule ", "elbv2 ModifyListener ", "elbv2 DescribeTargetHealth ", "elbv2 CreateRule PriorityInUse", "elbv2 ModifyRule TargetGroupNotFound", "elbv2 ModifyRule RuleNotFound",
		"ecs UpdateService ", "ecs DescribeTasks ", "ecs UpdateService ServiceNotFoundException", "autoscaling DescribeScalingActivities ", "autoscaling DescribeInstanceRefreshes ", "autoscaling UpdateAutoScalingGroup ValidationError", "autoscaling SetDesiredCapacity ValidationError",
	} {
		if !seen[call] {
			t.Errorf("%s was not heard", call)
		}
	}
}

// balancing gives what goes over the wire while a load balancer is used.
func balancing(t *testing.T) []exchange {
	ear := &ear{t: t}
	synctest.Test(t, func(t *testing.T) {
		box, err := sandbox.Boot(t.Context(), sandbox.Options{Parts: parts.All(), Wrap: ear.around})
		if err != nil {
			t.Fatal(err)
		}
		defer box.Close()
		ok := program.Handler(func(map[string]string) http.Handler {
			return http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
		})
		sandbox.PartOf[ecsservice.Service](box).PutImage("web", ok)
		template := sandbox.PartOf[scalingservice.Service](box).PutTemplate("web")
		sandbox.PartOf[scalingservice.Service](box).PutVersion(template, ok)
		c := &calls{T: t, config: box.Config("")}
		tasks, instances := c.balancers()
		c.tasks(tasks)
		c.instances(instances, template)
	})
	return ear.heard
}

type calls struct {
	*testing.T
	config aws.Config
}

// heard fails the test unless the call came to what it was to come to; what exactly is what the models are asked.
func heard[Out any](c *calls, refused bool) func(out Out, err error) Out {
	return func(out Out, err error) Out {
		c.Helper()
		if (err != nil) != refused {
			c.Fatalf("refused: %v, want %v", err, refused)
		}
		return out
	}
}

func (c *calls) balancers() (ofTasks, ofInstances string) {
	ctx, client := c.Context(), elb.NewFromConfig(c.config)
	balancer := heard[*elb.CreateLoadBalancerOutput](c, false)(client.CreateLoadBalancer(ctx, &elb.CreateLoadBalancerInput{Name: aws.String("shop"), Tags: []elbtypes.Tag{{Key: aws.String("a"), Value: aws.String("b")}}})).LoadBalancers[0].LoadBalancerArn
	blue := heard[*elb.CreateTargetGroupOutput](c, false)(client.CreateTargetGroup(ctx, &elb.CreateTargetGroupInput{Name: aws.String("blue"), Protocol: elbtypes.ProtocolEnumHttp, Port: aws.Int32(80), TargetType: elbtypes.TargetTypeEnumIp})).TargetGroups[0].TargetGroupArn
	green := heard[*elb.CreateTargetGroupOutput](c, false)(client.CreateTargetGroup(ctx, &elb.CreateTargetGroupInput{Name: aws.String("green"), Protocol: elbtypes.ProtocolEnumHttp, Port: aws.Int32(80)})).TargetGroups[0].TargetGroupArn
	forward := []elbtypes.Action{{Type: elbtypes.ActionTypeEnumForward, ForwardConfig: &elbtypes.ForwardActionConfig{
		TargetGroups:                []elbtypes.TargetGroupTuple{{TargetGroupArn: blue, Weight: aws.Int32(95)}, {TargetGroupArn: green, Weight: aws.Int32(5)}},
		TargetGroupStickinessConfig: &elbtypes.TargetGroupStickinessConfig{Enabled: aws.Bool(true), DurationSeconds: aws.Int32(60)},
	}}}
	listener := heard[*elb.CreateListenerOutput](c, false)(client.CreateListener(ctx, &elb.CreateListenerInput{LoadBalancerArn: balancer, Port: aws.Int32(80), Protocol: elbtypes.ProtocolEnumHttp, DefaultActions: forward})).Listeners[0].ListenerArn
	create := &elb.CreateRuleInput{
		ListenerArn: listener, Priority: aws.Int32(1), Actions: []elbtypes.Action{{Type: elbtypes.ActionTypeEnumForward, TargetGroupArn: blue}},
		Conditions: []elbtypes.RuleCondition{{Field: aws.String("path-pattern"), Values: []string{"/*"}}, {Field: aws.String("http-header"), HttpHeaderConfig: &elbtypes.HttpHeaderConditionConfig{HttpHeaderName: aws.String("Cookie"), Values: []string{"*a=b*"}}}},
	}
	rule := heard[*elb.CreateRuleOutput](c, false)(client.CreateRule(ctx, create)).Rules[0].RuleArn
	heard[*elb.CreateRuleOutput](c, true)(client.CreateRule(ctx, create))
	heard[*elb.ModifyRuleOutput](c, false)(client.ModifyRule(ctx, &elb.ModifyRuleInput{RuleArn: rule, Actions: forward}))
	heard[*elb.ModifyRuleOutput](c, true)(client.ModifyRule(ctx, &elb.ModifyRuleInput{RuleArn: aws.String(*rule + "0"), Actions: forward}))
	heard[*elb.ModifyRuleOutput](c, true)(client.ModifyRule(ctx, &elb.ModifyRuleInput{RuleArn: rule, Actions: []elbtypes.Action{{Type: elbtypes.ActionTypeEnumForward, TargetGroupArn: aws.String(*blue + "0")}}}))
	heard[*elb.ModifyListenerOutput](c, false)(client.ModifyListener(ctx, &elb.ModifyListenerInput{ListenerArn: listener, DefaultActions: forward}))
	heard[*elb.SetRulePrioritiesOutput](c, false)(client.SetRulePriorities(ctx, &elb.SetRulePrioritiesInput{RulePriorities: []elbtypes.RulePriorityPair{{RuleArn: rule, Priority: aws.Int32(2)}}}))
	heard[*elb.DescribeRulesOutput](c, false)(client.DescribeRules(ctx, &elb.DescribeRulesInput{ListenerArn: listener, PageSize: aws.Int32(1)}))
	heard[*elb.DescribeListenersOutput](c, false)(client.DescribeListeners(ctx, &elb.DescribeListenersInput{LoadBalancerArn: balancer}))
	heard[*elb.DescribeLoadBalancersOutput](c, false)(client.DescribeLoadBalancers(ctx, &elb.DescribeLoadBalancersInput{}))
	heard[*elb.DescribeTargetGroupsOutput](c, false)(client.DescribeTargetGroups(ctx, &elb.DescribeTargetGroupsInput{}))
	heard[*elb.DescribeTagsOutput](c, false)(client.DescribeTags(ctx, &elb.DescribeTagsInput{ResourceArns: []string{*balancer}}))
	heard[*elb.RegisterTargetsOutput](c, false)(client.RegisterTargets(ctx, &elb.RegisterTargetsInput{TargetGroupArn: blue, Targets: []elbtypes.TargetDescription{{Id: aws.String("10.0.0.1")}}}))
	time.Sleep(time.Minute)
	heard[*elb.DescribeTargetHealthOutput](c, false)(client.DescribeTargetHealth(ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: blue}))
	heard[*elb.DeregisterTargetsOutput](c, false)(client.DeregisterTargets(ctx, &elb.DeregisterTargetsInput{TargetGroupArn: blue, Targets: []elbtypes.TargetDescription{{Id: aws.String("10.0.0.1")}}}))
	attribute := []elbtypes.TargetGroupAttribute{{Key: aws.String("deregistration_delay.timeout_seconds"), Value: aws.String("30")}}
	heard[*elb.ModifyTargetGroupAttributesOutput](c, false)(client.ModifyTargetGroupAttributes(ctx, &elb.ModifyTargetGroupAttributesInput{TargetGroupArn: blue, Attributes: attribute}))
	heard[*elb.DescribeTargetGroupAttributesOutput](c, false)(client.DescribeTargetGroupAttributes(ctx, &elb.DescribeTargetGroupAttributesInput{TargetGroupArn: blue}))
	heard[*elb.DescribeLoadBalancerAttributesOutput](c, false)(client.DescribeLoadBalancerAttributes(ctx, &elb.DescribeLoadBalancerAttributesInput{LoadBalancerArn: balancer}))
	return *blue, *green
}

func (c *calls) tasks(group string) {
	ctx, client := c.Context(), ecs.NewFromConfig(c.config)
	heard[*ecs.CreateClusterOutput](c, false)(client.CreateCluster(ctx, &ecs.CreateClusterInput{}))
	heard[*ecs.DescribeClustersOutput](c, false)(client.DescribeClusters(ctx, &ecs.DescribeClustersInput{}))
	heard[*ecs.RegisterTaskDefinitionOutput](c, false)(client.RegisterTaskDefinition(ctx, &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("web"), NetworkMode: ecstypes.NetworkModeAwsvpc, Memory: aws.String("512"), RequiresCompatibilities: []ecstypes.Compatibility{ecstypes.CompatibilityFargate},
		ContainerDefinitions: []ecstypes.ContainerDefinition{{Name: aws.String("web"), Image: aws.String("web"), PortMappings: []ecstypes.PortMapping{{ContainerPort: aws.Int32(8080)}}}},
	}))
	heard[*ecs.DescribeTaskDefinitionOutput](c, false)(client.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: aws.String("web")}))
	heard[*ecs.CreateServiceOutput](c, false)(client.CreateService(ctx, &ecs.CreateServiceInput{
		ServiceName: aws.String("web"), TaskDefinition: aws.String("web"), DesiredCount: aws.Int32(2), LaunchType: ecstypes.LaunchTypeFargate,
		LoadBalancers: []ecstypes.LoadBalancer{{TargetGroupArn: &group, ContainerName: aws.String("web"), ContainerPort: aws.Int32(8080)}},
	}))
	time.Sleep(3 * time.Minute)
	heard[*ecs.UpdateServiceOutput](c, false)(client.UpdateService(ctx, &ecs.UpdateServiceInput{Service: aws.String("web"), DesiredCount: aws.Int32(1), ForceNewDeployment: true}))
	heard[*ecs.UpdateServiceOutput](c, true)(client.UpdateService(ctx, &ecs.UpdateServiceInput{Service: aws.String("none")}))
	time.Sleep(3 * time.Minute)
	heard[*ecs.DescribeServicesOutput](c, false)(client.DescribeServices(ctx, &ecs.DescribeServicesInput{Services: []string{"web", "none"}}))
	for _, status := range []ecstypes.DesiredStatus{ecstypes.DesiredStatusRunning, ecstypes.DesiredStatusStopped} {
		list := heard[*ecs.ListTasksOutput](c, false)(client.ListTasks(ctx, &ecs.ListTasksInput{ServiceName: aws.String("web"), DesiredStatus: status}))
		heard[*ecs.DescribeTasksOutput](c, false)(client.DescribeTasks(ctx, &ecs.DescribeTasksInput{Tasks: list.TaskArns}))
	}
}

func (c *calls) instances(group, template string) {
	ctx, client := c.Context(), autoscaling.NewFromConfig(c.config)
	heard[*autoscaling.CreateAutoScalingGroupOutput](c, false)(client.CreateAutoScalingGroup(ctx, &autoscaling.CreateAutoScalingGroupInput{
		AutoScalingGroupName: aws.String("web"), MinSize: aws.Int32(0), MaxSize: aws.Int32(2), DesiredCapacity: aws.Int32(1), AvailabilityZones: []string{"us-east-1a"}, TargetGroupARNs: []string{group},
		LaunchTemplate: &scalingtypes.LaunchTemplateSpecification{LaunchTemplateId: &template, Version: aws.String("1")}, Tags: []scalingtypes.Tag{{Key: aws.String("a"), Value: aws.String("b")}},
	}))
	time.Sleep(2 * time.Minute)
	heard[*autoscaling.UpdateAutoScalingGroupOutput](c, false)(client.UpdateAutoScalingGroup(ctx, &autoscaling.UpdateAutoScalingGroupInput{AutoScalingGroupName: aws.String("web"), DesiredCapacity: aws.Int32(2)}))
	heard[*autoscaling.UpdateAutoScalingGroupOutput](c, true)(client.UpdateAutoScalingGroup(ctx, &autoscaling.UpdateAutoScalingGroupInput{AutoScalingGroupName: aws.String("web"), LaunchTemplate: &scalingtypes.LaunchTemplateSpecification{LaunchTemplateId: &template, Version: aws.String("9")}}))
	heard[*autoscaling.DescribeInstanceRefreshesOutput](c, false)(client.DescribeInstanceRefreshes(ctx, &autoscaling.DescribeInstanceRefreshesInput{AutoScalingGroupName: aws.String("web"), MaxRecords: aws.Int32(1)}))
	heard[*autoscaling.SetDesiredCapacityOutput](c, true)(client.SetDesiredCapacity(ctx, &autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("web"), DesiredCapacity: aws.Int32(9)}))
	heard[*autoscaling.SetDesiredCapacityOutput](c, false)(client.SetDesiredCapacity(ctx, &autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("web"), DesiredCapacity: aws.Int32(0)}))
	time.Sleep(time.Minute)
	heard[*autoscaling.DescribeAutoScalingGroupsOutput](c, false)(client.DescribeAutoScalingGroups(ctx, &autoscaling.DescribeAutoScalingGroupsInput{}))
	heard[*autoscaling.DescribeScalingActivitiesOutput](c, false)(client.DescribeScalingActivities(ctx, &autoscaling.DescribeScalingActivitiesInput{AutoScalingGroupName: aws.String("web"), MaxRecords: aws.Int32(1)}))
}
