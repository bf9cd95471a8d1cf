package elbv2

import (
	"encoding/base64"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// The cookies that keep a client at its target group and its target. Each has a twin for requests from other sites
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#sticky-sessions). AWS encrypts what they
// say; here it is only packed.
const (
	groupCookie  = "AWSALBTG"
	targetCookie = "AWSALB"
	twin         = "CORS"
)

// stickyGroup is the target group that the client's cookie names, if the action keeps clients and still names the group. Its weight does not matter:
// "Stickiness takes precedence over adjusting Weight" (https://repost.aws/questions/QUugYm4uzWSI2af5mnmMjlZQ); that this holds at a weight of 0 is
// undocumented.
func stickyGroup(c types.ForwardActionConfig, r *http.Request, now time.Time) string {
	if !aws.ToBool(c.TargetGroupStickinessConfig.Enabled) {
		return ""
	}
	named := kept(groupCookie, r, now)
	for _, t := range c.TargetGroups {
		if *t.TargetGroupArn == named {
			return named
		}
	}
	return ""
}

// groupCookies keep a client at a target group from now on.
func groupCookies(c types.ForwardActionConfig, arn string, now time.Time) []*http.Cookie {
	if !aws.ToBool(c.TargetGroupStickinessConfig.Enabled) || arn == "" {
		return nil
	}
	return keep(groupCookie, arn, now.Add(time.Duration(*c.TargetGroupStickinessConfig.DurationSeconds)*time.Second))
}

// stickyTarget is the target that the client's cookie names, if the group keeps clients and the target may get requests.
func (g *group) stickyTarget(pool []*target, r *http.Request, now time.Time) *target {
	if g.attributes[stickinessOn] != "true" {
		return nil
	}
	named := kept(targetCookie, r, now)
	for _, t := range pool {
		if t.address() == named {
			return t
		}
	}
	return nil
}

func (g *group) targetCookies(t *target, now time.Time) []*http.Cookie {
	if g.attributes[stickinessOn] != "true" || t == nil {
		return nil
	}
	return keep(targetCookie, t.address(), now.Add(g.seconds(stickinessTime)))
}

func (t *target) address() string { return net.JoinHostPort(*t.Id, strconv.Itoa(int(*t.Port))) }

func keep(name, value string, until time.Time) []*http.Cookie {
	packed := base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(until.Unix(), 10) + " " + value))
	return []*http.Cookie{
		{Name: name, Value: packed, Path: "/", Expires: until},
		{Name: name + twin, Value: packed, Path: "/", Expires: until, SameSite: http.SameSiteNoneMode, Secure: true},
	}
}

// kept is what a cookie or its twin says; "" when it is over, or when nobody can read it.
func kept(name string, r *http.Request, now time.Time) string {
	for _, name := range []string{name, name + twin} {
		cookie, err := r.Cookie(name)
		if err != nil {
			continue
		}
		text, err := base64.RawURLEncoding.DecodeString(cookie.Value)
		if err != nil {
			continue
		}
		until, value, _ := strings.Cut(string(text), " ")
		if seconds, err := strconv.ParseInt(until, 10, 64); err == nil && now.Before(time.Unix(seconds, 0)) {
			return value
		}
	}
	return ""
}
