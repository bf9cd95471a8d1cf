package gates

import (
	"context"
	"time"

	"sluice/shared/gates"
	"sluice/shared/rollout"
)

// alarmGates asks whether the guard alarms can bring the release back. It asks nothing where muted alarms do that all the same.
func (h *handler) alarmGates(ctx context.Context, r rollout.Release) ([]rollout.Gate, error) {
	guard := r.Definition.Guard
	if !r.Definition.Gates.Unmuted || guard.WhenMuted == rollout.RollBack || len(guard.Alarms) == 0 {
		return nil, nil
	}
	silent, err := h.mutes.Silent(ctx, guard.Alarms, h.Now())
	if err != nil {
		return nil, err
	}
	return []rollout.Gate{gates.Unmuted(silent)}, nil
}

// scanGates has the function scan ask AWS Config, the scanners, and AppConfig.
func (h *handler) scanGates(ctx context.Context, r rollout.Release) (found []rollout.Gate, err error) {
	g, alias := r.Definition.Gates, r.Definition.Target.LambdaAlias
	if g.Config == nil && g.Scan == nil && len(g.Features) == 0 {
		return nil, nil
	}
	q := gates.Inquiry{Revision: r.Revision.Version, Config: g.Config, Scan: g.Scan, Features: g.Features}
	if alias != nil {
		q.Function = alias.Function
	}
	if g.Scan != nil && g.Scan.ECR != "" {
		if q.Repository, q.Digest, err = h.images.Image(ctx, r.Definition.Target, r.Revision.Version); err != nil {
			return nil, err
		}
	}
	err = h.scan.Ask(ctx, q, &found)
	return found, err
}

// A look for drift takes a while, and more where there are many resources: then the gate is looked at again.
const (
	glances = 12
	glance  = 5 * time.Second // between two of them
)

// driftGates asks whether somebody changed the target past its template.
func (h *handler) driftGates(ctx context.Context, r rollout.Release) ([]rollout.Gate, error) {
	if !r.Definition.Gates.InSync || h.drifter == nil {
		return nil, nil
	}
	var d gates.Drift
	for range glances {
		var err error
		if d, err = h.drifter.Drift(ctx, r.Definition.Target, h.Now()); err != nil {
			return nil, err
		}
		if !d.Looking {
			break
		}
		select {
		case <-time.After(glance):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return []rollout.Gate{gates.InSync(d, h.Now())}, nil
}
