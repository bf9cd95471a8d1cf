package plan

import (
	"context"
	"strings"

	"sluice/shared/rollout"
)

// carries pins what the release carries from another environment, so that people are asked about that and about nothing else. A plan that is tried
// again, such as after a build, keeps what was found first.
func (h *handler) carries(ctx context.Context, r rollout.Release) (*rollout.Rejection, error) {
	all := r.Definition.Carries()
	if len(all) == 0 || len(r.Carried) > 0 {
		return nil, nil
	}
	var said []string
	for _, c := range all {
		from, err := h.values.Look(ctx, c.From)
		if err != nil {
			return nil, err
		}
		now, err := h.values.Look(ctx, c.Parameter)
		if err != nil {
			return nil, err
		}
		found, why := c.Find(from, now)
		if why != nil {
			return why, nil
		}
		r.Carried = append(r.Carried, found)
		said = append(said, found.String())
	}
	return nil, h.store.Carries(ctx, r, h.line("It carries: "+strings.Join(said, "; ")+"."))
}
