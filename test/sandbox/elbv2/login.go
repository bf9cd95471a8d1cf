package elbv2

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/test/sandbox/wire"
)

// authenticates checks an action that has people log in, and takes the secret out, which is never described. Where the action is to use the secret
// that is there, there must be one (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AuthenticateOidcActionConfig.html).
// That a listener for HTTP refuses it is documented, its code is not.
func authenticates(l *listener, a types.Action, before []types.Action) (types.Action, error) {
	if a.Type == types.ActionTypeEnumForward || a.Type == types.ActionTypeEnumFixedResponse || a.Type == types.ActionTypeEnumRedirect {
		return a, invalid("You cannot specify multiple actions of the following type: '%s'", a.Type)
	}
	if a.Type != types.ActionTypeEnumAuthenticateOidc {
		return a, wire.NotImplemented("an action of type " + string(a.Type))
	}
	c := a.AuthenticateOidcConfig
	has := slices.ContainsFunc(before, func(a types.Action) bool { return a.AuthenticateOidcConfig != nil })
	switch {
	case l.protocol != types.ProtocolEnumHttps:
		return a, invalid("Authentication actions are supported by HTTPS listeners only")
	case c == nil || c.ClientId == nil || c.Issuer == nil || c.AuthorizationEndpoint == nil || c.TokenEndpoint == nil || c.UserInfoEndpoint == nil:
		return a, invalid("An authenticate-oidc action needs its configuration")
	case aws.ToBool(c.UseExistingClientSecret) && !has, !aws.ToBool(c.UseExistingClientSecret) && aws.ToString(c.ClientSecret) == "":
		return a, invalid("A client secret must be specified")
	case aws.ToBool(c.UseExistingClientSecret) && c.ClientSecret != nil:
		return a, invalid("You cannot specify a client secret together with UseExistingClientSecret")
	}
	full := *c
	full.ClientSecret, full.UseExistingClientSecret = nil, nil
	full.Scope, full.SessionCookieName = or(c.Scope, aws.String("openid")), or(c.SessionCookieName, aws.String("AWSELBAuthSessionCookie"))
	full.SessionTimeout = or(c.SessionTimeout, aws.Int64(int64(7*24*time.Hour/time.Second)))
	if full.OnUnauthenticatedRequest == "" {
		full.OnUnauthenticatedRequest = types.AuthenticateOidcActionConditionalBehaviorEnumAuthenticate
	}
	a.AuthenticateOidcConfig = &full
	return a, nil
}

func loginOf(actions []types.Action) *types.AuthenticateOidcActionConfig {
	return actions[0].AuthenticateOidcConfig
}

// ask answers somebody who has not logged in: that this is not allowed, or where to log in.
func (s *Service) ask(w http.ResponseWriter, to route) {
	if to.login.OnUnauthenticatedRequest == types.AuthenticateOidcActionConditionalBehaviorEnumDeny {
		s.o.Record(namespace, "HTTPCode_ELB_4XX_Count", to.balancer.inBalancer(), "Count", 1, time.Now())
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	s.o.Record(namespace, "HTTPCode_ELB_3XX_Count", to.balancer.inBalancer(), "Count", 1, time.Now())
	query := url.Values{"client_id": {*to.login.ClientId}, "response_type": {"code"}, "scope": {*to.login.Scope}}
	w.Header().Set("Location", strings.TrimSuffix(*to.login.AuthorizationEndpoint, "?")+"?"+query.Encode())
	w.WriteHeader(http.StatusFound)
}
