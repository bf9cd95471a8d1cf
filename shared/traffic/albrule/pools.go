package albrule

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/smithy-go"

	"sluice/shared/kind"
	"sluice/shared/traffic"
)

// pools reads what stands in the pools, and how the actions divide the traffic between them.
func (r *Router) pools(ctx context.Context, rule kind.ALBRule, found place) (kind.Pools, error) {
	pools, _, err := r.served(ctx, rule, found)
	return pools, err
}

// served is pools, and how far a deployment is that somebody makes in a pool which serves.
func (r *Router) served(ctx context.Context, rule kind.ALBRule, found place) (pools kind.Pools, moving string, err error) {
	held, err := r.keeper(rule).holds(ctx, rule)
	if err != nil {
		return pools, "", fmt.Errorf("reading what stands behind %s: %w", rule, gone(rule, err))
	}
	pools, err = stand(rule, kind.Pools{Blue: kind.Stand{Revision: held[0].revision}, Green: kind.Stand{Revision: held[1].revision}, Mark: marks(rule, found.mark)}, found.actions)
	if err != nil {
		return pools, "", err
	}
	if rule.Priority > 0 {
		pools.Rule = found.rule
	}
	for i, p := range sides(rule, pools) {
		if p.Weight > 0 && p.Revision == "" && held[i].nameless != nil {
			return pools, "", held[i].nameless
		}
		if p.Weight > 0 && p.Revision == "" {
			return pools, "", &traffic.Obstacle{
				What:   fmt.Sprintf("the target group of %s serves, and nobody says which revision is registered in it", p.name),
				Remedy: fmt.Sprintf("aws elbv2 add-tags --resource-arns %s --tags Key=%s,Value=<revision>", p.TargetGroup, kind.PoolTag),
			}
		}
		if p.Weight > 0 && moving == "" {
			moving = held[i].moving
		}
	}
	return pools, moving, nil
}

// side is one of the two pools, with what stands in it.
type side struct {
	name string
	kind.Pool
	kind.Stand
}

func sides(rule kind.ALBRule, p kind.Pools) [2]side {
	return [2]side{{"blue", rule.Blue, p.Blue}, {"green", rule.Green, p.Green}}
}

// tags reads the tags of resources, by ARN.
func (r *Router) tags(ctx context.Context, arns ...string) (map[string]map[string]string, error) {
	out, err := r.elb.DescribeTags(ctx, &elb.DescribeTagsInput{ResourceArns: arns})
	if err != nil {
		return nil, err
	}
	all := map[string]map[string]string{}
	for _, d := range out.TagDescriptions {
		tags := map[string]string{}
		for _, tag := range d.Tags {
			tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
		all[aws.ToString(d.ResourceArn)] = tags
	}
	return all, nil
}

// unreadable is the error of a rule or listener that could not be read; a nil error stands for one that was not among those that were listed.
func unreadable(rule kind.ALBRule, err error) error {
	if err == nil {
		return missing(rule)
	}
	return fmt.Errorf("reading %s: %w", rule, gone(rule, err))
}

func missing(rule kind.ALBRule) error {
	return &traffic.Obstacle{What: fmt.Sprintf("there is no %s", rule), Remedy: "make it, or correct target.albRule in the definition: aws elbv2 describe-rules --listener-arn <listener>"}
}

// gone adds an Obstacle to an error that says that the rule, the listener or a target group does not exist.
func gone(rule kind.ALBRule, err error) error {
	var noRule *types.RuleNotFoundException
	var noListener *types.ListenerNotFoundException
	var noGroup *types.TargetGroupNotFoundException
	switch {
	case errors.As(err, &noRule), errors.As(err, &noListener):
		return errors.Join(err, missing(rule))
	case errors.As(err, &noGroup):
		return errors.Join(err, &traffic.Obstacle{What: fmt.Sprintf("a target group of %s does not exist", rule), Remedy: "make it, or correct blue and green in the definition: aws elbv2 describe-target-groups"})
	}
	return err
}

// refused adds an Obstacle to an error of a write that will never pass. What Elastic Load Balancing says of itself passes; what it says of the
// request does not (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyRule.html, Errors).
func refused(err error) error {
	var said smithy.APIError
	if !errors.As(err, &said) {
		return err
	}
	switch said.ErrorCode() {
	case "RuleNotFound", "ListenerNotFound", "TargetGroupNotFound", "TargetGroupAssociationLimit", "TooManyRules", "TooManyTags", "TooManyTargets", "TooManyUniqueTargetGroupsPerLoadBalancer", "InvalidConfigurationRequest", "UnsupportedProtocol", "IncompatibleProtocols", "InvalidLoadBalancerAction", "OperationNotPermitted":
		return errors.Join(err, &traffic.Obstacle{What: "Elastic Load Balancing refuses it: " + said.ErrorMessage(), Remedy: "mend what it names, and release again"})
	}
	return err
}
