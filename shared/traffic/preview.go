package traffic

import (
	"context"

	"sluice/shared/rollout"
)

// Foresee previews a release. why says why it is not let in: because it can never be carried out, or because it endangers data and nobody is asked.
// Errors: those of Previewer.
func Foresee(ctx context.Context, p Previewer, r rollout.Release) (seen rollout.Preview, why *rollout.Rejection, err error) {
	i := Intent{Course: r.Course(), Revision: r.Revision.Version, Alarms: r.Definition.Guard.Alarms, Bakes: r.Duration()}
	if r.Fixes != "" { // what it mends has turned an alarm red
		i.Alarms = nil
	}
	seen, why, err = p.Preview(ctx, r.Definition.Target, i)
	switch o := ObstacleOf(err); {
	case o != nil:
		return seen, rollout.Because(o.What, o.Remedy), nil
	case why != nil || err != nil:
		return seen, why, rollout.Bare(err)
	}
	return seen, r.Unasked(seen), nil
}
