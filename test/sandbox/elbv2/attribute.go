package elbv2

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/test/sandbox/wire"
)

// Attributes of target groups that matter here
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html).
const (
	drainingTime   = "deregistration_delay.timeout_seconds"
	stickinessOn   = "stickiness.enabled"
	stickinessType = "stickiness.type"
	stickinessTime = "stickiness.lb_cookie.duration_seconds"
	slowStart      = "slow_start.duration_seconds"
	algorithm      = "load_balancing.algorithm.type"
	fewestHealthy  = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count"
	leastHealthy   = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage"
)

func defaultsOfGroups() map[string]string {
	return map[string]string{
		drainingTime: "300", stickinessOn: "false", stickinessType: "lb_cookie", stickinessTime: "86400", slowStart: "0", algorithm: "round_robin",
		fewestHealthy: "1", leastHealthy: "off",
	}
}

// DescribeTargetGroupAttributes tells the attributes that matter here.
func (s *Service) DescribeTargetGroupAttributes(_ context.Context, in *elb.DescribeTargetGroupAttributesInput) (*elb.DescribeTargetGroupAttributesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.group(in.TargetGroupArn)
	if err != nil {
		return nil, err
	}
	return &elb.DescribeTargetGroupAttributesOutput{Attributes: g.listed()}, nil
}

// ModifyTargetGroupAttributes changes the attributes that are given. That target stickiness is refused where a rule of several groups has no
// stickiness of its own is AWS's refusal of such a rule, seen from the other side; undocumented.
func (s *Service) ModifyTargetGroupAttributes(_ context.Context, in *elb.ModifyTargetGroupAttributesInput) (*elb.ModifyTargetGroupAttributesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.group(in.TargetGroupArn)
	if err != nil {
		return nil, err
	}
	changed := maps.Clone(g.attributes)
	for _, a := range in.Attributes {
		key, value := aws.ToString(a.Key), aws.ToString(a.Value)
		if err := checkAttribute(key, value); err != nil {
			return nil, err
		}
		changed[key] = value
	}
	switch {
	case changed[algorithm] != "round_robin" && changed[slowStart] != "0":
		// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#slow-start-mode
		return nil, invalid("Slow start cannot be used with the load balancing algorithm '%s'", changed[algorithm])
	case changed[stickinessOn] == "true" && s.sharesWithoutStickiness(g):
		return nil, &types.InvalidConfigurationRequestException{Message: aws.String("You must enable group stickiness on a rule if you enabled target stickiness on one of its target groups")}
	}
	if changed[slowStart] != g.attributes[slowStart] {
		g.neverSlow() // "the healthy targets registered with the target group do not enter slow start mode"
	}
	g.attributes = changed
	return &elb.ModifyTargetGroupAttributesOutput{Attributes: g.listed()}, nil
}

func checkAttribute(key, value string) error {
	var fits bool
	switch key {
	case drainingTime:
		fits = isNumber(value, 0, 3600)
	case stickinessOn:
		fits = value == "true" || value == "false"
	case stickinessTime:
		fits = isNumber(value, 1, longestStickiness)
	case slowStart:
		fits = value == "0" || isNumber(value, 30, 900)
	case fewestHealthy:
		fits = isNumber(value, 1, 1000)
	case leastHealthy:
		fits = value == "off" || isNumber(value, 1, 100)
	case stickinessType:
		if value == "app_cookie" {
			return wire.NotImplemented("stickiness by a cookie of the application")
		}
		fits = value == "lb_cookie"
	case algorithm:
		if value == "least_outstanding_requests" || value == "weighted_random" {
			return wire.NotImplemented("the load balancing algorithm " + value)
		}
		fits = value == "round_robin"
	default:
		return wire.NotImplemented("the target group attribute " + key)
	}
	if !fits {
		return invalid("'%s' is not a value of the target group attribute '%s'", value, key)
	}
	return nil
}

// sharesWithoutStickiness says whether an action names the group beside others and does not keep clients in their group.
func (s *Service) sharesWithoutStickiness(g *group) bool {
	for _, b := range s.balancers {
		for _, r := range b.rules() {
			for _, a := range r.Actions {
				if c := a.ForwardConfig; c != nil && len(c.TargetGroups) > 1 && !aws.ToBool(c.TargetGroupStickinessConfig.Enabled) && slices.Contains(r.groups(), *g.TargetGroupArn) {
					return true
				}
			}
		}
	}
	return false
}

func (g *group) listed() []types.TargetGroupAttribute {
	var listed []types.TargetGroupAttribute
	for _, key := range slices.Sorted(maps.Keys(g.attributes)) {
		listed = append(listed, types.TargetGroupAttribute{Key: aws.String(key), Value: aws.String(g.attributes[key])})
	}
	return listed
}

// seconds is the value of an attribute that is a time.
func (g *group) seconds(attribute string) time.Duration {
	n, _ := strconv.Atoi(g.attributes[attribute])
	return time.Duration(n) * time.Second
}

func isNumber(text string, least, most int) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n >= least && n <= most
}
