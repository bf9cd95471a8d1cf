package traffic

import (
	"context"
	"errors"
	"fmt"

	"sluice/shared/rollout"
)

// Mover moves the traffic of one kind of target forward and back: by a Router, or by a Deployer.
type Mover struct{ service service }

// Over builds the mover over what a kind can do.
func Over(p Ports) *Mover {
	if p.Deployer != nil {
		return &Mover{deploying{p.Deployer}}
	}
	return &Mover{routing{p.Router}}
}

// A service is what carries out the moves: a Router's, or a Deployer's.
type service interface {
	// Read says what the target serves, or is about to serve.
	Read(ctx context.Context, t rollout.Target) (rollout.Split, error)

	// forward has the target serve to, on top of what was found. Its answer is the lock under which that can be taken back: empty where a
	// service has none.
	forward(ctx context.Context, t rollout.Target, found, to rollout.Split) (lock string, err error)

	// back has stable serve everything, on top of a lock that is known, or of whatever is there when it is empty. Its answer is what the service
	// says that it serves now.
	back(ctx context.Context, t rollout.Target, stable, lock string) (rollout.Split, error)

	// compares says whether a forward move on top of what was found loses to whoever has moved since.
	compares(found rollout.Split) bool
}

// Read says what really serves now, or is about to: what does not hold yet is Moving.
func (m *Mover) Read(ctx context.Context, t rollout.Target) (rollout.Split, error) {
	return m.service.Read(ctx, t)
}

// Forward moves forward. It is idempotent: a target that already serves the split is left alone. It writes only on top of what it read, and
// returns the split that it read back afterwards, which may be Moving: then it is called again until it is not, with the Tag that it answered.
// Where writes do not lose to others, it asks the permit once more after it has written, and undoes what it wrote over a rollback.
// Errors: those of the permit, ErrMoved when the target changed meanwhile, an Obstacle when it can never be.
func (m *Mover) Forward(ctx context.Context, t rollout.Target, to rollout.Split, p Permit) (rollout.Split, error) {
	now, err := m.service.Read(ctx, t)
	if err != nil {
		return now, err
	}
	if err := p.Allows(ctx, now); err != nil {
		if now.Same(to) { // perhaps we wrote it over the rollback
			return m.undone(ctx, t, now, now.Tag, to, err)
		}
		return now, asking(t, err)
	}
	if now.Same(to) {
		return now, nil
	}
	lock, err := m.service.forward(ctx, t, now, to)
	if err != nil && !IsMoved(err) {
		return now, err
	}
	if err == nil && !m.service.compares(now) {
		if err := p.Allows(ctx, to); err != nil {
			return m.undone(ctx, t, now, lock, to, err)
		}
	}
	// A lost lock may be our own: the SDK tried again after an answer that did not arrive. Reading back tells.
	back, err := m.service.Read(ctx, t)
	if err == nil && !back.Same(to) {
		err = fmt.Errorf("reading back %s: it serves %v, not %v: %w", t.ID(), back, to, ErrMoved)
	}
	return back, err
}

// undone is the end of a forward move that was made and that the permit did not allow: it comes undone, unless it can only have been made
// before the rollback, which then took it back.
func (m *Mover) undone(ctx context.Context, t rollout.Target, found rollout.Split, lock string, to rollout.Split, why error) (rollout.Split, error) {
	why = asking(t, why)
	if m.service.compares(found) || !IsFenced(why) {
		return found, why
	}
	back, err := m.service.back(ctx, t, to.Stable, lock)
	return back, errors.Join(why, err)
}

func asking(t rollout.Target, why error) error {
	return fmt.Errorf("asking whether %s may move: %w", t.ID(), why)
}

// Back brings all traffic to to.Stable. With to.Tag it tries once on top of that lock first and reads
// only when that lost; it repeats until it has won or ctx ends. The permit is asked after each reading: whether the
// target is still ours to bring back. It returns what the service answered that it serves, which may be Moving. Errors: an Obstacle when it
// can never be, those of the permit, with what was found.
func (m *Mover) Back(ctx context.Context, t rollout.Target, to rollout.Split, p Permit) (rollout.Split, error) {
	for lock := to.Tag; ; lock = "" {
		if lock == "" {
			now, err := m.service.Read(ctx, t)
			if err != nil || now.Serves(to.Stable) {
				return now, err
			}
			if err := p.Allows(ctx, now); err != nil {
				return now, fmt.Errorf("asking whether %s may go back: %w", t.ID(), err)
			}
			lock = now.Tag
		}
		now, err := m.service.back(ctx, t, to.Stable, lock)
		if !IsMoved(err) {
			return now, err
		}
		if err := ctx.Err(); err != nil {
			return now, fmt.Errorf("bringing %s back: %w", t.ID(), err)
		}
	}
}
