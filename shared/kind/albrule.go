package kind

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// ALBRuleID is the kind of listener rules of Application Load Balancers.
const ALBRuleID ID = "albRule"

var albRule = Facts{
	ID: ALBRuleID, Title: "load balancer rule", Prefix: "alb", Suffix: "-alb",
	Revision: Revision{
		Word: "revision", Example: "v42", Grammar: `[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,254}`,
		Remedy: "write the label of the revision, which is the tag " + PoolTag + " of the target group that it is registered in",
	},
	Smallest: 10, // hundredths of a percent: weights are whole numbers up to 999 (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupTuple.html)
	// The load balancer chooses the target group for each request anew, unless the rule is sticky
	// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html).
	Spreads: SpreadRequests,
	Silence: Holds,
	Can:     Uses{Tests: true, Marks: true},
	Pools:   true,
	Asks:    true,
}

// PoolTag is the tag by which a target group says which revision is registered in it.
const PoolTag = "sluice:revision"

// ALBRule is a rule, or the default action, of a listener, whose weights are shifted between two target groups. A target group is no revision: which
// one serves changes its place at each release.
type ALBRule struct {
	Rule          string      `json:"rule,omitempty"`     // ARN of the rule; or
	Listener      string      `json:"listener,omitempty"` // ARN of the listener, with
	Priority      int         `json:"priority,omitempty"` // the priority of its rule; without one: the default action
	Blue          Pool        `json:"blue"`
	Green         Pool        `json:"green"`
	WhenIdle      string      `json:"whenIdle,omitempty"`      // what becomes of the pool that does not serve when nobody may come back to it any more: keep or scaleToZero
	Images        *TaskImages `json:"images,omitempty"`        // whose digests become task definitions
	Launch        *ALBLaunch  `json:"launch,omitempty"`        // whose versions the Auto Scaling groups run
	StickySeconds int         `json:"stickySeconds,omitempty"` // seconds for which a client stays with the target group that it met first; 0: no stickiness

	Test   *ALBFront `json:"test,omitempty"`   // where testers reach a revision that has no traffic yet
	Marked *ALBMark  `json:"marked,omitempty"` // which requests meet the candidate before all others
}

// Kind implements Spec.
func (ALBRule) Kind() ID { return ALBRuleID }

// Name implements Spec: by its target groups, because a rule can be written in two ways, and no two definitions may move the same pools.
func (r ALBRule) Name() string {
	return strings.TrimPrefix(min(resource(r.Blue.TargetGroup), resource(r.Green.TargetGroup)), "targetgroup/")
}

// String implements Spec.
func (r ALBRule) String() string {
	switch {
	case r.Rule != "":
		return "rule " + resource(r.Rule)
	case r.Priority > 0:
		return fmt.Sprintf("rule %d of listener %s", r.Priority, resource(r.Listener))
	}
	return "the default action of listener " + resource(r.Listener)
}

const (
	ruleARN     = `^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener-rule/app/[A-Za-z0-9-]{1,32}/[0-9a-f]+/[0-9a-f]+/[0-9a-f]+$`
	listenerARN = `^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener/app/[A-Za-z0-9-]{1,32}/[0-9a-f]+/[0-9a-f]+$`
)

