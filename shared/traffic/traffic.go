// Package traffic holds the ports behind which AWS services move traffic between two revisions.
//
// A Router is a service that lets us split live traffic. Each implementation lives in a package of its own, named after
// the service, and passes the suite in traffic/conformance against the sandbox.
package traffic

import (
	"context"
	"errors"

	"sluice/shared/rollout"
)

// ErrMoved means that somebody else changed the target between our reading and our writing.
var ErrMoved = errors.New("somebody else moved the traffic")

// ErrFenced means that a forward move is not allowed any more.
var ErrFenced = errors.New("the fence is up")

// IsMoved and IsFenced classify a refused shift.
func IsMoved(err error) bool { return errors.Is(err, ErrMoved) }

// IsFenced says whether the fence stopped a shift.
func IsFenced(err error) bool { return errors.Is(err, ErrFenced) }

// An Obstacle means that a move can never succeed as things are: what it needs does not exist any more, or is refused for good. Trying
// again is useless; a person has to act.
type Obstacle struct {
	What   string // what is in the way, as a clause
	Remedy string // what a person does about it
}

// Error is the obstacle with its remedy.
func (o *Obstacle) Error() string { return o.What + "; " + o.Remedy }

// ObstacleOf finds the obstacle in an error; nil for an error that may pass by itself.
func ObstacleOf(err error) *Obstacle {
	if o := new(Obstacle); errors.As(err, &o) {
		return o
	}
	return nil
}

// A Fence says whether a move is still allowed. Routers ask it after they have read the target's lock and before they
// write, so that whatever happens in between changes the lock and wins: a rollback over a forward move (invariant I3),
// and the next release over a rollback of the one before it (I1).
type Fence interface {
	// Holds returns nil when a move from what was found may go on, ErrFenced when it may not, ErrMoved when what was
	// found is not what we left, and another error when it could not look.
	Holds(ctx context.Context, found rollout.Split) error
}

// Router splits the live traffic of one kind of target.
type Router interface {
	// Read says what really serves now.
	Read(ctx context.Context, t rollout.Target) (rollout.Split, error)

	// Shift moves forward. It is idempotent: a target that already serves the split is left alone. It writes only on
	// top of what it read (compare-and-set) and returns the split that it read back afterwards.
	// Errors: ErrFenced from the fence, ErrMoved when the target changed meanwhile, an Obstacle when it can never be.
	Shift(ctx context.Context, t rollout.Target, to rollout.Split, fence Fence) (rollout.Split, error)

	// Restore brings all traffic to to.Stable. With to.Tag it tries one compare-and-set on that lock first and reads
	// only when that lost; it repeats until it has won or ctx ends. The fence is asked after each reading: whether the
	// target is still ours to restore. It returns what the service answered that it serves. Errors: an Obstacle when it
	// can never be, ErrMoved from the fence, with what was found.
	Restore(ctx context.Context, t rollout.Target, to rollout.Split, fence Fence) (rollout.Split, error)
}
