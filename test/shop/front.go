package shop

import (
	"context"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/shared/kind"
)

// FrontURL is where the shop's listener for testers is reached.
const FrontURL = "http://testers.shop.example:8080"

// OpenFront makes a listener for testers, on port 8080, which answers 404 until somebody points it elsewhere. Its address has a name of its own.
func (s *Shop) OpenFront(ctx context.Context) error {
	users, err := s.elb.DescribeListeners(ctx, &elb.DescribeListenersInput{ListenerArns: []string{s.Listener}})
	if err != nil {
		return err
	}
	made, err := s.elb.CreateListener(ctx, &elb.CreateListenerInput{
		LoadBalancerArn: users.Listeners[0].LoadBalancerArn, Port: aws.Int32(8080), Protocol: types.ProtocolEnumHttp,
		DefaultActions: []types.Action{{Type: types.ActionTypeEnumFixedResponse, FixedResponseConfig: &types.FixedResponseActionConfig{StatusCode: aws.String("404")}}},
	})
	if err != nil {
		return fmt.Errorf("making the listener for testers: %w", err)
	}
	s.Target.Test = &kind.ALBFront{Listener: *made.Listeners[0].ListenerArn, URL: FrontURL}
	s.elb.Network().Serve("testers.shop.example:8080", s.elb.Handler(s.Target.Test.Listener))
	return nil
}

// Network is where the shop is reached.
func (s *Shop) Network() http.RoundTripper { return s.elb.Network() }

// Divert has somebody forward the listener for testers to another target group.
func (s *Shop) Divert(ctx context.Context) error {
	other, err := s.group(ctx, "somebody-elses")
	if err != nil {
		return err
	}
	_, err = s.elb.ModifyListener(ctx, &elb.ModifyListenerInput{ListenerArn: &s.Target.Test.Listener, DefaultActions: []types.Action{{Type: types.ActionTypeEnumForward, TargetGroupArn: &other}}})
	return err
}
