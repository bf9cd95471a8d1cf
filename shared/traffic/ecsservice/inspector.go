package ecsservice

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/taskdefinition"
)

// Inspector looks at a service before a release.
type Inspector struct{ *Deployer }

var _ traffic.Inspector = (*Inspector)(nil)

// Inspect implements traffic.Inspector.
func (i *Inspector) Inspect(ctx context.Context, t rollout.Target, revision, _ string) (*rollout.Rejection, error) {
	e := *t.ECSService
	if why, err := taskdefinition.Runs(ctx, i.ecs, revision, "target.ecsService.images"); why != nil || err != nil {
		return why, err
	}
	service, err := i.service(ctx, e)
	if o := traffic.ObstacleOf(err); o != nil {
		return rollout.Because(o.What, o.Remedy), nil
	}
	if err != nil {
		return nil, err
	}
	for _, refuses := range []func(kind.ECSService, types.Service) *rollout.Rejection{led, balanced, connected, paused, hooked} {
		if why := refuses(e, service); why != nil {
			return why, nil
		}
	}
	return i.sticks(ctx, e)
}

// led refuses a service that ECS does not deploy itself.
func led(e kind.ECSService, s types.Service) *rollout.Rejection {
	if c := s.DeploymentController; c != nil && c.Type != "" && c.Type != types.DeploymentControllerTypeEcs {
		return rollout.Because(fmt.Sprintf("%s is deployed by the controller %s, and not by ECS", e, c.Type), "give it the deployment controller ECS (aws ecs update-service --deployment-controller type=ECS), or name its rule and target groups as a target albRule")
	}
	if e.Shifts() && s.SchedulingStrategy == types.SchedulingStrategyDaemon {
		return rollout.Because(fmt.Sprintf("%s runs one task on each instance (DAEMON), which ECS only replaces one by one", e), "leave loadBalancer.alternate and serviceConnect out, and release with allAtOnce")
	}
	return nil
}

// balanced refuses a definition whose load balancer is not the service's.
func balanced(e kind.ECSService, s types.Service) *rollout.Rejection {
	b := e.LoadBalancer
	switch {
	case b == nil:
		return nil
	case len(s.LoadBalancers) != 1:
		return rollout.Because(fmt.Sprintf("%s has %d load balancers, and Sluice counts by one", e, len(s.LoadBalancers)), "give it one target group, with an alternate one")
	}
	has := s.LoadBalancers[0]
	groups := []string{aws.ToString(has.TargetGroupArn)}
	rule := b.Rule
	if a := has.AdvancedConfiguration; a != nil {
		groups, rule = append(groups, aws.ToString(a.AlternateTargetGroupArn)), aws.ToString(a.ProductionListenerRule)
	}
	wanted := []string{b.TargetGroup}
	if b.Alternate != "" {
		wanted = append(wanted, b.Alternate)
	}
	switch {
	case b.Alternate != "" && len(groups) == 1:
		return rollout.Because(fmt.Sprintf("%s has no alternate target group, so ECS cannot divide its traffic", e), "give it one (aws ecs update-service, loadBalancers[].advancedConfiguration), or leave loadBalancer.alternate out")
	case !slices.Equal(groups[:len(wanted)], wanted):
		return rollout.Because(fmt.Sprintf("%s has the target groups %v, and the definition names %v", e, groups, wanted), "copy targetGroupArn and alternateTargetGroupArn from: aws ecs describe-services")
	case rule != b.Rule:
		return rollout.Because(fmt.Sprintf("ECS moves the rule %s of %s, and the definition names another", rule, e), "copy productionListenerRule from: aws ecs describe-services")
	}
	return nil
}

// connected refuses a definition that names another service of Service Connect.
func connected(e kind.ECSService, s types.Service) *rollout.Rejection {
	if e.Connect == "" {
		return nil
	}
	for _, d := range s.Deployments {
		if c := d.ServiceConnectConfiguration; c != nil && c.Enabled && slices.ContainsFunc(c.Services, func(n types.ServiceConnectService) bool {
			return aws.ToString(n.DiscoveryName) == e.Connect || n.DiscoveryName == nil && aws.ToString(n.PortName) == e.Connect
		}) {
			return nil
		}
	}
	return rollout.Because(fmt.Sprintf("%s is not %s in Service Connect", e, e.Connect), "copy discoveryName from: aws ecs describe-services")
}

// paused refuses a service with pauses of its own: which of two hooks waits is not told, and Sluice would answer for people.
func paused(e kind.ECSService, s types.Service) *rollout.Rejection {
	if s.DeploymentConfiguration == nil {
		return nil
	}
	for _, h := range pauses(*s.DeploymentConfiguration) {
		if !own(h) {
			return rollout.Because(fmt.Sprintf("%s has a PAUSE hook of its own at %v", e, h.LifecycleStages), "take it out, and write approvals in the definition: Sluice asks people, and holds the deployment meanwhile")
		}
	}
	return nil
}

// hooked refuses a service with hooks of Lambda whose roles Sluice may not pass: a deployment names them again, or they would be gone.
func hooked(e kind.ECSService, s types.Service) *rollout.Rejection {
	if s.DeploymentConfiguration == nil {
		return nil
	}
	for _, h := range s.DeploymentConfiguration.LifecycleHooks {
		if role := aws.ToString(h.RoleArn); role != "" && !slices.Contains(e.HookRoles, role) {
			return rollout.Because(fmt.Sprintf("%s has a hook that calls %s as role %s, which target.ecsService.hookRoles does not name", e, aws.ToString(h.HookTargetArn), role), "add it there and deploy: only then may Sluice begin deployments that keep the hook")
		}
	}
	return nil
}

// sticks refuses a rule that keeps clients with a target group: whether a client's cookie for a target group of weight 0 is honoured is not documented,
// and ECS does not switch it off when it goes back.
func (i *Inspector) sticks(ctx context.Context, e kind.ECSService) (*rollout.Rejection, error) {
	if !e.Grouped() {
		return nil, nil
	}
	out, err := i.rules.DescribeRules(ctx, &elb.DescribeRulesInput{RuleArns: []string{e.LoadBalancer.Rule}})
	if err != nil {
		return nil, fmt.Errorf("reading the rule of %s: %w", e, err)
	}
	for _, r := range out.Rules {
		for _, a := range r.Actions {
			if f := a.ForwardConfig; f != nil && f.TargetGroupStickinessConfig != nil && aws.ToBool(f.TargetGroupStickinessConfig.Enabled) {
				return rollout.Because(fmt.Sprintf("the rule of %s keeps clients with the target group that they met first, also with one that ECS has taken all traffic from", e), "switch its stickiness off (aws elbv2 modify-rule), or release by two services as a target albRule"), nil
			}
		}
	}
	return nil, nil
}
