package admit

import (
	"context"
	"time"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/shared/eventbridge"
	"sluice/shared/rollout"
)

// moment is when a release looks again that finds the pool being retired that it is about to fill, or parameters that it carries being put back.
const moment = rollout.Duration(15 * time.Second)

// puttingBack says whether the release that had the target last has parameters to put back, of one that carries some, too: what it would find there is not
// what will be there.
func (h *handler) puttingBack(ctx context.Context, r rollout.Release, turn rollout.Turn) (bool, error) {
	if !turn.Tries || len(r.Definition.Carries()) == 0 {
		return false, nil
	}
	l, err := h.store.Lease(ctx, r.Definition.Target.ID())
	if err != nil || l.Phase != rollout.Free || l.Owner == "" || l.Owner == r.ID {
		return false, err
	}
	last, err := h.store.Release(ctx, l.Owner)
	if dynamo.IsNotFound(err) {
		return false, nil
	}
	return last.PutsBack(h.Now()), err
}

// take takes the lease, if it is the release's turn. An earlier attempt may have succeeded unseen: then the release has the lease already.
func (h *handler) take(ctx context.Context, r rollout.Release, turn rollout.Turn) (l rollout.Lease, taken bool, err error) {
	if !turn.Tries {
		return l, false, nil
	}
	l, err = h.store.Acquire(ctx, r, r.Definition.Target.ID(), h.Now(), h.Now().Add(rollout.Margin))
	if dynamo.IsConflict(err) && l.Owner != r.ID {
		return l, false, nil
	}
	if err != nil && !dynamo.IsConflict(err) {
		return l, false, err
	}
	return l, true, h.displace(ctx, r, turn)
}

// stay follows the definition's policy for a target that the release cannot have now. A release that supersedes sends the target's holder back.
func (h *handler) stay(ctx context.Context, c rollout.Cursor, r rollout.Release, holder rollout.Lease, turn rollout.Turn) (rollout.Cursor, error) {
	first, why := r.Behind(turn, holder, h.Now())
	if why != nil {
		return h.reject(ctx, c, r, why)
	}
	if err := h.queue(ctx, r, turn, first); err != nil {
		return c, err
	}
	if r.Supersedes() {
		if err := h.displace(ctx, r, turn); err != nil {
			return c, err
		}
		if err := h.sendBack(ctx, r, holder); err != nil {
			return c, err
		}
	}
	return c.Await(r.Definition.LookAgain()), nil
}

// queue puts the release into the queue, unless it stands there already, perhaps farther back than the queue was read. It writes the place last,
// because the place says that people were told: after a crash in between they are told again, and not never.
func (h *handler) queue(ctx context.Context, r rollout.Release, turn rollout.Turn, first string) error {
	if turn.Queued {
		return nil
	}
	if _, err := h.store.Queued(ctx, r.Definition.Target.ID(), r); !dynamo.IsNotFound(err) {
		return err
	}
	said := "Waits in the queue behind release " + first + "."
	if err := h.store.Note(ctx, r.ID, h.line(said)); err != nil {
		return err
	}
	if err := h.bus.Tell(ctx, events.ReleaseQueued, eventbridge.Detail(r, rollout.None, said, h.Now())); err != nil {
		return err
	}
	return h.store.Enqueue(ctx, r.Definition.Target.ID(), r)
}

// displace tells older releases in the queue that a newer one takes their place.
func (h *handler) displace(ctx context.Context, r rollout.Release, turn rollout.Turn) error {
	if !r.Supersedes() {
		return nil
	}
	for _, w := range turn.Ahead {
		err := h.store.Displace(ctx, r.Definition.Target.ID(), w, r.ID)
		if dynamo.IsConflict(err) { // it has left the queue meanwhile
			continue
		}
		if err != nil {
			return err
		}
		if err := h.machine.Wake(ctx, h.store, w.Release, h.Now()); err != nil {
			return err
		}
	}
	return nil
}

// sendBack raises the fence of the release that holds the target, unless that release is newer than r.
func (h *handler) sendBack(ctx context.Context, r rollout.Release, holder rollout.Lease) error {
	running, err := h.store.Release(ctx, holder.Owner)
	if err != nil {
		return err
	}
	f := r.Replaces(running, h.Now())
	if f == nil {
		return nil
	}
	_, err = h.store.Raise(ctx, holder.Target, holder.Owner, holder.Epoch, *f)
	if dynamo.IsConflict(err) { // it has ended meanwhile
		return nil
	}
	if err != nil {
		return err
	}
	return h.machine.Wake(ctx, h.store, holder.Owner, h.Now())
}
