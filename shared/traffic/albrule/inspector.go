package albrule

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// Inspector looks at a rule and its pools before a release.
type Inspector struct{ *Router }

var _ traffic.Inspector = (*Inspector)(nil)

// Inspect implements traffic.Inspector.
func (i *Inspector) Inspect(ctx context.Context, t rollout.Target, revision, _ string) (*rollout.Rejection, error) {
	return i.inspect(ctx, *t.ALBRule, revision, true)
}

// Survey implements traffic.Surveyor. Where somebody else fills the pools, nobody knows yet which revision they will put in.
func (i *Inspector) Survey(ctx context.Context, t rollout.Target, stable string) (*rollout.Rejection, error) {
	_, foreign := i.keeper(*t.ALBRule).(tagged)
	return i.inspect(ctx, *t.ALBRule, stable, !foreign)
}

// inspect looks at the rule, and, if the revision is asked about, at its pool.
func (i *Inspector) inspect(ctx context.Context, rule kind.ALBRule, revision string, asked bool) (*rollout.Rejection, error) {
	found, err := i.rule(ctx, rule)
	if err != nil {
		return nil, err
	}
	pools, err := i.pools(ctx, rule, found)
	if o := traffic.ObstacleOf(err); o != nil {
		return rollout.Because(o.What, o.Remedy), nil
	}
	if err != nil {
		return nil, err
	}
	if asked {
		if why, err := i.keeper(rule).refuses(ctx, rule, pools, revision); why != nil || err != nil {
			return why, err
		}
	}
	if why := unstuck(rule, found); why != nil {
		return why, nil
	}
	if why, err := i.stuck(ctx, rule); why != nil || err != nil {
		return why, err
	}
	front, why, err := i.fronts(ctx, rule)
	if why != nil || err != nil {
		return why, err
	}
	arns := append(front, rule.Blue.TargetGroup, rule.Green.TargetGroup, found.arn())
	if found.mark != nil {
		arns = append(arns, aws.ToString(found.mark.RuleArn))
	}
	tags, err := i.tags(ctx, arns...)
	if err != nil {
		return nil, err
	}
	if why := unmarkable(rule, found, tags); why != nil {
		return why, nil
	}
	return owned(rule, tags), nil
}

// unstuck refuses a rule that is sticky although the definition does not say so: a release that goes back would switch that off for good.
func unstuck(rule kind.ALBRule, found place) *rollout.Rejection {
	action := forwards(found.actions)
	if rule.StickySeconds > 0 || action == nil || action.ForwardConfig == nil {
		return nil
	}
	if s := action.ForwardConfig.TargetGroupStickinessConfig; s != nil && aws.ToBool(s.Enabled) {
		return rollout.Because(fmt.Sprintf("%s is sticky for %d seconds, and the definition does not say so", rule, aws.ToInt32(s.DurationSeconds)),
			fmt.Sprintf("write stickySeconds: %d under target.albRule: it is switched off when a release goes back, and on again by the next one", aws.ToInt32(s.DurationSeconds)))
	}
	return nil
}

// stuck refuses target groups that keep a client at one target: Elastic Load Balancing wants the rule to be sticky then, and would refuse the call that
// goes back (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#sticky-sessions).
func (i *Inspector) stuck(ctx context.Context, rule kind.ALBRule) (*rollout.Rejection, error) {
	for _, p := range []kind.Pool{rule.Blue, rule.Green} {
		enabled, err := i.attribute(ctx, rule, p, "stickiness.enabled")
		if err != nil {
			return nil, err
		}
		if enabled == "true" {
			return rollout.Because(fmt.Sprintf("target group %s keeps each client at one target: a rule over it must stay sticky, and could not bring all clients back", p.TargetGroup),
				"switch that off (aws elbv2 modify-target-group-attributes --attributes Key=stickiness.enabled,Value=false), and write stickySeconds under target.albRule if clients are to stay with a revision"), nil
		}
	}
	return nil, nil
}

// attribute reads an attribute of a pool's target group; empty when it has none of that name.
func (i *Inspector) attribute(ctx context.Context, rule kind.ALBRule, p kind.Pool, key string) (value string, err error) {
	out, err := i.elb.DescribeTargetGroupAttributes(ctx, &elb.DescribeTargetGroupAttributesInput{TargetGroupArn: &p.TargetGroup})
	if err != nil {
		return "", fmt.Errorf("reading the attributes of %s: %w", p.TargetGroup, gone(rule, err))
	}
	for _, a := range out.Attributes {
		if aws.ToString(a.Key) == key {
			return aws.ToString(a.Value), nil
		}
	}
	return "", nil
}

// controllers are the tags by which controllers mark what they own and bring back to how they want it
// (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/).
var controllers = map[string]string{
	"ingress.k8s.aws/resource": "the AWS Load Balancer Controller manages it for an Ingress",
	"ingress.k8s.aws/stack":    "the AWS Load Balancer Controller manages it for an Ingress",
	"gateway.k8s.aws/resource": "the AWS Load Balancer Controller manages it for a Gateway",
}

// owned refuses what a controller would put back.
func owned(rule kind.ALBRule, tags map[string]map[string]string) *rollout.Rejection {
	for _, arn := range slices.Sorted(maps.Keys(tags)) {
		for _, key := range slices.Sorted(maps.Keys(controllers)) {
			if _, marked := tags[arn][key]; marked {
				return rollout.Because(fmt.Sprintf("%s is not yours to move: %s (tag %s of %s)", rule, controllers[key], key, arn[strings.LastIndex(arn, ":")+1:]),
					"make the load balancer, its rule and two target groups outside of Kubernetes, and have a TargetGroupBinding register the pods of each revision")
			}
		}
	}
	return nil
}

func (p place) arn() string {
	if p.rule != "" {
		return p.rule
	}
	return p.listener
}
