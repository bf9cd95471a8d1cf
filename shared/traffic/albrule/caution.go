package albrule

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

var _ traffic.Wary = (*Inspector)(nil)

// stackTag is the tag of what a stack of CloudFormation has made
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-resource-tags.html).
const stackTag = "aws:cloudformation:stack-name"

// Caution implements traffic.Wary.
func (i *Inspector) Caution(ctx context.Context, t rollout.Target) (string, error) {
	declared, err := i.declared(ctx, *t.ALBRule)
	if err != nil {
		return "", err
	}
	slow, err := i.startsSlowly(ctx, *t.ALBRule)
	return strings.TrimSpace(declared + " " + slow), err
}

// declared warns of a template: the next update of a stack that declares the actions gives the rule the weights of its template
// (https://github.com/aws/aws-cdk/issues/36649). Which of them carry the tag differs, so all that the template may have made with the rule are looked at.
func (i *Inspector) declared(ctx context.Context, rule kind.ALBRule) (string, error) {
	arns := []string{rule.Above(), balancer(rule), rule.Blue.TargetGroup, rule.Green.TargetGroup}
	if rule.Rule != "" {
		arns = append(arns, rule.Rule)
	}
	tags, err := i.tags(ctx, arns...)
	if err != nil {
		return "", fmt.Errorf("reading who made %s: %w", rule, gone(rule, err))
	}
	var stacks []string
	for _, of := range tags {
		if name := of[stackTag]; name != "" {
			stacks = append(stacks, name)
		}
	}
	if len(stacks) == 0 {
		return "", nil
	}
	slices.Sort(stacks)
	return fmt.Sprintf("CloudFormation made what stands around %s (stack %s): if that template declares its actions, the next update of the stack resets the weights. "+
		"Take the actions out of the template, or update the stack only while the weights are those of the template.", rule, strings.Join(slices.Compact(stacks), ", ")), nil
}

// startsSlowly warns of slow start: a target that is registered beside others gets less of its group's requests at first, whatever the group's weight is
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#slow-start-mode).
func (i *Inspector) startsSlowly(ctx context.Context, rule kind.ALBRule) (string, error) {
	for _, p := range []kind.Pool{rule.Blue, rule.Green} {
		seconds, err := i.attribute(ctx, rule, p, "slow_start.duration_seconds")
		if err != nil {
			return "", err
		}
		if seconds != "" && seconds != "0" {
			return fmt.Sprintf("Target group %s has a slow start of %s s, in which a new target serves less than the others: what a shorter bake shows is of the others. "+
				"Let the first bake be longer, or switch slow start off.", p.TargetGroup, seconds), nil
		}
	}
	return "", nil
}

// balancer is the ARN of the load balancer.
func balancer(rule kind.ALBRule) string {
	above := strings.Replace(rule.Above(), ":listener/", ":loadbalancer/", 1)
	return above[:max(0, strings.LastIndex(above, "/"))]
}
