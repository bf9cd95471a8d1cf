package ecs

import (
	"fmt"
	"math"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"sluice/test/sandbox/wire"
)

// configured are the settings of deployments, with their defaults
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html).
func (s *Service) configured(given *types.DeploymentConfiguration) (types.DeploymentConfiguration, error) {
	config := types.DeploymentConfiguration{}
	if given != nil {
		config = *given
	}
	config.MaximumPercent, config.MinimumHealthyPercent = or(config.MaximumPercent, 200), or(config.MinimumHealthyPercent, 100)
	if config.DeploymentCircuitBreaker == nil {
		config.DeploymentCircuitBreaker = &types.DeploymentCircuitBreaker{}
	}
	if config.Strategy == "" {
		config.Strategy = types.DeploymentStrategyRolling
	}
	rolling := config.Strategy == types.DeploymentStrategyRolling
	switch {
	case !slices.Contains(config.Strategy.Values(), config.Strategy):
		return config, invalid("The deployment strategy " + string(config.Strategy) + " is not valid.")
	case config.DeploymentCircuitBreaker.ThresholdConfiguration != nil, config.DeploymentCircuitBreaker.ResetOnHealthyTask != nil, config.EarlySuccessCriteria != nil:
		return config, wire.NotImplemented("deployments with a threshold of their own or early success criteria")
	case rolling && (config.Alarms != nil && config.Alarms.Enable || len(config.LifecycleHooks) > 0):
		return config, wire.NotImplemented("rolling deployments with alarms or lifecycle hooks")
	case !rolling && config.BakeTimeInMinutes == nil: // "You must provide this parameter when you use the BLUE_GREEN deployment strategy."
		return config, invalid("bakeTimeInMinutes must be specified for the deployment strategy " + string(config.Strategy) + ".")
	}
	if err := checkMinutes("bakeTimeInMinutes", config.BakeTimeInMinutes); err != nil {
		return config, err
	}
	if err := s.checkHooks(config.LifecycleHooks); err != nil {
		return config, err
	}
	return config, checkSteps(&config)
}

// checkSteps gives the steps of a linear or canary deployment their defaults, and refuses what is out of range. The words are not documented.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinearConfiguration.html
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CanaryConfiguration.html
func checkSteps(config *types.DeploymentConfiguration) error {
	switch {
	case config.LinearConfiguration != nil && config.Strategy != types.DeploymentStrategyLinear:
		return invalid("linearConfiguration is only valid when the deployment strategy is LINEAR.")
	case config.CanaryConfiguration != nil && config.Strategy != types.DeploymentStrategyCanary:
		return invalid("canaryConfiguration is only valid when the deployment strategy is CANARY.")
	case config.Strategy == types.DeploymentStrategyLinear:
		given := types.LinearConfiguration{}
		if config.LinearConfiguration != nil {
			given = *config.LinearConfiguration
		}
		given.StepPercent, given.StepBakeTimeInMinutes = orPercent(given.StepPercent, 10), or(given.StepBakeTimeInMinutes, 6)
		config.LinearConfiguration = &given
		return checkStep("step", given.StepPercent, 3, given.StepBakeTimeInMinutes)
	case config.Strategy == types.DeploymentStrategyCanary:
		given := types.CanaryConfiguration{}
		if config.CanaryConfiguration != nil {
			given = *config.CanaryConfiguration
		}
		given.CanaryPercent, given.CanaryBakeTimeInMinutes = orPercent(given.CanaryPercent, 5), or(given.CanaryBakeTimeInMinutes, 10)
		config.CanaryConfiguration = &given
		return checkStep("canary", given.CanaryPercent, 0.1, given.CanaryBakeTimeInMinutes)
	}
	return nil
}

func orPercent(given *float64, usual float64) *float64 {
	if given == nil {
		return &usual
	}
	return given
}

// checkStep refuses what is no multiple of 0.1 in range, and a bake that is too long.
func checkStep(name string, percent *float64, least float64, bake *int32) error {
	tenths := *percent * 10
	if *percent < least || *percent > 100 || math.Abs(tenths-math.Round(tenths)) > 1e-6 {
		return invalid(fmt.Sprintf("%sPercent must be a multiple of 0.1 from %.1f to 100.0.", name, least))
	}
	return checkMinutes(name+"BakeTimeInMinutes", bake)
}

func checkMinutes(name string, n *int32) error {
	if n != nil && (*n < 0 || *n > 1440) {
		return invalid(name + " must be between 0 and 1440.")
	}
	return nil
}

// fits refuses a strategy that shifts traffic for a service without anything that ECS could shift
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-blue-green.html). Services without either, which ECS deploys blue/green
// without any traffic, are not done here.
func fits(config types.DeploymentConfiguration, balancers []types.LoadBalancer, connect *types.ServiceConnectConfiguration) error {
	if config.Strategy == types.DeploymentStrategyRolling {
		return nil
	}
	if slices.ContainsFunc(balancers, func(l types.LoadBalancer) bool { return l.AdvancedConfiguration == nil }) {
		return invalid("advancedConfiguration field is required for all loadBalancers when using a deployment strategy other than ROLLING.")
	}
	if len(balancers) == 0 && (connect == nil || !connect.Enabled) {
		return wire.NotImplemented("the deployment strategy " + string(config.Strategy) + " without load balancer and Service Connect")
	}
	return nil
}

// checkAdvanced refuses an alternate target group or a rule that ECS could not use
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AdvancedConfiguration.html). The words are not documented.
func (s *Service) checkAdvanced(l types.LoadBalancer) error {
	a := l.AdvancedConfiguration
	if a == nil {
		return nil
	}
	if aws.ToString(a.AlternateTargetGroupArn) == "" || aws.ToString(a.ProductionListenerRule) == "" || aws.ToString(a.RoleArn) == "" {
		return invalid("advancedConfiguration needs alternateTargetGroupArn, productionListenerRule and roleArn.")
	}
	found, err := s.o.Balancing.DescribeTargetGroups(s.o.Context, &elb.DescribeTargetGroupsInput{TargetGroupArns: []string{*a.AlternateTargetGroupArn}})
	switch {
	case err != nil:
		return invalid("The specified alternate target group does not exist.")
	case len(found.TargetGroups[0].LoadBalancerArns) == 0:
		return invalid("The target group with targetGroupArn " + *a.AlternateTargetGroupArn + " does not have an associated load balancer.")
	}
	for _, rule := range []*string{a.ProductionListenerRule, a.TestListenerRule} {
		if rule == nil {
			continue
		}
		if _, err := s.o.Balancing.DescribeRules(s.o.Context, &elb.DescribeRulesInput{RuleArns: []string{*rule}}); err != nil {
			return invalid("The specified listener rule " + *rule + " does not exist.")
		}
	}
	return nil
}
