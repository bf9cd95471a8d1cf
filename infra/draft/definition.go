package draft

import (
	"context"
	"slices"
	"time"

	"sluice/shared/cloudwatch"
	"sluice/shared/rollout"
)

// climbs are the strategies that a draft may have, the best first. Not every kind of target can express each.
func climbs() []rollout.Strategy {
	const bake = rollout.Duration(10 * time.Minute)
	canary := func(percents ...float64) rollout.Strategy {
		var steps []rollout.Step
		for _, p := range percents {
			steps = append(steps, rollout.Step{Weight: rollout.Percent(p), Bake: bake})
		}
		return rollout.Strategy{Canary: &rollout.Canary{Steps: steps}}
	}
	return []rollout.Strategy{
		canary(5, 25, 50), canary(25, 50, 75), canary(5, 15), canary(10),
		{AllAtOnce: &rollout.AllAtOnce{Bake: rollout.Duration(30 * time.Minute)}},
	}
}

// Compose is a definition that is valid for its target: the first strategy that the kind can carry out, errors compared where they can be and users come,
// and a revert window where the kind has one. The alarms are those that were chosen.
func Compose(ctx context.Context, in Account, service string, t rollout.Target, alarms []string, now time.Time) rollout.Definition {
	d := rollout.Definition{Service: service, Target: t, Guard: rollout.Guard{Alarms: alarms}}
	for _, window := range []time.Duration{24 * time.Hour, time.Hour, 0} {
		for _, d.Strategy = range climbs() {
			if d.RevertWindow = rollout.Duration(window); len(d.Validate()) == 0 {
				return compared(ctx, in, d, now)
			}
		}
	}
	return d // what is wrong with it lies in the answers, and verify says it
}

// compared adds a comparison of errors where revisions can be told apart and somebody came in the last week: without users each release would go back.
func compared(ctx context.Context, in Account, d rollout.Definition, now time.Time) rollout.Definition {
	with := d
	with.Checks.Errors = []rollout.Compared{{}}
	if d.Target.Blends() != "" || d.Target.Spec().Metrics(d.Target.Facts().Revision.Example).Requests.Absent() || len(with.Validate()) > 0 {
		return d
	}
	hours, unread := cloudwatch.New(in).Hours(ctx, with.WithDefaults(), "", now)
	if len(unread) > 0 || !slices.ContainsFunc(hours["errors0"], func(n float64) bool { return n > 0 }) {
		return d
	}
	return with
}
