package albrule

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// Filler is the traffic.Filler of target groups: it has the candidate's be checked, and waits until it can take all traffic.
type Filler struct{ *Router }

var _ traffic.Filler = (*Filler)(nil)

// Fill implements traffic.Filler. A target group that no rule names is not checked (Target.NotInUse), so the rule names it with weight 0 first
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html). It is ready when as many of its targets are
// healthy as of stable's.
func (f *Filler) Fill(ctx context.Context, t rollout.Target, stable, candidate string, since time.Time) (traffic.Progress, error) {
	rule := *t.ALBRule
	found, err := f.rule(ctx, rule)
	if err != nil {
		return traffic.Progress{}, err
	}
	pools, err := f.pools(ctx, rule, found)
	if err != nil {
		return traffic.Progress{}, err
	}
	if err := placed(rule, pools, stable); err != nil {
		return traffic.Progress{}, err
	}
	at := sides(rule, pools)
	serving, idle := at[0], at[1]
	if pools.With(stable) == "green" {
		serving, idle = at[1], at[0]
	}
	if named := weights(*forwards(found.actions)); len(named) < 2 {
		if err := f.modify(ctx, found, actions(found.actions, rule, pools, rule.StickySeconds)); err != nil {
			return traffic.Progress{}, fmt.Errorf("naming the target group of %s in %s: %w", idle.name, rule, err)
		}
	}
	p, err := f.keeper(rule).bring(ctx, filling{idle.Pool, serving.Pool, candidate, since})
	if err != nil || p != (traffic.Progress{}) {
		return p, err
	}
	return f.healthy(ctx, rule, idle, serving)
}

// healthy compares the targets of the two pools.
func (f *Filler) healthy(ctx context.Context, rule kind.ALBRule, idle, serving side) (traffic.Progress, error) {
	var counts [2]census
	for i, s := range []side{idle, serving} {
		out, err := f.elb.DescribeTargetHealth(ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: &s.TargetGroup})
		if err != nil {
			return traffic.Progress{}, fmt.Errorf("reading the health of the target group of %s: %w", s.name, gone(rule, err))
		}
		counts[i] = counted(out.TargetHealthDescriptions)
	}
	return counts[0].beside(counts[1]), nil
}

// census is how many targets of a target group are healthy, and why others are not.
type census struct {
	healthy int
	others  string // "Target.Timeout: Request timed out"
}

func counted(all []types.TargetHealthDescription) (c census) {
	for _, d := range all {
		switch h := d.TargetHealth; h.State {
		case types.TargetHealthStateEnumHealthy:
			c.healthy++
		case types.TargetHealthStateEnumDraining: // of the revision before
		default:
			c.others = string(h.Reason) + ": " + aws.ToString(h.Description)
		}
	}
	return c
}

// beside says how far a target group is beside the one that serves. At least one target must be healthy, also where stable has none.
func (c census) beside(stable census) traffic.Progress {
	wanted := max(1, stable.healthy)
	if c.healthy >= wanted {
		return traffic.Progress{}
	}
	how := fmt.Sprintf("%d of %d targets are healthy", c.healthy, wanted)
	if c.others != "" {
		how += " (" + c.others + ")"
	}
	return traffic.Progress{Moving: how}
}
