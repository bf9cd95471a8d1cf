package elbv2_test

import (
	"net/http"
	"testing"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// login is an action that has people log in.
func login(secret string, unknown types.AuthenticateOidcActionConditionalBehaviorEnum) types.Action {
	c := &types.AuthenticateOidcActionConfig{
		AuthorizationEndpoint: new("https://id.example.com/authorize"), ClientId: new("shop"), Issuer: new("https://id.example.com"), TokenEndpoint: new("https://id.example.com/token"),
		UserInfoEndpoint: new("https://id.example.com/user"), OnUnauthenticatedRequest: unknown, UseExistingClientSecret: new(secret == ""),
	}
	if secret != "" {
		c.ClientSecret = &secret
	}
	return types.Action{Type: types.ActionTypeEnumAuthenticateOidc, Order: new(int32(1)), AuthenticateOidcConfig: c}
}

func second(a types.Action) types.Action {
	a.Order = new(int32(2))
	return a
}

// Whoever replaces actions must hand back the one that has people log in, whose secret is never told.
func TestActionsMayHavePeopleLogInFirst(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		out, err := d.CreateListener(t.Context(), &elb.CreateListenerInput{
			LoadBalancerArn: &d.balancer, Port: new(int32(443)), Protocol: types.ProtocolEnumHttps, DefaultActions: []types.Action{notFound},
			Certificates: []types.Certificate{{CertificateArn: new("arn:aws:acm:us-east-1:123456789012:certificate/1")}},
		})
		d.must(err)
		d.listener = *out.Listeners[0].ListenerArn
		rule := d.pair(forward(d.blue, 1))
		modify := func(actions ...types.Action) error {
			_, err := d.ModifyRule(t.Context(), &elb.ModifyRuleInput{RuleArn: &rule, Actions: actions})
			return err
		}
		allow := types.AuthenticateOidcActionConditionalBehaviorEnumAllow
		d.refused("a secret that is not there", modify(login("", allow), second(forward(d.blue, 1))), "ValidationError")
		d.must(modify(second(forward(d.blue, 1)), login("s3cret", allow)))
		got := d.described(rule).Actions
		if len(got) != 2 || got[0].AuthenticateOidcConfig == nil || got[0].AuthenticateOidcConfig.ClientSecret != nil || *got[0].AuthenticateOidcConfig.SessionCookieName != "AWSELBAuthSessionCookie" || *got[1].Order != 2 {
			t.Fatalf("actions %+v", got)
		}
		if got := d.gets(d.client(), "/"); got != "404" {
			t.Errorf("by the other listener: %s", got)
		}
		url := "https" + d.url("/")[len("http"):]
		check := func(status int, location string) {
			t.Helper()
			r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
			response, err := d.network.RoundTrip(r)
			d.must(err)
			if response.StatusCode != status || response.Header.Get("Location") != location {
				t.Errorf("status %d, to %q", response.StatusCode, response.Header.Get("Location"))
			}
		}
		check(http.StatusOK, "")
		d.must(modify(login("", types.AuthenticateOidcActionConditionalBehaviorEnumDeny), second(forward(d.blue, 1))))
		check(http.StatusUnauthorized, "")
		d.must(modify(login("", ""), second(forward(d.blue, 1))))
		check(http.StatusFound, "https://id.example.com/authorize?client_id=shop&response_type=code&scope=openid")
		d.refused("no order", modify(login("", allow), forward(d.blue, 1)), "ValidationError")
		d.refused("nothing that routes", modify(login("", allow)), "ValidationError")
		d.refused("two that route", modify(func() types.Action { a := forward(d.green, 1); a.Order = new(int32(1)); return a }(), second(forward(d.blue, 1))), "ValidationError")
	})
}

func TestLoginNeedsHTTPS(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		_, err := d.CreateRule(t.Context(), &elb.CreateRuleInput{
			ListenerArn: &d.listener, Priority: new(int32(1)), Conditions: []types.RuleCondition{onPath("/")}, Actions: []types.Action{login("s3cret", ""), second(forward(d.blue, 1))},
		})
		d.refused("a listener for HTTP", err, "ValidationError")
		_, err = d.CreateListener(t.Context(), &elb.CreateListenerInput{LoadBalancerArn: &d.balancer, Port: new(int32(443)), Protocol: types.ProtocolEnumHttps, DefaultActions: []types.Action{notFound}})
		d.refused("HTTPS without a certificate", err, "ValidationError")
	})
}

// The short form of an action that has one target group, in which older answers of AWS have it.
func TestActionsMayBeDescribedByTheirARN(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		rule := d.rule(forward(d.blue, 7))
		d.service.Terse(true)
		if got := d.described(rule).Actions[0]; *got.TargetGroupArn != d.blue || got.ForwardConfig != nil {
			t.Errorf("got %+v", got)
		}
		d.must(d.modify(rule, forward(d.blue, 1, d.green, 0)))
		if got := d.described(rule).Actions[0]; got.TargetGroupArn != nil || len(got.ForwardConfig.TargetGroups) != 2 {
			t.Errorf("got %+v", got)
		}
	})
}
