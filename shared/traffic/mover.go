package traffic

import (
	"context"
	"errors"
	"fmt"

	"sluice/shared/rollout"
)

// Mover moves the traffic of one kind of target forward and back: by a Router, or by a Deployer.
type Mover struct {
	service service
	filler  Filler  // nil: the candidate stands ready
	undoing Undoing // nil: there is nothing beside the traffic that a way back undoes
}

// Over builds the mover above the ports of a kind.
func Over(p Ports) *Mover { return Along(p, rollout.Course{}) }

// Along is a mover whose moves forward are part of a release's course.
func Along(p Ports, c rollout.Course) *Mover {
	if p.Deployer != nil {
		undoing, _ := p.Deployer.(Undoing)
		return &Mover{deploying{p.Deployer, c}, p.Filler, undoing}
	}
	return &Mover{service: routing{p.Router, p.Unlocked}, filler: p.Filler}
}

// A service is what carries out the moves: a Router's, or a Deployer's.
type service interface {
	// Read says what the target serves, or is about to serve.
	Read(ctx context.Context, t rollout.Target) (rollout.Split, error)

	// forward makes the target serve to, on top of what was found. It returns the lock under which that can be taken back; empty when the
	// service has none.
	forward(ctx context.Context, t rollout.Target, found, to rollout.Split) (lock string, err error)

	// back makes stable serve everything, on top of a known lock, or, if lock is empty, of whatever is there. It returns what the service says
	// that the target serves now.
	back(ctx context.Context, t rollout.Target, stable, lock string) (rollout.Split, error)

	// follow adds to what was read whether the move holds yet that left this tag, if reading does not tell.
	follow(ctx context.Context, t rollout.Target, now rollout.Split, tag string) (rollout.Split, error)

	// follows says whether only the tag of a move tells whether that holds.
	follows() bool

	// leads says whether what was found will become to when it is moved forward again and again, without anything being begun anew.
	leads(found, to rollout.Split) bool

	// waits says why the service takes no move now that it will take later; empty when it takes one, or says so itself.
	waits(found rollout.Split) string

	// hopeless is the error that says why a move that is under way will not come to an end.
	hopeless(ctx context.Context, t rollout.Target, now rollout.Split) error

	// lost is the error that says why a split that was not written was read back after the move that left this lock.
	lost(ctx context.Context, t rollout.Target, back, to rollout.Split, lock string) error

	// repelled is the error that says why a way back to stable that left this lock will not come to an end; nil when it has, or may yet, or the lock is
	// another move's.
	repelled(ctx context.Context, t rollout.Target, stable, lock string) error

	// cleared says how far a service is that has to let go of the move before, until another one may begin; empty when it may.
	cleared(ctx context.Context, t rollout.Target) (waits string, err error)

	// evict has the service take back a deployment that somebody else began.
	evict(ctx context.Context, t rollout.Target, handle string) error

	// compares says whether a forward move on top of what was found fails if somebody has moved the target since (compare-and-set).
	compares(found rollout.Split) bool
}

// Read says what the target really serves now, or is about to serve: then Moving says how far it is.
func (m *Mover) Read(ctx context.Context, t rollout.Target) (rollout.Split, error) {
	return m.service.Read(ctx, t)
}

// seen reads the target for somebody who knows which revision is stable.
func (m *Mover) seen(ctx context.Context, t rollout.Target, stable string) (rollout.Split, error) {
	now, err := m.service.Read(ctx, t)
	return now.From(stable), err
}

// Forward moves forward. It is idempotent: a target that already serves the split is left alone. A candidate without traffic is brought up
// first, if the kind has pools, and a service lets go of the move before: until then, Forward returns what it found, as Moving and Filling. It writes only on top of what it read, and
// returns the split that it read back. If that is Moving, the caller calls again, with the Tag that it got, until it is not: a split that was only
// Announced is written on then, and a deployment that rests below what is wanted goes on. If the service has no compare-and-set, Forward asks the permit once more after the write, and takes its write back
// if a rollback came between. Errors: those of the permit, ErrMoved when the target changed meanwhile, an Obstacle when the move can never succeed,
// which is ErrUnfilled, too, when the candidate does not come up.
func (m *Mover) Forward(ctx context.Context, t rollout.Target, to rollout.Split, p Permit) (rollout.Split, error) {
	now, err := m.seen(ctx, t, to.Stable)
	if err != nil {
		return now, err
	}
	if err := p.Allows(ctx, now); err != nil {
		if now.Same(to) { // perhaps we wrote it over the rollback
			return m.undone(ctx, t, now, now.Tag, to, err)
		}
		return now, asking(t, err)
	}
	if waits, err := m.filled(ctx, t, now, to); err != nil || waits != "" {
		now.Moving, now.Filling = waits, err == nil
		return now, err
	}
	if now.Moving != "" && !now.Announced && (now.Same(to) || m.service.leads(now, to)) {
		if err := m.service.hopeless(ctx, t, now); err != nil {
			return now, err
		}
	}
	if now.Same(to) && !now.Announced {
		return m.service.follow(ctx, t, now, to.Tag)
	}
	if now.Moving != "" && m.service.leads(now, to) {
		return now, nil
	}
	if waits := m.service.waits(now); waits != "" {
		now.Moving = waits
		return now, nil
	}
	lock, err := m.service.forward(ctx, t, now, to)
	if err != nil && !IsMoved(err) {
		return now, err
	}
	answered := err == nil
	if answered && !m.service.compares(now) {
		if err := p.Allows(ctx, to); err != nil {
			return m.undone(ctx, t, now, lock, to, err)
		}
	}
	// An outdated lock may be our own doing: the SDK tried again after an answer that did not arrive. Reading back tells.
	back, err := m.seen(ctx, t, to.Stable)
	if err == nil && answered && back.Rests && m.service.leads(back, to) {
		back.Moving = "it was told to go on"
	}
	if err == nil && !back.Same(to) && (back.Moving == "" || !m.service.leads(back, to)) {
		err = m.service.lost(ctx, t, back, to, lock)
	}
	if err != nil {
		return back, err
	}
	if !answered && !m.service.compares(now) { // it is our own doing, and was not asked for again yet
		if err := p.Allows(ctx, back); err != nil {
			return m.undone(ctx, t, back, back.Tag, to, err)
		}
	}
	return m.service.follow(ctx, t, back, lock)
}

