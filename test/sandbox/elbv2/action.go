package elbv2

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/test/sandbox/wire"
)

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
const (
	mostInAction   = 5
	mostOfBalancer = 100
)

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupStickinessConfig.html
const longestStickiness = 604800

// actions checks a list of actions, which takes the place of another one, and gives it the form in which it is described: with all that is left out.
// Exactly one of them routes, and it comes last (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html).
func (s *Service) actions(l *listener, given, before []types.Action) ([]types.Action, error) {
	if len(given) == 0 {
		return nil, invalid("At least one action must be specified")
	}
	all := slices.Clone(given)
	if len(all) > 1 {
		if slices.ContainsFunc(all, func(a types.Action) bool { return a.Order == nil }) {
			return nil, invalid("An action order must be specified for each of multiple actions")
		}
		slices.SortStableFunc(all, func(a, b types.Action) int { return int(*a.Order - *b.Order) })
	}
	for i, a := range all {
		var err error
		if i < len(all)-1 {
			all[i], err = authenticates(l, a, before)
		} else {
			all[i], err = s.routes(l.of, a)
		}
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (s *Service) routes(b *balancer, a types.Action) (types.Action, error) {
	switch a.Type {
	case types.ActionTypeEnumFixedResponse:
		return a, fixed(a)
	case types.ActionTypeEnumForward:
		return s.forward(b, a)
	case types.ActionTypeEnumAuthenticateOidc:
		return a, invalid("The last action must be a routing action")
	}
	return a, wire.NotImplemented("an action of type " + string(a.Type))
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_FixedResponseActionConfig.html
var fixedStatus = regexp.MustCompile(`^[245]\d\d$`)

func fixed(a types.Action) error {
	if a.FixedResponseConfig == nil || !fixedStatus.MatchString(aws.ToString(a.FixedResponseConfig.StatusCode)) {
		return invalid("A fixed response needs a status code 2XX, 4XX or 5XX")
	}
	return nil
}

// forward gives an action that forwards its full form. With one target group that has both TargetGroupArn and ForwardConfig, whichever was given:
// so AWS describes it, as clients that must tell the two apart know
// (https://github.com/ansible-collections/amazon.aws, module_utils/elbv2.py: "a redundant ForwardConfig where TargetGroupARN has already been set").
// With more it has ForwardConfig alone (https://github.com/go-to-k/cdk-real-drift/issues/1730).
func (s *Service) forward(b *balancer, a types.Action) (types.Action, error) {
	config, err := configured(a)
	if err != nil {
		return a, err
	}
	if err := s.checkGroups(b, config.TargetGroups); err != nil {
		return a, err
	}
	sticky := config.TargetGroupStickinessConfig
	switch {
	case !aws.ToBool(sticky.Enabled) && len(config.TargetGroups) > 1 && s.sticksToTargets(config.TargetGroups):
		// The words are AWS's, as people quote them.
		return a, &types.InvalidConfigurationRequestException{Message: aws.String("You must enable group stickiness on a rule if you enabled target stickiness on one of its target groups")}
	case aws.ToBool(sticky.Enabled) && (sticky.DurationSeconds == nil || !within(sticky.DurationSeconds, 1, longestStickiness)):
		return a, invalid("Target group stickiness duration must be between 1 and %d seconds", longestStickiness)
	}
	a.ForwardConfig, a.TargetGroupArn = config, nil
	if len(config.TargetGroups) == 1 {
		a.TargetGroupArn = config.TargetGroups[0].TargetGroupArn
	}
	return a, nil
}

// shown is how actions are described: see Terse.
func (s *Service) shown(actions []types.Action) []types.Action {
	if !s.terse {
		return actions
	}
	short := slices.Clone(actions)
	for i := range short {
		if short[i].TargetGroupArn != nil {
			short[i].ForwardConfig = nil
		}
	}
	return short
}

// configured is what an action says in either form, with defaults. That a weight which is left out is 1 is undocumented; CDK leaves it out.
func configured(a types.Action) (*types.ForwardActionConfig, error) {
	full := types.ForwardActionConfig{TargetGroupStickinessConfig: &types.TargetGroupStickinessConfig{Enabled: aws.Bool(false)}}
	given := []types.TargetGroupTuple{{TargetGroupArn: a.TargetGroupArn}}
	if a.ForwardConfig != nil && len(a.ForwardConfig.TargetGroups) > 0 {
		given = a.ForwardConfig.TargetGroups
		if a.TargetGroupArn != nil && (len(given) > 1 || aws.ToString(given[0].TargetGroupArn) != *a.TargetGroupArn) {
			// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html
			return nil, invalid("You can specify only one target group using ForwardConfig, and it must be the same target group specified in TargetGroupArn")
		}
	}
	if a.ForwardConfig != nil && a.ForwardConfig.TargetGroupStickinessConfig != nil {
		full.TargetGroupStickinessConfig = a.ForwardConfig.TargetGroupStickinessConfig
	}
	for _, g := range given {
		switch {
		case aws.ToString(g.TargetGroupArn) == "":
			return nil, invalid("A target group ARN must be specified")
		case !within(g.Weight, 0, 999):
			return nil, invalid("The weight of a target group must be between 0 and 999")
		case g.Weight == nil:
			g.Weight = aws.Int32(1)
		}
		full.TargetGroups = append(full.TargetGroups, g)
	}
	return &full, nil
}

// checkGroups refuses target groups that do not exist, are too many, or belong to another load balancer. The codes of too many in one action
// and of one that is named twice are undocumented. All weights may be 0, which is undocumented, too: every request gets a 503 then.
func (s *Service) checkGroups(b *balancer, tuples []types.TargetGroupTuple) error {
	if len(tuples) > mostInAction {
		return invalid("The maximum number of target groups per action is %d", mostInAction)
	}
	named := b.groups()
	for i, t := range tuples {
		arn := *t.TargetGroupArn
		if _, err := s.group(&arn); err != nil {
			return err
		}
		if slices.ContainsFunc(tuples[:i], func(other types.TargetGroupTuple) bool { return *other.TargetGroupArn == arn }) {
			return invalid("Target group '%s' is specified more than once", arn)
		}
		for _, other := range s.balancers {
			if other != b && other.groups()[arn] {
				return &types.TargetGroupAssociationLimitException{Message: aws.String("The following target groups cannot be associated with more than one load balancer: " + arn)}
			}
		}
		named[arn] = true
	}
	if len(named) > mostOfBalancer {
		return &types.TooManyUniqueTargetGroupsPerLoadBalancerException{Message: aws.String(fmt.Sprintf("The maximum number of unique target groups per load balancer is %d", mostOfBalancer))}
	}
	return nil
}

func (s *Service) sticksToTargets(tuples []types.TargetGroupTuple) bool {
	return slices.ContainsFunc(tuples, func(t types.TargetGroupTuple) bool {
		g, err := s.group(t.TargetGroupArn)
		return err == nil && g.attributes[stickinessOn] == "true"
	})
}
