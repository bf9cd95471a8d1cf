package elbv2

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/test/sandbox/wire"
)

// balancer is an Application Load Balancer.
type balancer struct {
	types.LoadBalancer
	attributes map[string]string
	listeners  []*listener
}

// path is the part of the ARN that metrics and the ARNs below it share: "app/shop/50dc6c495c0c9188".
func (b *balancer) path() string {
	_, path, _ := strings.Cut(*b.LoadBalancerArn, ":loadbalancer/")
	return path
}

// rules are those of all listeners.
func (b *balancer) rules() []*rule {
	var all []*rule
	for _, l := range b.listeners {
		all = append(all, l.rules...)
	}
	return all
}

// groups are the target groups that actions name.
func (b *balancer) groups() map[string]bool {
	named := map[string]bool{}
	for _, r := range b.rules() {
		for _, g := range r.groups() {
			named[g] = true
		}
	}
	return named
}

// defaults of https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html that matter here.
var defaultsOfBalancers = map[string]string{"idle_timeout.timeout_seconds": "60", "deletion_protection.enabled": "false"}

// CreateLoadBalancer makes an Application Load Balancer. On AWS it is provisioned for minutes; here it is active at once.
func (s *Service) CreateLoadBalancer(_ context.Context, in *elb.CreateLoadBalancerInput) (*elb.CreateLoadBalancerOutput, error) {
	name := aws.ToString(in.Name)
	switch {
	case in.Type != "" && in.Type != types.LoadBalancerTypeEnumApplication:
		return nil, wire.NotImplemented("CreateLoadBalancer of type " + string(in.Type))
	case name == "" || len(name) > 32:
		return nil, invalid("The load balancer name '%s' must have 1 to 32 characters", name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.ContainsFunc(s.balancers, func(b *balancer) bool { return *b.LoadBalancerName == name }) {
		return nil, &types.DuplicateLoadBalancerNameException{Message: aws.String(fmt.Sprintf("A load balancer with the same name '%s' exists, but with different settings", name))}
	}
	scheme := in.Scheme
	if scheme == "" {
		scheme = types.LoadBalancerSchemeEnumInternetFacing
	}
	b := &balancer{attributes: maps.Clone(defaultsOfBalancers), LoadBalancer: types.LoadBalancer{
		LoadBalancerArn: aws.String(s.arn("loadbalancer", "app/"+name)), LoadBalancerName: in.Name, Type: types.LoadBalancerTypeEnumApplication,
		CreatedTime: aws.Time(time.Now().UTC()), Scheme: scheme, IpAddressType: types.IpAddressTypeIpv4, SecurityGroups: in.SecurityGroups,
		DNSName: aws.String(fmt.Sprintf("%s-%d.%s.elb.amazonaws.com", name, s.made, s.o.Home.Region)),
		State:   &types.LoadBalancerState{Code: types.LoadBalancerStateEnumActive},
	}}
	s.balancers = append(s.balancers, b)
	s.tag(*b.LoadBalancerArn, in.Tags)
	return &elb.CreateLoadBalancerOutput{LoadBalancers: []types.LoadBalancer{b.LoadBalancer}}, nil
}

// DescribeLoadBalancers describes load balancers by ARN or name; without either, all.
func (s *Service) DescribeLoadBalancers(_ context.Context, in *elb.DescribeLoadBalancersInput) (*elb.DescribeLoadBalancersOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, wanted := range slices.Concat(in.LoadBalancerArns, in.Names) {
		if !slices.ContainsFunc(s.balancers, func(b *balancer) bool { return *b.LoadBalancerArn == wanted || *b.LoadBalancerName == wanted }) {
			return nil, unknownBalancer(wanted)
		}
	}
	var found []types.LoadBalancer
	for _, b := range s.balancers {
		if len(in.LoadBalancerArns)+len(in.Names) == 0 || slices.Contains(in.LoadBalancerArns, *b.LoadBalancerArn) || slices.Contains(in.Names, *b.LoadBalancerName) {
			found = append(found, b.LoadBalancer)
		}
	}
	found, next, err := page(found, in.Marker, in.PageSize)
	if err != nil {
		return nil, err
	}
	return &elb.DescribeLoadBalancersOutput{LoadBalancers: found, NextMarker: next}, nil
}

// DeleteLoadBalancer deletes a load balancer with its listeners. One that does not exist is no error.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html
func (s *Service) DeleteLoadBalancer(_ context.Context, in *elb.DeleteLoadBalancerInput) (*elb.DeleteLoadBalancerOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b, err := s.balancer(in.LoadBalancerArn); err == nil {
		for _, l := range b.listeners {
			l.close()
		}
		s.balancers = slices.DeleteFunc(s.balancers, func(other *balancer) bool { return other == b })
		s.settle()
	}
	return &elb.DeleteLoadBalancerOutput{}, nil
}

// DescribeLoadBalancerAttributes tells the attributes that matter here.
func (s *Service) DescribeLoadBalancerAttributes(_ context.Context, in *elb.DescribeLoadBalancerAttributesInput) (*elb.DescribeLoadBalancerAttributesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.balancer(in.LoadBalancerArn)
	if err != nil {
		return nil, err
	}
	return &elb.DescribeLoadBalancerAttributesOutput{Attributes: b.listed()}, nil
}

// ModifyLoadBalancerAttributes changes attributes that matter here; others are refused.
func (s *Service) ModifyLoadBalancerAttributes(_ context.Context, in *elb.ModifyLoadBalancerAttributesInput) (*elb.ModifyLoadBalancerAttributesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.balancer(in.LoadBalancerArn)
	if err != nil {
		return nil, err
	}
	changed := maps.Clone(b.attributes)
	for _, a := range in.Attributes {
		if key := aws.ToString(a.Key); key != "idle_timeout.timeout_seconds" {
			return nil, wire.NotImplemented("ModifyLoadBalancerAttributes of " + key)
		}
		if !isNumber(aws.ToString(a.Value), 1, 4000) {
			return nil, invalid("Load balancer attribute value '%s' of '%s' must be between 1 and 4000", aws.ToString(a.Value), *a.Key)
		}
		changed[*a.Key] = *a.Value
	}
	b.attributes = changed
	return &elb.ModifyLoadBalancerAttributesOutput{Attributes: b.listed()}, nil
}

func (b *balancer) listed() []types.LoadBalancerAttribute {
	var listed []types.LoadBalancerAttribute
	for _, key := range slices.Sorted(maps.Keys(b.attributes)) {
		listed = append(listed, types.LoadBalancerAttribute{Key: aws.String(key), Value: aws.String(b.attributes[key])})
	}
	return listed
}

func (s *Service) balancer(arn *string) (*balancer, error) {
	for _, b := range s.balancers {
		if *b.LoadBalancerArn == aws.ToString(arn) {
			return b, nil
		}
	}
	return nil, unknownBalancer(aws.ToString(arn))
}
