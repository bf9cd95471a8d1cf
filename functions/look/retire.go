package look

import (
	"context"
	"fmt"

	"sluice/shared/dynamo"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// retire takes down the pool that does not serve. Meanwhile no release gets the target; afterwards the next one fills the pool again. A failure is
// tried again by the next watch.
func (h *handler) retire(ctx context.Context, id string) error {
	standing, err := h.store.Standing(ctx, id)
	if err != nil {
		return err
	}
	l := standing.Lease
	due, why := standing.Retire(h.Now())
	switch {
	case why != "":
		return h.retired(ctx, standing, "is left as it is: "+why)
	case !due:
		return nil
	}
	if err := h.store.Retire(ctx, l, h.Now()); err != nil {
		if dynamo.IsConflict(err) { // a release came, or another look is at it
			return nil
		}
		return err
	}
	did, err := h.retirer.Retire(ctx, l.Spec, l.Left())
	switch o := traffic.ObstacleOf(err); {
	case o != nil:
		return h.retired(ctx, standing, fmt.Sprintf("is left as it is: %s; %s", o.What, o.Remedy))
	case err != nil && !standing.Patient(h.Now()):
		return h.retired(ctx, standing, fmt.Sprintf("could not be retired (%v): scale it by hand", err))
	case err != nil:
		return err
	}
	return h.retired(ctx, standing, "is retired: "+did)
}

// retired writes what became of the pool, first where people read it.
func (h *handler) retired(ctx context.Context, s rollout.Standing, what string) error {
	line := rollout.Line{At: h.Now(), Who: "look", What: "The pool that does not serve " + what + "."}
	if err := h.store.Note(ctx, s.Release.ID, line); err != nil {
		return err
	}
	return h.store.Retired(ctx, s.Lease, what)
}
