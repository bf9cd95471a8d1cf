package shift

import (
	"context"
	"fmt"
	"strings"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/shared/eventbridge"
	"sluice/shared/rollout"
	"sluice/shared/stepfunctions"
)

// frozen is the freeze that keeps a step's traffic from moving; nil when none does. A move that has begun goes on.
func (h *handler) frozen(ctx context.Context, r rollout.Release, l rollout.Lease, step int) (*rollout.Frozen, error) {
	if moved(r, l, step) || l.Moving != "" {
		return nil, nil
	}
	all, err := h.store.Freezes(ctx)
	return r.FrozenBy(all, h.Now()), err
}

// freeze has the release stay where it is, under the eyes of guard and checks, until somebody lifts the freeze or its time ends. Where the state would
// wait longer than that, Judge goes on at once and sets the time. It stores the token first and looks afterwards: whoever lifts the freeze at this
// moment finds the token, or the freeze is found lifted.
func (h *handler) freeze(ctx context.Context, r rollout.Release, l rollout.Lease, f rollout.Frozen, t stepfunctions.Task) (waits bool, err error) {
	if r.Frozen == nil || !r.Frozen.At.Equal(f.At) || r.Frozen.Service != f.Service {
		said := fmt.Sprintf("It stays at %v, because %s.", l.Weight, strings.TrimSuffix(f.Sentence(), "."))
		if err := h.store.Froze(ctx, r.ID, f, rollout.Line{At: h.Now(), Who: "shift", What: said}); err != nil {
			return false, err
		}
		if err := h.bus.Tell(ctx, events.ReleaseHeld, eventbridge.Detail(r, l.Weight, said, h.Now())); err != nil {
			return false, err
		}
	}
	if t.Lasts() > f.Again(h.Now()).Std() {
		return false, nil
	}
	rung, err := h.store.Await(ctx, r.ID, t.Token, h.Now())
	if err != nil || rung {
		return false, err
	}
	still, err := h.frozen(ctx, r, l, t.Step)
	if err != nil || still == nil {
		return false, err
	}
	l.Expires = h.Now().Add(t.Lasts() + rollout.Margin)
	if _, err := h.store.Renew(ctx, l); dynamo.IsConflict(err) { // the fence is up
		return false, nil
	} else if err != nil {
		return false, err
	}
	return true, nil
}
