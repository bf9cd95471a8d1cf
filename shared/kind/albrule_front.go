package kind

import (
	"fmt"
	"net/netip"
	"net/url"
)

// ALBFront is where testers reach the candidate before it has traffic: a rule that only they meet, or the default action of a listener of theirs. A
// release points it at the candidate's target group, and leaves it there: it carries no user's request, so nothing has to be put back.
type ALBFront struct {
	Rule     string `json:"rule,omitempty"`     // ARN of the rule; or
	Listener string `json:"listener,omitempty"` // ARN of the listener whose default action is meant
	URL      string `json:"url"`                // by which the internet reaches it: "https://shop.example.com:8443"
}

var _ Fronted = ALBRule{}

// Front implements Fronted.
func (r ALBRule) Front() (url string) {
	if r.Test == nil {
		return ""
	}
	return r.Test.URL
}

// Fronting is the rule for testers, in the form of a rule over the same pools.
func (r ALBRule) Fronting() ALBRule {
	return ALBRule{Rule: r.Test.Rule, Listener: r.Test.Listener, Blue: r.Blue, Green: r.Green}
}

func (r ALBRule) problemsOfFront() (found []Problem) {
	if r.Test == nil {
		return nil
	}
	wrong := func(when bool, field, what, remedy string) {
		if when {
			found = append(found, Problem{"test." + field, what, remedy})
		}
	}
	t := r.Test
	wrong((t.Rule == "") == (t.Listener == ""), "rule", "it is not clear which rule testers meet", "write either rule, the ARN of a rule, or listener, the ARN of a listener whose default action testers meet")
	wrong(t.Rule != "" && !named(ruleARN, t.Rule), "rule", fmt.Sprintf("%.120q is not the ARN of a rule of an Application Load Balancer", t.Rule), "copy it from: aws elbv2 describe-rules --listener-arn <listener>")
	wrong(t.Listener != "" && !named(listenerARN, t.Listener), "listener", fmt.Sprintf("%.120q is not the ARN of a listener of an Application Load Balancer", t.Listener), "copy it from: aws elbv2 describe-listeners --load-balancer-arn <load balancer>")
	wrong(t.Rule != "" && t.Rule == r.Rule || r.isDefault() && t.Listener != "" && t.Listener == r.Listener, "rule", "it is the rule that users meet", "make a listener on another port, or a rule with a header that only testers send")
	// A target group has one load balancer (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html).
	wrong(len(found) == 0 && r.Fronting().loadBalancer() != r.loadBalancer(), "rule", "it is of another load balancer, which cannot forward to the same target groups", "name a rule or a listener of load balancer "+r.loadBalancer())
	why := unreachable(t.URL)
	wrong(why != "", "url", fmt.Sprintf("%.120q %s", t.URL, why), "write the scheme, the host and the port by which the internet reaches the listener, such as https://shop.example.com:8443")
	return found
}

// unreachable says why no test can be made at a URL; empty when nothing speaks against it. What a name stands for is looked at when a test is made.
func unreachable(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return "is no URL of a web server"
	case u.User != nil || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "":
		return "says more than where the server is: the path stands in the test"
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && !ip.IsLoopback() && (ip.IsPrivate() || !ip.IsGlobalUnicast()) {
		return "is an address that the internet does not reach, and Sluice's functions are in no VPC"
	}
	return ""
}

// frontNeeds is what it takes to look at the rule for testers, or also to move it.
func (r ALBRule) frontNeeds(u Uses, move bool) []Need {
	switch {
	case r.Test == nil || !u.Tests:
		return nil
	case move:
		return []Need{r.Fronting().reading(), r.Fronting().moving()}
	}
	return []Need{r.Fronting().reading()}
}
