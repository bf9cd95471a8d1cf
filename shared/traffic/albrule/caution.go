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

// Caution implements traffic.Wary: the next update of a stack that declares the actions gives the rule the weights of its template
// (https://github.com/aws/aws-cdk/issues/36649). Which of them carry the tag differs, so all that the template may have made with the rule are looked at.
func (i *Inspector) Caution(ctx context.Context, t rollout.Target) (string, error) {
	rule := *t.ALBRule
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

// balancer is the ARN of the load balancer.
func balancer(rule kind.ALBRule) string {
	above := strings.Replace(rule.Above(), ":listener/", ":loadbalancer/", 1)
	return above[:max(0, strings.LastIndex(above, "/"))]
}
