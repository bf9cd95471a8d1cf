package elbv2

import (
	"context"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
const mostTargets = 1000

// target is one member of a target group.
type target struct {
	types.TargetDescription
	health
	drained time.Time // when its deregistration is over; zero while it is registered
	turns   float64   // its credit in the round-robin
}

func (t *target) draining() bool { return !t.drained.IsZero() }

func (t *target) is(d types.TargetDescription) bool {
	return *t.Id == aws.ToString(d.Id) && (d.Port == nil || *d.Port == *t.Port)
}

// RegisterTargets registers targets: addresses, or instances, which are reached by their id here. A target that drains is registered again.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html
//
// AWS takes private addresses only; here 127.0.0.1 is one.
func (s *Service) RegisterTargets(_ context.Context, in *elb.RegisterTargetsInput) (*elb.RegisterTargetsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.group(in.TargetGroupArn)
	if err != nil {
		return nil, err
	}
	if err := g.check(in.Targets); err != nil {
		return nil, err
	}
	now := time.Now()
	g.forget(now)
	// "If an empty target group is enabled for slow start and you register one or more targets using a single registration operation, these targets
	// do not enter slow start mode": https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
	first := len(g.registered()) == 0
	for _, d := range in.Targets {
		if d.Port == nil {
			d.Port = g.Port
		}
		if i := slices.IndexFunc(g.targets, func(t *target) bool { return t.is(d) }); i >= 0 {
			if !g.targets[i].draining() {
				continue
			}
			g.targets[i].unwatch()
			g.targets = slices.Delete(g.targets, i, i+1)
		}
		g.targets = append(g.targets, &target{TargetDescription: d, health: health{state: types.TargetHealthStateEnumUnused, neverSlow: first}})
	}
	s.settle()
	s.count()
	return &elb.RegisterTargetsOutput{}, nil
}

func (g *group) check(given []types.TargetDescription) error {
	if len(given) == 0 {
		return invalid("At least one target must be specified")
	}
	for _, d := range given {
		id := aws.ToString(d.Id)
		switch {
		case g.TargetType == types.TargetTypeEnumIp && net.ParseIP(id) == nil:
			return invalid("The IP address '%s' is not a valid IPv4 address", id)
		case g.TargetType == types.TargetTypeEnumInstance && !strings.HasPrefix(id, "i-"):
			return invalid("Instance ID '%s' is not valid", id)
		case !within(d.Port, 1, 65535):
			return invalid("Port '%d' must be between 1 and 65535", *d.Port)
		}
	}
	if len(g.targets)+len(given) > mostTargets {
		return &types.TooManyTargetsException{Message: aws.String("The maximum number of targets per target group has been reached")}
	}
	return nil
}

// DeregisterTargets has targets drain: they get no new requests, and stay until the deregistration delay is over. One that is not registered is no
// error. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeregisterTargets.html
//
// That the targets of a group which no action names go at once is undocumented.
func (s *Service) DeregisterTargets(_ context.Context, in *elb.DeregisterTargetsInput) (*elb.DeregisterTargetsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.group(in.TargetGroupArn)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	for _, t := range g.registered() {
		if !slices.ContainsFunc(in.Targets, t.is) {
			continue
		}
		t.unwatch()
		t.drained = now
		if g.used {
			t.drained = now.Add(g.seconds(drainingTime))
		}
	}
	g.forget(now)
	return &elb.DeregisterTargetsOutput{}, nil
}

// forget drops targets that have drained.
func (g *group) forget(now time.Time) {
	g.targets = slices.DeleteFunc(g.targets, func(t *target) bool { return t.draining() && !t.drained.After(now) })
}

// registered are the targets that do not drain.
func (g *group) registered() []*target {
	return slices.DeleteFunc(slices.Clone(g.targets), (*target).draining)
}

// DescribeTargetHealth tells the health of a group's targets, or of those that are asked for.
func (s *Service) DescribeTargetHealth(_ context.Context, in *elb.DescribeTargetHealthInput) (*elb.DescribeTargetHealthOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.group(in.TargetGroupArn)
	if err != nil {
		return nil, err
	}
	g.forget(time.Now())
	out := &elb.DescribeTargetHealthOutput{TargetHealthDescriptions: []types.TargetHealthDescription{}}
	for _, t := range g.targets {
		if len(in.Targets) == 0 || slices.ContainsFunc(in.Targets, t.is) {
			out.TargetHealthDescriptions = append(out.TargetHealthDescriptions, g.healthOf(t))
		}
	}
	for _, d := range in.Targets {
		if !slices.ContainsFunc(g.targets, func(t *target) bool { return t.is(d) }) {
			out.TargetHealthDescriptions = append(out.TargetHealthDescriptions, types.TargetHealthDescription{
				Target: &d, TargetHealth: &types.TargetHealth{State: types.TargetHealthStateEnumUnused, Reason: types.TargetHealthReasonEnumNotRegistered, Description: aws.String("Target is not registered to the target group")},
			})
		}
	}
	return out, nil
}

func (g *group) healthOf(t *target) types.TargetHealthDescription {
	d := t.TargetDescription
	port := *g.HealthCheckPort
	if port == "traffic-port" {
		port = strconv.Itoa(int(*t.Port))
	}
	h := types.TargetHealth{State: t.state, Reason: t.reason}
	if t.words != "" {
		h.Description = aws.String(t.words)
	}
	if t.draining() {
		h = types.TargetHealth{State: types.TargetHealthStateEnumDraining, Reason: types.TargetHealthReasonEnumDeregistrationInProgress, Description: aws.String("Target deregistration is in progress")}
	}
	return types.TargetHealthDescription{Target: &d, HealthCheckPort: &port, TargetHealth: &h}
}
