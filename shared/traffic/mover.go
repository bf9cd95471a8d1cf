package traffic

import (
	"context"
	"errors"
	"fmt"

	"sluice/shared/rollout"
)

// Mover moves the traffic of one kind of target forward and back.
type Mover struct{ router Router }

// Over builds the mover over a router.
func Over(r Router) *Mover { return &Mover{r} }

// Read says what really serves now.
func (m *Mover) Read(ctx context.Context, t rollout.Target) (rollout.Split, error) {
	return m.router.Read(ctx, t)
}

// Forward moves forward. It is idempotent: a target that already serves the split is left alone. It writes only on top of what it read, and
// returns the split that it read back afterwards. On a service without locks it asks the permit once more after it has written, and undoes
// what it wrote over a rollback.
// Errors: those of the permit, ErrMoved when the target changed meanwhile, an Obstacle when it can never be.
func (m *Mover) Forward(ctx context.Context, t rollout.Target, to rollout.Split, p Permit) (rollout.Split, error) {
	now, err := m.router.Read(ctx, t)
	if err != nil {
		return now, err
	}
	if err := p.Allows(ctx, now); err != nil {
		return m.refused(ctx, t, now, to, err)
	}
	if now.Same(to) {
		return now, nil
	}
	if _, err := m.router.Write(ctx, t, to, now.Tag); err != nil && !IsMoved(err) {
		return now, err
	}
	if now.Tag == "" {
		if err := p.Allows(ctx, to); err != nil {
			return m.refused(ctx, t, to, to, err)
		}
	}
	// A lost lock may be our own: the SDK tried again after an answer that did not arrive. Reading back tells.
	back, err := m.router.Read(ctx, t)
	if err == nil && !back.Same(to) {
		err = fmt.Errorf("reading back %s: it serves %v, not %v: %w", t.ID(), back, to, ErrMoved)
	}
	return back, err
}

// refused is the end of a forward move that the permit did not allow. Without locks, a target that serves what we wanted may do so because
// we wrote over the rollback: then that comes undone.
func (m *Mover) refused(ctx context.Context, t rollout.Target, found, to rollout.Split, why error) (rollout.Split, error) {
	why = fmt.Errorf("asking whether %s may move: %w", t.ID(), why)
	if found.Tag != "" || !found.Same(to) || !IsFenced(why) {
		return found, why
	}
	undone, err := m.router.Write(ctx, t, rollout.Split{Stable: to.Stable}, "")
	return undone, errors.Join(why, err)
}

// Back brings all traffic to to.Stable. With to.Tag it tries one compare-and-set on that lock first and reads
// only when that lost; it repeats until it has won or ctx ends. The permit is asked after each reading: whether the
// target is still ours to bring back. It returns what the service answered that it serves. Errors: an Obstacle when it
// can never be, those of the permit, with what was found.
func (m *Mover) Back(ctx context.Context, t rollout.Target, to rollout.Split, p Permit) (rollout.Split, error) {
	for lock := to.Tag; ; lock = "" {
		if lock == "" {
			now, err := m.router.Read(ctx, t)
			if err != nil || now.Serves(to.Stable) {
				return now, err
			}
			if err := p.Allows(ctx, now); err != nil {
				return now, fmt.Errorf("asking whether %s may go back: %w", t.ID(), err)
			}
			lock = now.Tag
		}
		now, err := m.router.Write(ctx, t, rollout.Split{Stable: to.Stable}, lock)
		if !IsMoved(err) {
			return now, err
		}
		if err := ctx.Err(); err != nil {
			return now, fmt.Errorf("bringing %s back: %w", t.ID(), err)
		}
	}
}