// moved is the error of a target that somebody else has moved since it was written.
func moved(t rollout.Target, back, to rollout.Split) error {
	return fmt.Errorf("reading back %s: it serves %v, not %v: %w", t.ID(), back, to, ErrMoved)
}

// filled says how far a candidate is that has no traffic yet, or its service; empty when it stands ready.
func (m *Mover) filled(ctx context.Context, t rollout.Target, now, to rollout.Split) (waits string, err error) {
	switch has := now.Plain(); {
	case to.Candidate == "" || has.Stable == to.Candidate || has.Candidate == to.Candidate:
		return "", nil
	case m.filler == nil:
		return m.service.cleared(ctx, t)
	}
	p, err := m.filler.Fill(ctx, t, to.Stable, to.Candidate, to.Since)
	if err == nil && p.Failed != "" {
		err = &Obstacle{What: p.Failed, Remedy: "mend that, and release again"}
	}
	if ObstacleOf(err) != nil {
		err = errors.Join(ErrUnfilled, err)
	}
	return p.Moving, err
}

// undone ends a forward move that was made although the permit does not allow it any more: it takes the move back. With a compare-and-set
// the move can only have been made before the rollback, which takes it back itself.
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

// Evict has the service take back the deployment of somebody else that a target was found in. It asks the permit after that reading: whoever brings
// traffic back raises the fence first, so a way back is never taken for somebody else's deployment. Errors: those of the permit, an Obstacle when the
// service takes no such word.
func (m *Mover) Evict(ctx context.Context, t rollout.Target, found rollout.Split, p Permit) error {
	if err := p.Allows(ctx, found); err != nil {
		return asking(t, err)
	}
	return m.service.evict(ctx, t, found.Tag)
}

// Back brings all traffic to to.Stable. With to.Tag it first tries once on top of that lock, and reads only if the lock is outdated. It
// repeats until a write succeeds or ctx ends. After each reading it asks the permit whether the target is still ours to bring back. It
// returns what the service says that the target serves, which may be Moving. Errors: an Obstacle when it can never succeed, and those of
// the permit, with what was found.
func (m *Mover) Back(ctx context.Context, t rollout.Target, to rollout.Split, p Permit) (rollout.Split, error) {
	return m.back(ctx, t, to, p, to.Tag, "")
}

// Resume is Back for who may have begun it before: it reads first. If stable serves everything already, it follows the move that left to.Tag, and
// answers a split that is Moving until that move holds. Without a tag nobody knows which move to follow: then the split is Moving and has no Tag.
func (m *Mover) Resume(ctx context.Context, t rollout.Target, to rollout.Split, p Permit) (rollout.Split, error) {
	now, err := m.back(ctx, t, to, p, "", to.Tag)
	if err == nil && to.Tag == "" && now.Moving == "" && m.service.follows() {
		now.Moving, now.Tag = "it was begun before", ""
	}
	return now, err
}

func (m *Mover) back(ctx context.Context, t rollout.Target, to rollout.Split, p Permit, lock, begun string) (rollout.Split, error) {
	for ; ; lock = "" {
		if lock == "" {
			now, err := m.seen(ctx, t, to.Stable)
			if err == nil && now.Serves(to.Stable) {
				if err := m.undo(ctx, t, now, to.Stable, p); err != nil {
					return now, err
				}
				return m.service.follow(ctx, t, now, begun)
			}
			if err != nil {
				return now, err
			}
			if err := p.Allows(ctx, now); err != nil {
				return now, fmt.Errorf("asking whether %s may go back: %w", t.ID(), err)
			}
			if begun != "" && begun == now.Tag {
				if err := m.service.repelled(ctx, t, to.Stable, begun); err != nil {
					return now, err
				}
			}
			lock = now.Tag
		}
		now, err := m.service.back(ctx, t, to.Stable, lock)
		if err == nil {
			err = m.undo(ctx, t, now, to.Stable, p)
		}
		if !IsMoved(err) {
			return now, err
		}
		if err := ctx.Err(); err != nil {
			return now, fmt.Errorf("bringing %s back: %w", t.ID(), err)
		}
	}
}

// undo takes back what a start did beside the traffic, after the traffic.
func (m *Mover) undo(ctx context.Context, t rollout.Target, now rollout.Split, stable string, p Permit) error {
	if m.undoing == nil {
		return nil
	}
	return m.undoing.Undo(ctx, t, stable, func() error {
		if err := p.Allows(ctx, now); err != nil {
			return fmt.Errorf("asking whether %s may go back: %w", t.ID(), err)
		}
		return nil
	})
}