// Problems implements Spec.
func (r ALBRule) Problems() []Problem {
	var found []Problem
	wrong := func(when bool, field, what, remedy string) {
		if when {
			found = append(found, Problem{field, what, remedy})
		}
	}
	wrong((r.Rule == "") == (r.Listener == ""), "rule", "it is not clear which rule is meant", "write either rule, the ARN of a rule, or listener, the ARN of a listener, with the priority of its rule or without one for the default action")
	wrong(r.Rule != "" && !named(ruleARN, r.Rule), "rule", fmt.Sprintf("%.120q is not the ARN of a rule of an Application Load Balancer", r.Rule), "copy it from: aws elbv2 describe-rules --listener-arn <listener>")
	wrong(r.Listener != "" && !named(listenerARN, r.Listener), "listener", fmt.Sprintf("%.120q is not the ARN of a listener of an Application Load Balancer", r.Listener), "copy it from: aws elbv2 describe-listeners --load-balancer-arn <load balancer>")
	wrong(r.Priority != 0 && r.Rule != "", "priority", "the rule is named by its ARN already", "leave the priority out")
	wrong(r.Priority < 0 || r.Priority > 50000, "priority", fmt.Sprintf("%d is not a priority", r.Priority), "write a number from 1 to 50000, or leave it out for the default action")
	wrong(r.StickySeconds < 0 || r.StickySeconds > 604800, "stickySeconds", fmt.Sprintf("%d seconds are no time to stay", r.StickySeconds), "write 1 to 604800, or leave it out") // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupStickinessConfig.html
	return slices.Concat(found, r.poolProblems(), r.imageProblems(), r.problemsOfFront(), r.problemsOfMark())
}

// Metrics implements Spec. A pool is blue or green; without one, both are counted. Only the whole load balancer counts what it answered itself, such as
// the 502 for a target that refuses connections. But it counts a target group's requests, so those that got no answer below 500 have failed
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html).
func (r ALBRule) Metrics(pool string) Metrics {
	switch pool {
	case "blue":
		return r.counts(r.Blue)
	case "green":
		return r.counts(r.Green)
	case "":
		return both(r.counts(r.Blue), r.counts(r.Green))
	}
	return Metrics{}
}

// both counts two groups as one.
func both(blue, green Metrics) Metrics {
	return Metrics{Requests: Sum(blue.Requests, green.Requests), Errors: Sum(blue.Errors, green.Errors), Duration: Largest(blue.Duration, green.Duration)}
}

func (r ALBRule) counts(p Pool) Metrics { return countsOf(r.loadBalancer(), p.TargetGroup) }

// countsOf is what a load balancer counts of a target group.
func countsOf(loadBalancer, group string) Metrics {
	d := map[string]string{"LoadBalancer": loadBalancer, "TargetGroup": resource(group)}
	metric := func(name string) Metric { return Metric{Namespace: "AWS/ApplicationELB", Name: name, Dimensions: d} }
	failed := Metric{
		Of: map[string]Metric{
			"requests": metric("RequestCount"), "5XX": metric("HTTPCode_Target_5XX_Count"), "2XX": metric("HTTPCode_Target_2XX_Count"),
			"3XX": metric("HTTPCode_Target_3XX_Count"), "4XX": metric("HTTPCode_Target_4XX_Count"),
		},
		Made: func(of map[string]float64) float64 {
			return max(of["5XX"], of["requests"]-of["2XX"]-of["3XX"]-of["4XX"])
		},
	}
	return Metrics{Requests: metric("RequestCount"), Errors: failed, Duration: metric("TargetResponseTime")}
}

// Answers implements Answering: 502, 503 and 504 are counted for the load balancer alone
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html).
func (r ALBRule) Answers() (errors Metric, who string) {
	return Metric{Namespace: "AWS/ApplicationELB", Name: "HTTPCode_ELB_5XX_Count", Dimensions: map[string]string{"LoadBalancer": r.loadBalancer()}}, "the load balancer"
}

// Sticks implements Sticky.
func (r ALBRule) Sticks() bool { return r.StickySeconds > 0 }

// Stands implements Standing.
func (r ALBRule) Stands(revision, tag string) (pool string) { return ParsePools(tag).With(revision) }

