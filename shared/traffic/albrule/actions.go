package albrule

import (
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// forwards finds the one action that forwards: the last one.
func forwards(all []types.Action) *types.Action {
	if i := slices.IndexFunc(all, func(a types.Action) bool { return a.Type == types.ActionTypeEnumForward }); i >= 0 {
		return &all[i]
	}
	return nil
}

// weights are the weights of target groups in an action. An action with one target group may have the shorter form alone, without a weight.
func weights(a types.Action) map[string]int {
	if a.ForwardConfig == nil || len(a.ForwardConfig.TargetGroups) == 0 {
		return map[string]int{aws.ToString(a.TargetGroupArn): 1}
	}
	all := map[string]int{}
	for _, g := range a.ForwardConfig.TargetGroups {
		weight := 1
		if g.Weight != nil {
			weight = int(*g.Weight)
		}
		all[aws.ToString(g.TargetGroupArn)] = weight
	}
	if len(all) == 1 { // whatever its weight, it gets everything
		for arn := range all {
			all[arn] = 1
		}
	}
	return all
}

// stand fills the weights of pools in, as actions have them. It refuses a rule that forwards to something else.
func stand(rule kind.ALBRule, pools kind.Pools, all []types.Action) (kind.Pools, error) {
	action := forwards(all)
	if action == nil {
		return pools, &traffic.Obstacle{What: fmt.Sprintf("%s forwards to no target group", rule), Remedy: "have it forward to " + rule.Blue.TargetGroup}
	}
	found := weights(*action)
	pools.Blue.Weight, pools.Green.Weight = found[rule.Blue.TargetGroup], found[rule.Green.TargetGroup]
	delete(found, rule.Blue.TargetGroup)
	delete(found, rule.Green.TargetGroup)
	for other := range found {
		return pools, &traffic.Obstacle{
			What:   fmt.Sprintf("%s forwards to %s, too, which the definition does not name", rule, other),
			Remedy: "take that target group out of the rule, or name it as blue or green",
		}
	}
	if pools.Blue.Weight+pools.Green.Weight == 0 {
		return pools, &traffic.Obstacle{What: fmt.Sprintf("%s gives no target group any traffic", rule), Remedy: "give all of it to the target group that serves"}
	}
	pools.Bound = len(all) > 1
	return pools, nil
}

// split is what pools with weights serve.
func split(p kind.Pools) rollout.Split {
	sum := p.Blue.Weight + p.Green.Weight
	s := rollout.Split{Stable: p.Blue.Revision, Candidate: p.Green.Revision, Weight: rollout.FromFraction(float64(p.Green.Weight) / float64(max(1, sum))), Tag: p.String(), Either: true}
	if p.Mark.Pool == "blue" {
		s.Stable, s.Candidate, s.Weight = s.Candidate, s.Stable, rollout.All-s.Weight
	}
	if p.Mark != (kind.Mark{}) {
		s.Marked, s.Either = true, false
		return s
	}
	switch {
	case p.Green.Weight == 0 || p.Blue.Revision == p.Green.Revision:
		s.Candidate, s.Weight, s.Either = "", rollout.None, false
	case p.Blue.Weight == 0:
		s.Stable, s.Candidate, s.Weight, s.Either = p.Green.Revision, "", rollout.None, false
	}
	return s
}

// placed refuses a revision that stands in none of the pools.
func placed(rule kind.ALBRule, p kind.Pools, revision string) error {
	if revision == "" || p.With(revision) != "" {
		return nil
	}
	remedy := fmt.Sprintf("register it in one of them, and write so in the tag %s of that target group", kind.PoolTag)
	if s := rule.Services(); s != nil {
		remedy = fmt.Sprintf("have service %s or %s run it: aws ecs update-service --cluster %s --service <service> --task-definition %s", s[0].Service, s[1].Service, s[0].Cluster, revision)
	}
	if g := rule.Groups(); g != nil {
		remedy = fmt.Sprintf("have group %s or %s run it: aws autoscaling update-auto-scaling-group --auto-scaling-group-name <group> --launch-template LaunchTemplateId=%s,Version=<its number>", g[0].Group, g[1].Group, rule.Launch.Template)
	}
	return &traffic.Obstacle{What: fmt.Sprintf("%s stands in no target group of %s", revision, rule), Remedy: remedy}
}

// divided gives pools the weights of a split. It refuses a revision that stands in none of them.
func divided(rule kind.ALBRule, p kind.Pools, to rollout.Split) (kind.Pools, error) {
	if err := errors.Join(placed(rule, p, to.Stable), placed(rule, p, to.Candidate)); err != nil {
		return p, err
	}
	stable, candidate := shares(to.Weight)
	p.Blue.Weight, p.Green.Weight = stable, candidate
	if p.With(to.Stable) == "green" {
		p.Blue.Weight, p.Green.Weight = candidate, stable
	}
	return p, nil
}

// shares are a weight as two whole numbers that the service takes: percents where that is exact, since people read them in the console.
func shares(candidate rollout.Weight) (stable, of int) {
	if whole := int(candidate) / 100; int(candidate)%100 == 0 {
		return 100 - whole, whole
	}
	tenths := int(candidate) / 10
	return 1000 - tenths, tenths
}

// actions are the actions with new weights. Those before the one that forwards stay; what they must not be told again is left out.
func actions(found []types.Action, rule kind.ALBRule, p kind.Pools, sticky int) []types.Action {
	to := types.Action{Type: types.ActionTypeEnumForward, ForwardConfig: &types.ForwardActionConfig{
		TargetGroups:                []types.TargetGroupTuple{tuple(rule.Blue, p.Blue), tuple(rule.Green, p.Green)},
		TargetGroupStickinessConfig: &types.TargetGroupStickinessConfig{Enabled: aws.Bool(sticky > 0)},
	}}
	if sticky > 0 {
		to.ForwardConfig.TargetGroupStickinessConfig.DurationSeconds = aws.Int32(int32(sticky))
	}
	var all []types.Action
	for _, a := range found {
		switch {
		case a.Type == types.ActionTypeEnumForward:
			to.Order = a.Order
			continue
		case a.AuthenticateOidcConfig != nil: // the secret is never told (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AuthenticateOidcActionConfig.html)
			oidc := *a.AuthenticateOidcConfig
			oidc.ClientSecret, oidc.UseExistingClientSecret = nil, aws.Bool(true)
			a.AuthenticateOidcConfig = &oidc
		}
		all = append(all, a)
	}
	return append(all, to)
}

func tuple(p kind.Pool, s kind.Stand) types.TargetGroupTuple {
	return types.TargetGroupTuple{TargetGroupArn: &p.TargetGroup, Weight: aws.Int32(int32(s.Weight))}
}
