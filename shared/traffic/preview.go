package traffic

import (
	"context"
	"errors"
	"time"

	"sluice/shared/rollout"
)

// A preview is waited for in the function for a while: most are there after seconds, and a function that answers that something is not ready has failed.
const (
	glances = 6
	glance  = 3 * time.Second // between two of them
)

// Foresee previews a release. why says why it is not let in: because it can never be carried out, or because it endangers data and nobody is asked.
// Errors: those of Previewer.
func Foresee(ctx context.Context, p Previewer, r rollout.Release) (seen rollout.Preview, why *rollout.Rejection, err error) {
	i := Intent{Course: r.Course(), Revision: r.Revision.Version, Alarms: r.Definition.Guard.Alarms, Bakes: r.Duration()}
	if r.Fixes != "" { // what it mends has turned an alarm red
		i.Alarms = nil
	}
	for range glances {
		seen, why, err = p.Preview(ctx, r.Definition.Target, i)
		if soon := new(rollout.NotReady); !errors.As(err, &soon) {
			break
		}
		select {
		case <-time.After(glance):
		case <-ctx.Done():
			return seen, nil, ctx.Err()
		}
	}
	switch o := ObstacleOf(err); {
	case o != nil:
		return seen, rollout.Because(o.What, o.Remedy), nil
	case why != nil || err != nil:
		return seen, why, rollout.Bare(err)
	}
	return seen, r.Unasked(seen), nil
}
