package elbv2

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/test/sandbox/wire"
)

// group is a target group.
type group struct {
	types.TargetGroup
	attributes map[string]string
	targets    []*target
	used       bool // an action names it
}

// path is what metrics call it: "targetgroup/shop/6d0ecf831eec9f09".
func (g *group) path() string {
	_, path, _ := strings.Cut(*g.TargetGroupArn, ":targetgroup/")
	return "targetgroup/" + path
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
var groupName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$`)

// CreateTargetGroup makes a target group for an Application Load Balancer.
func (s *Service) CreateTargetGroup(_ context.Context, in *elb.CreateTargetGroupInput) (*elb.CreateTargetGroupOutput, error) {
	name := aws.ToString(in.Name)
	switch {
	case in.Protocol != types.ProtocolEnumHttp || in.TargetType != "" && in.TargetType != types.TargetTypeEnumInstance && in.TargetType != types.TargetTypeEnumIp:
		return nil, wire.NotImplemented("CreateTargetGroup of other than instances or addresses by HTTP")
	case in.HealthCheckEnabled != nil && !*in.HealthCheckEnabled:
		return nil, invalid("Health check enabled must be true for target groups with target type '%s'", in.TargetType)
	case !groupName.MatchString(name):
		return nil, invalid("Target group name '%s' must have 1 to 32 letters, digits or hyphens, and must not begin or end with a hyphen", name)
	case in.Port == nil || !within(in.Port, 1, 65535):
		return nil, invalid("A target group port between 1 and 65535 must be specified")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.ContainsFunc(s.groups, func(g *group) bool { return *g.TargetGroupName == name }) {
		return nil, &types.DuplicateTargetGroupNameException{Message: aws.String(fmt.Sprintf("A target group with the same name '%s' exists, but with different settings", name))}
	}
	kind := in.TargetType
	if kind == "" {
		kind = types.TargetTypeEnumInstance
	}
	made := types.TargetGroup{
		TargetGroupName: in.Name, TargetType: kind, Protocol: in.Protocol, ProtocolVersion: aws.String("HTTP1"), Port: in.Port, VpcId: in.VpcId,
		IpAddressType: types.TargetGroupIpAddressTypeEnumIpv4, HealthCheckEnabled: aws.Bool(true), HealthCheckPort: aws.String("traffic-port"),
		HealthCheckProtocol: types.ProtocolEnumHttp, HealthCheckPath: aws.String("/"), HealthCheckIntervalSeconds: aws.Int32(30), HealthCheckTimeoutSeconds: aws.Int32(5),
		HealthyThresholdCount: aws.Int32(5), UnhealthyThresholdCount: aws.Int32(2), Matcher: &types.Matcher{HttpCode: aws.String("200")},
	}
	made, err := checked(made, checkSettings{
		in.HealthCheckPath, in.HealthCheckPort, in.HealthCheckIntervalSeconds, in.HealthCheckTimeoutSeconds, in.HealthyThresholdCount, in.UnhealthyThresholdCount,
		in.Matcher, in.HealthCheckProtocol,
	})
	if err != nil {
		return nil, err
	}
	made.TargetGroupArn = aws.String(s.arn("targetgroup", name))
	g := &group{TargetGroup: made, attributes: defaultsOfGroups()}
	s.groups = append(s.groups, g)
	s.tag(*g.TargetGroupArn, in.Tags)
	return &elb.CreateTargetGroupOutput{TargetGroups: []types.TargetGroup{s.described(g)}}, nil
}

// ModifyTargetGroup changes how the targets of a group are checked.
func (s *Service) ModifyTargetGroup(_ context.Context, in *elb.ModifyTargetGroupInput) (*elb.ModifyTargetGroupOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.group(in.TargetGroupArn)
	if err != nil {
		return nil, err
	}
	changed, err := checked(g.TargetGroup, checkSettings{
		in.HealthCheckPath, in.HealthCheckPort, in.HealthCheckIntervalSeconds, in.HealthCheckTimeoutSeconds, in.HealthyThresholdCount, in.UnhealthyThresholdCount,
		in.Matcher, in.HealthCheckProtocol,
	})
	if err != nil {
		return nil, err
	}
	g.TargetGroup = changed
	return &elb.ModifyTargetGroupOutput{TargetGroups: []types.TargetGroup{s.described(g)}}, nil
}

// DescribeTargetGroups describes target groups by ARN or name, or those of a load balancer; without any, all.
func (s *Service) DescribeTargetGroups(_ context.Context, in *elb.DescribeTargetGroupsInput) (*elb.DescribeTargetGroupsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, wanted := range slices.Concat(in.TargetGroupArns, in.Names) {
		if !slices.ContainsFunc(s.groups, func(g *group) bool { return *g.TargetGroupArn == wanted || *g.TargetGroupName == wanted }) {
			return nil, unknownGroup(wanted)
		}
	}
	var found []types.TargetGroup
	for _, g := range s.groups {
		all := len(in.TargetGroupArns)+len(in.Names) == 0 && in.LoadBalancerArn == nil
		d := s.described(g)
		if all || slices.Contains(in.TargetGroupArns, *g.TargetGroupArn) || slices.Contains(in.Names, *g.TargetGroupName) ||
			in.LoadBalancerArn != nil && slices.Contains(d.LoadBalancerArns, *in.LoadBalancerArn) {
			found = append(found, d)
		}
	}
	found, next, err := page(found, in.Marker, in.PageSize)
	if err != nil {
		return nil, err
	}
	return &elb.DescribeTargetGroupsOutput{TargetGroups: found, NextMarker: next}, nil
}

// DeleteTargetGroup deletes a target group that no action names.
func (s *Service) DeleteTargetGroup(_ context.Context, in *elb.DeleteTargetGroupInput) (*elb.DeleteTargetGroupOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.group(in.TargetGroupArn)
	switch {
	case err != nil:
		return nil, err
	case g.used:
		return nil, &types.ResourceInUseException{Message: aws.String(fmt.Sprintf("Target group '%s' is currently in use by a listener or a rule", *in.TargetGroupArn))}
	}
	s.groups = slices.DeleteFunc(s.groups, func(other *group) bool { return other == g })
	return &elb.DeleteTargetGroupOutput{}, nil
}

// described is a target group with the load balancer that it belongs to.
func (s *Service) described(g *group) types.TargetGroup {
	d := g.TargetGroup
	for _, b := range s.balancers {
		if b.groups()[*g.TargetGroupArn] {
			d.LoadBalancerArns = append(d.LoadBalancerArns, *b.LoadBalancerArn)
		}
	}
	return d
}

func (s *Service) group(arn *string) (*group, error) {
	for _, g := range s.groups {
		if *g.TargetGroupArn == aws.ToString(arn) {
			return g, nil
		}
	}
	return nil, unknownGroup(aws.ToString(arn))
}

// checkSettings are how targets are checked, as far as given.
type checkSettings struct {
	path, port                            *string
	interval, timeout, healthy, unhealthy *int32
	matcher                               *types.Matcher
	protocol                              types.ProtocolEnum
}

// checked is a target group with other settings of its health checks. The ranges are those of
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html.
func checked(g types.TargetGroup, c checkSettings) (types.TargetGroup, error) {
	g.HealthCheckPath, g.HealthCheckPort = or(c.path, g.HealthCheckPath), or(c.port, g.HealthCheckPort)
	g.HealthCheckIntervalSeconds, g.HealthCheckTimeoutSeconds = or(c.interval, g.HealthCheckIntervalSeconds), or(c.timeout, g.HealthCheckTimeoutSeconds)
	g.HealthyThresholdCount, g.UnhealthyThresholdCount = or(c.healthy, g.HealthyThresholdCount), or(c.unhealthy, g.UnhealthyThresholdCount)
	g.Matcher = or(c.matcher, g.Matcher)
	switch {
	case c.protocol != "" && c.protocol != types.ProtocolEnumHttp:
		return g, wire.NotImplemented("health checks by " + string(c.protocol))
	case !strings.HasPrefix(*g.HealthCheckPath, "/"):
		return g, invalid("Health check path '%s' must begin with a '/' character", *g.HealthCheckPath)
	case *g.HealthCheckPort != "traffic-port" && !isNumber(*g.HealthCheckPort, 1, 65535):
		return g, invalid("Health check port '%s' must be 'traffic-port' or a port", *g.HealthCheckPort)
	case !within(g.HealthCheckIntervalSeconds, 5, 300):
		return g, invalid("Health check interval must be between 5 and 300")
	case !within(g.HealthCheckTimeoutSeconds, 2, 120):
		return g, invalid("Health check timeout must be between 2 and 120")
	case *g.HealthCheckTimeoutSeconds >= *g.HealthCheckIntervalSeconds:
		return g, invalid("Health check interval must be greater than the timeout.")
	case !within(g.HealthyThresholdCount, 2, 10), !within(g.UnhealthyThresholdCount, 2, 10):
		return g, invalid("Health check thresholds must be between 2 and 10")
	}
	_, err := statuses(g.Matcher)
	return g, err
}

func or[T any](given, usual *T) *T {
	if given != nil {
		return given
	}
	return usual
}
