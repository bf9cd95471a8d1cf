//go:build !one || albRule

package rivals

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"

	"sluice/shared/codedeploy"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

func init() {
	linked[kind.ALBRuleID] = func(cfg aws.Config) Finder { return groups{codedeploy.New(cfg)} }
}

// groups are those of CodeDeploy. One for ECS moves the whole listener, whichever rule of it Sluice would move
// (https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-groups-create-ecs.html).
type groups struct{ codedeploy *codedeploy.Groups }

// Find implements Finder.
func (g groups) Find(ctx context.Context, t rollout.Target) (why *rollout.Rejection, unseen string, err error) {
	rule := *t.ALBRule
	owner, all, err := g.codedeploy.Owner(ctx, codedeploy.Route{Listener: rule.Above(), TargetGroups: []string{rule.Blue.TargetGroup, rule.Green.TargetGroup}})
	switch {
	case err != nil:
		return nil, "", err
	case owner != "":
		return rollout.Because(fmt.Sprintf("%s is not yours to move: deployment group %s of CodeDeploy moves its listener or its target groups", rule, owner),
			"delete the group (aws deploy delete-deployment-group), or leave the rule to CodeDeploy"), "", nil
	case !all:
		return nil, fmt.Sprintf("CodeDeploy has more than %d applications of ECS: whether a deployment group of another one moves %s was not looked at.", codedeploy.Most, rule), nil
	}
	return nil, "", nil
}
