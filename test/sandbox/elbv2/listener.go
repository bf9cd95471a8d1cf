package elbv2

import (
	"context"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/test/sandbox/wire"
)

// listener is a port of a load balancer. Its rules are in the order in which they are tried; the last is the default rule, whose actions are the
// listener's default actions.
type listener struct {
	arn      string
	port     int32
	protocol types.ProtocolEnum
	policy   string // of TLS
	certs    []types.Certificate
	of       *balancer
	close    func() // takes it off the network
	rules    []*rule
}

func (l *listener) byDefault() *rule { return l.rules[len(l.rules)-1] }

// path is the part of the ARN that the ARNs of rules share: "app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2".
func (l *listener) path() string {
	_, path, _ := strings.Cut(l.arn, ":listener/")
	return path
}

func (s *Service) describedListener(l *listener) types.Listener {
	d := types.Listener{ListenerArn: &l.arn, LoadBalancerArn: l.of.LoadBalancerArn, Port: aws.Int32(l.port), Protocol: l.protocol, DefaultActions: s.shown(l.byDefault().Actions), Certificates: l.certs}
	if l.policy != "" {
		d.SslPolicy = aws.String(l.policy)
	}
	return d
}

// CreateListener has a load balancer listen on a port: by its DNS name on the network of this process, and on a real port by Listen. In this process
// HTTPS is not encrypted.
func (s *Service) CreateListener(_ context.Context, in *elb.CreateListenerInput) (*elb.CreateListenerOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.balancer(in.LoadBalancerArn)
	switch {
	case err != nil:
		return nil, err
	case in.Protocol != types.ProtocolEnumHttp && in.Protocol != types.ProtocolEnumHttps:
		return nil, wire.NotImplemented("CreateListener for protocol " + string(in.Protocol))
	case in.Protocol == types.ProtocolEnumHttps && len(in.Certificates) != 1:
		return nil, invalid("A certificate must be specified for HTTPS listeners")
	case in.Port == nil || !within(in.Port, 1, 65535):
		return nil, invalid("A listener port between 1 and 65535 must be specified")
	case b.listens(*in.Port):
		return nil, &types.DuplicateListenerException{Message: aws.String("A listener already exists on this port for this load balancer '" + *in.LoadBalancerArn + "'")}
	}
	l := &listener{port: *in.Port, protocol: in.Protocol, of: b, certs: in.Certificates}
	if in.Protocol == types.ProtocolEnumHttps { // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
		l.policy = *or(in.SslPolicy, aws.String("ELBSecurityPolicy-2016-08"))
	}
	actions, err := s.actions(l, in.DefaultActions, nil)
	if err != nil {
		return nil, err
	}
	l.arn = s.arn("listener", b.path())
	l.rules = []*rule{{listener: l, Rule: types.Rule{
		RuleArn: aws.String(s.arn("listener-rule", l.path())), IsDefault: aws.Bool(true), Priority: aws.String(lastOfAll), Actions: actions,
	}}}
	l.close = s.o.Network.Serve(net.JoinHostPort(*b.DNSName, strconv.Itoa(int(l.port))), s.Handler(l.arn))
	b.listeners = append(b.listeners, l)
	s.tag(l.arn, in.Tags)
	s.settle()
	return &elb.CreateListenerOutput{Listeners: []types.Listener{s.describedListener(l)}}, nil
}

func (b *balancer) listens(port int32) bool {
	return slices.ContainsFunc(b.listeners, func(l *listener) bool { return l.port == port })
}

// ModifyListener replaces what is given and leaves the rest. The last writer wins.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyListener.html
func (s *Service) ModifyListener(_ context.Context, in *elb.ModifyListenerInput) (*elb.ModifyListenerOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, err := s.listener(in.ListenerArn)
	if err != nil {
		return nil, err
	}
	if in.Port != nil || in.Protocol != "" || in.Certificates != nil || in.SslPolicy != nil || in.AlpnPolicy != nil || in.MutualAuthentication != nil {
		return nil, wire.NotImplemented("ModifyListener of more than DefaultActions")
	}
	if len(in.DefaultActions) > 0 {
		actions, err := s.actions(l, in.DefaultActions, l.byDefault().Actions)
		if err != nil {
			return nil, err
		}
		l.byDefault().Actions = actions
		s.settle()
	}
	return &elb.ModifyListenerOutput{Listeners: []types.Listener{s.describedListener(l)}}, nil
}

// DescribeListeners describes listeners by ARN, or those of a load balancer.
func (s *Service) DescribeListeners(_ context.Context, in *elb.DescribeListenersInput) (*elb.DescribeListenersOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []types.Listener
	switch {
	case len(in.ListenerArns) > 0 == (in.LoadBalancerArn != nil):
		return nil, invalid("You must specify either listener ARNs or a load balancer ARN")
	case in.LoadBalancerArn != nil:
		b, err := s.balancer(in.LoadBalancerArn)
		if err != nil {
			return nil, err
		}
		for _, l := range b.listeners {
			found = append(found, s.describedListener(l))
		}
	}
	for _, arn := range in.ListenerArns {
		l, err := s.listener(&arn)
		if err != nil {
			return nil, err
		}
		found = append(found, s.describedListener(l))
	}
	found, next, err := page(found, in.Marker, in.PageSize)
	if err != nil {
		return nil, err
	}
	return &elb.DescribeListenersOutput{Listeners: found, NextMarker: next}, nil
}

// DeleteListener deletes a listener with its rules.
func (s *Service) DeleteListener(_ context.Context, in *elb.DeleteListenerInput) (*elb.DeleteListenerOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, err := s.listener(in.ListenerArn)
	if err != nil {
		return nil, err
	}
	l.close()
	l.of.listeners = slices.DeleteFunc(l.of.listeners, func(other *listener) bool { return other == l })
	s.settle()
	return &elb.DeleteListenerOutput{}, nil
}

func (s *Service) listener(arn *string) (*listener, error) {
	for _, b := range s.balancers {
		for _, l := range b.listeners {
			if l.arn == aws.ToString(arn) {
				return l, nil
			}
		}
	}
	return nil, unknownListener(aws.ToString(arn))
}
