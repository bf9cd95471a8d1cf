package shift

import (
	"context"

	"sluice/shared/rollout"
)

// outdated finds out, before anything moves, whether somebody changed the target since people saw what the release changes. Then Judge has it admitted
// once more: what it changes is looked at anew, and asked again if it is something else.
func (h *handler) outdated(ctx context.Context, r rollout.Release, l rollout.Lease) (outdated bool, err error) {
	if h.ports.Previewer == nil || r.Preview == nil || l.Weight > rollout.None || l.Moving != "" {
		return false, nil
	}
	stands, err := h.ports.Previewer.Stands(ctx, r.Definition.Target, r.Preview.ID)
	if err != nil || stands {
		return false, err
	}
	return true, h.forget(ctx, r)
}

// forget writes that what people saw does not hold any more.
func (h *handler) forget(ctx context.Context, r rollout.Release) error {
	p := *r.Preview
	p.Outdated = true
	r.Preview = &p
	return h.store.Previewed(ctx, r, rollout.Line{At: h.Now(), Who: "shift", What: "Somebody changed the target since the release was previewed: it is admitted anew."})
}
