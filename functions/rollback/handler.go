// Package rollback puts all traffic on stable. Traffic first: everything that could be slow comes after it.
package rollback

import (
	"context"
	"errors"
	"time"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/shared/eventbridge"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/start"
	"sluice/shared/stepfunctions"
	"sluice/shared/traffic"
	"sluice/shared/traffic/kinds"
)

type config struct {
	Kind  string `env:"SLUICE_KIND"` // of its targets
	Table string `env:"SLUICE_TABLE"`
	Bus   string `env:"SLUICE_BUS"`
}

type handler struct {
	start.World
	store   store
	mover   *traffic.Mover
	bus     *eventbridge.Bus
	machine *stepfunctions.Machine
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	ports, err := kinds.Of(kind.ID(c.Kind), w.AWS)
	if err != nil {
		return nil, err
	}
	h := &handler{World: w, store: dynamo.New(w.AWS, c.Table), mover: traffic.Over(ports), bus: eventbridge.New(w.AWS, c.Bus), machine: stepfunctions.New(w.AWS, "")}
	return start.Handle(w, "rollback", h.handle), nil
}

// A way back that takes seconds is looked at again at once: a wait would cost transitions.
const (
	looks   = 3
	briefly = 5 * time.Second // between them
)

// handle moves first. A way back that takes minutes is waited for: the token is stored, and the traffic looked at once more after that, so that whatever
// tells of its end is heard or seen.
func (h *handler) handle(ctx context.Context, t stepfunctions.Return) (struct{}, error) {
	if t.Cursor.PastEnd() { // a hook has news, or a state before After failed: the release stays as it is
		return struct{}{}, h.machine.SeeOn(ctx, t.Token)
	}
	waits, err := h.shortly(ctx, t)
	if err == nil && waits {
		h.await(ctx, t)
		waits, err = h.back(ctx, t)
	}
	if err != nil || waits {
		return struct{}{}, err
	}
	return struct{}{}, h.machine.GoOn(ctx, t.Token)
}

// shortly looks a few times, one shortly after the other.
func (h *handler) shortly(ctx context.Context, t stepfunctions.Return) (waits bool, err error) {
	for look := range looks {
		if look > 0 {
			select {
			case <-time.After(briefly):
			case <-ctx.Done():
				return true, ctx.Err()
			}
		}
		if waits, err = h.back(ctx, t); err != nil || !waits {
			return waits, err
		}
	}
	return true, nil
}

// await stores the token with which others end the wait. Without it the state's time-out looks again, so nothing is lost but two minutes.
func (h *handler) await(ctx context.Context, t stepfunctions.Return) {
	if _, err := h.store.Await(ctx, t.Cursor.Release, t.Token, h.Now()); err != nil {
		h.Log.WarnContext(ctx, "nobody can end this wait early", "release", t.Cursor.Release, "error", err)
	}
}

// back brings all traffic to stable. waits says that its service is still moving it.
func (h *handler) back(ctx context.Context, t stepfunctions.Return) (waits bool, err error) {
	standing, err := h.store.Standing(ctx, t.Cursor.Release)
	if err != nil {
		return false, err
	}
	r, l := standing.Release, standing.Lease
	if l.Owner != r.ID || l.Phase == rollout.Free { // it never held the target, or lost it: its traffic is not ours to move
		return false, nil
	}
	if l, err = h.raise(ctx, t.Cursor, l); err != nil {
		return false, err
	}
	moving, err := h.restore(ctx, r, l)
	if traffic.ObstacleOf(err) != nil || traffic.IsMoved(err) { // nothing to try again: settle ends it as stuck, with what to do
		h.Log.ErrorContext(ctx, "traffic does not come back", "release", r.ID, "target", l.Target, "error", err)
		err = nil
	}
	if err != nil || moving {
		err = errors.Join(err, h.store.Tenure(l).Prolong(ctx, h.Now()))
	}
	if told := h.tell(ctx, r, l); err == nil {
		err = told
	}
	return moving, err
}

// raise makes sure that the fence is up before anything moves, so that no forward step comes after this.
func (h *handler) raise(ctx context.Context, c rollout.Cursor, l rollout.Lease) (rollout.Lease, error) {
	if l.Fence != nil {
		return l, nil
	}
	reason := "The machine that led the release stopped."
	if c.Error != nil {
		reason = events.Line("A step failed: " + c.Error.Says())
	}
	return h.store.Raise(ctx, l.Target, l.Owner, l.Epoch,
		rollout.Fence{Kind: rollout.ByBreakdown, By: "rollback", Reason: reason, At: h.Now()})
}

// restore brings the traffic back, and says whether its service is still moving it.
func (h *handler) restore(ctx context.Context, r rollout.Release, l rollout.Lease) (moving bool, err error) {
	if !l.Begun() {
		return false, nil
	}
	now, err := h.mover.Resume(ctx, r.Definition.Target, l.Back(), h.store.Tenure(l))
	if dynamo.IsConflict(err) { // the target's traffic is not ours to move any more
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if now.Moving != "" {
		l.Tag = now.Tag
		return true, h.store.Returning(ctx, l)
	}
	l.Weight, l.Tag, l.Expires = rollout.None, now.Tag, h.Now().Add(rollout.Margin)
	if err := h.store.Returned(ctx, l, start.Invocation(ctx)); err != nil && !dynamo.IsConflict(err) {
		return false, err
	}
	return false, nil
}

// tell writes and says once that the release goes back, whether or not the first try could move the traffic. It writes the record first, because
// messages are made from it. It writes last that it said so: after a crash in between it says so again, and not never.
func (h *handler) tell(ctx context.Context, r rollout.Release, l rollout.Lease) error {
	if r.State == rollout.StateRollback {
		return nil
	}
	if r.Cause == nil {
		r.Cause = l.Fence
		err := h.store.GoesBack(ctx, r, rollout.Line{At: h.Now(), Who: "rollback", What: r.Returns(l.Stable, *l.Fence)})
		if dynamo.IsConflict(err) { // another execution has brought it to its end
			return nil
		}
		if err != nil {
			return err
		}
	}
	if err := h.bus.Tell(ctx, events.ReleaseRollingBack, eventbridge.Detail(r, rollout.None, r.GoingBack(), h.Now())); err != nil {
		return err
	}
	if err := h.store.WentBack(ctx, r); !dynamo.IsConflict(err) {
		return err
	}
	return nil
}