// Restore implements Spec. Which target group the revision stands in is known to whoever looks: the command gives all to one of them.
func (r ALBRule) Restore(revision string) string {
	and := ""
	if r.Marked != nil {
		and = fmt.Sprintf(" && aws elbv2 delete-rule --rule-arn <rule %d of %s, if there is one with the tag %s>", r.Marked.Priority, r.Above(), MarkTag)
	}
	actions := fmt.Sprintf(`'[{"Type":"forward","TargetGroupArn":"<the one of %s or %s in which %s stands>"}]'`, r.Blue.TargetGroup, r.Green.TargetGroup, revision) + and
	switch {
	case r.Rule != "":
		return fmt.Sprintf("aws elbv2 modify-rule --rule-arn %s --actions %s", r.Rule, actions)
	case r.Priority > 0:
		return fmt.Sprintf("aws elbv2 modify-rule --rule-arn <rule %d of %s> --actions %s", r.Priority, r.Listener, actions)
	}
	return fmt.Sprintf("aws elbv2 modify-listener --listener-arn %s --default-actions %s", r.Listener, actions)
}

// Needs implements Spec. Elastic Load Balancing authorises what only describes for everything alone
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html).
func (r ALBRule) Needs(function string, u Uses) []Need {
	describe := []Need{r.reading(), {Sid: "ReadTags", Actions: []string{"elasticloadbalancing:DescribeTags"}}}
	move := append([]Need{r.moving()}, r.unmarking()...)
	switch function {
	case "plan":
		return slices.Concat(describe, r.frontNeeds(u, false), []Need{{Sid: "ReadAttributes", Actions: []string{"elasticloadbalancing:DescribeTargetGroupAttributes"}}}, rivals(), r.needsOfPools(true))
	case "admit":
		return slices.Concat(describe, r.needsOfPools(false))
	case "shift":
		return slices.Concat(describe, r.frontNeeds(u, true), move, r.marking(u), []Need{{Sid: "ReadHealth", Actions: []string{"elasticloadbalancing:DescribeTargetHealth"}}}, r.fills())
	case "build":
		return r.registers()
	case "look":
		return r.retires()
	case "rollback", "settle", "guard":
		return slices.Concat(describe, move, r.needsOfPools(false))
	}
	return nil
}

// reading is what it takes to read the actions.
func (r ALBRule) reading() Need {
	if r.isDefault() && r.Marked == nil {
		return Need{Sid: "ReadListeners", Actions: []string{"elasticloadbalancing:DescribeListeners"}}
	}
	return Need{Sid: "ReadRules", Actions: []string{"elasticloadbalancing:DescribeRules"}}
}

// moving is what it takes to replace them.
func (r ALBRule) moving() Need {
	if r.isDefault() {
		return Need{"MoveDefault", []string{"elasticloadbalancing:ModifyListener"}, "elasticloadbalancing", resource(r.Listener)}
	}
	return Need{"MoveRule", []string{"elasticloadbalancing:ModifyRule"}, "elasticloadbalancing", r.rulePath()}
}

// isDefault says whether the default action of a listener is meant.
func (r ALBRule) isDefault() bool { return r.Rule == "" && r.Priority == 0 }

// rulePath is the part of a rule's ARN after the account. The id of a rule that is named by its priority is not known here.
func (r ALBRule) rulePath() string {
	if r.Rule != "" {
		return resource(r.Rule)
	}
	return "listener-rule" + strings.TrimPrefix(resource(r.Listener), "listener") + "/*"
}

// loadBalancer is the load balancer as its metrics name it: "app/shop/50dc6c495c0c9188".
func (r ALBRule) loadBalancer() string {
	parts := strings.Split(resource(cmp.Or(r.Rule, r.Listener)), "/")
	return strings.Join(parts[1:min(4, len(parts))], "/")
}

// resource is the part of an ARN after the account.
func resource(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	return parts[len(parts)-1]
}

// rivals is what it takes to look for deployment groups of CodeDeploy that move the listener, too: any may.
func rivals() []Need {
	return []Need{
		{Sid: "ListApplications", Actions: []string{"codedeploy:ListApplications"}},
		{"ReadApplications", []string{"codedeploy:BatchGetApplications", "codedeploy:ListDeploymentGroups"}, "codedeploy", "application:*"},
		{"ReadDeploymentGroups", []string{"codedeploy:BatchGetDeploymentGroups"}, "codedeploy", "deploymentgroup:*"},
	}
}
