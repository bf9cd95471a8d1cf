package albrule

import (
	"context"
	"fmt"
	"time"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// keeper knows what stands in the two pools of a rule, and has one of them hold something else. What fills a pool differs: services of ECS,
// Auto Scaling groups, or somebody of whom Sluice knows nothing.
type keeper interface {
	// holds says what stands in blue and in green.
	holds(ctx context.Context, rule kind.ALBRule) ([2]holding, error)

	// bring has the idle pool hold a revision, with as much capacity as the serving one, and says how far that is. It is idempotent.
	bring(ctx context.Context, f filling) (traffic.Progress, error)

	// retire scales a pool to nothing, and says so. It is idempotent.
	retire(ctx context.Context, idle kind.Pool) (did string, err error)

	// refuses says why a pool can never hold a revision; nil when it can.
	refuses(ctx context.Context, rule kind.ALBRule, pools kind.Pools, revision string) (*rollout.Rejection, error)
}

// holding is what a pool holds.
type holding struct {
	revision string
	moving   string            // how far a deployment of it is that is under way
	nameless *traffic.Obstacle // why nobody can say which revision that is
}

// filling is what an idle pool is to hold.
type filling struct {
	idle, serving kind.Pool
	revision      string
	since         time.Time // when it began; zero when that is not known yet
}

func (r *Router) keeper(rule kind.ALBRule) keeper {
	switch {
	case rule.Services() != nil:
		return services{r.ecs}
	case rule.Groups() != nil:
		return groups{r.scaling}
	}
	return tagged{r}
}

// tagged are pools that somebody else fills: the tag of each target group says what is registered in it.
type tagged struct{ *Router }

func (t tagged) holds(ctx context.Context, rule kind.ALBRule) ([2]holding, error) {
	tags, err := t.tags(ctx, rule.Blue.TargetGroup, rule.Green.TargetGroup)
	return [2]holding{{revision: tags[rule.Blue.TargetGroup][kind.PoolTag]}, {revision: tags[rule.Green.TargetGroup][kind.PoolTag]}}, err
}

func (t tagged) bring(ctx context.Context, f filling) (traffic.Progress, error) {
	tags, err := t.tags(ctx, f.idle.TargetGroup)
	if err == nil && tags[f.idle.TargetGroup][kind.PoolTag] != f.revision {
		err = &traffic.Obstacle{What: fmt.Sprintf("the target group that does not serve does not hold %s any more", f.revision), Remedy: "register it there again, and write so in the tag " + kind.PoolTag}
	}
	return traffic.Progress{}, err
}

func (tagged) retire(_ context.Context, idle kind.Pool) (string, error) {
	return "", &traffic.Obstacle{What: "somebody else fills " + idle.TargetGroup, Remedy: "scale what fills it by hand"}
}

func (tagged) refuses(_ context.Context, rule kind.ALBRule, pools kind.Pools, revision string) (*rollout.Rejection, error) {
	if o := traffic.ObstacleOf(placed(rule, pools, revision)); o != nil {
		return rollout.Because(o.What, o.Remedy), nil
	}
	return nil, nil
}
