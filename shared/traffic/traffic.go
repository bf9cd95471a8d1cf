// Package traffic holds the ports behind which AWS services move traffic between two revisions, and the steps that are the same above all of
// them: read, ask whether the move is still allowed, write, read back, repeat, undo.
//
// A Router is a service that lets us split live traffic. Each implementation lives in a package of its own, named after
// the service, and passes the suite of test/conformance against the sandbox. Handlers move traffic through a Mover.
package traffic

import "errors"

// ErrMoved means that somebody else changed the target between our reading and our writing.
var ErrMoved = errors.New("somebody else moved the traffic")

// ErrFenced means that a forward move is not allowed any more: the fence is up.
var ErrFenced = errors.New("the fence is up")

// ErrOutdated means that what people have seen of a release (Previewer) is not what would happen any more: somebody changed the target since.
var ErrOutdated = errors.New("the target was changed since the release was previewed")

// IsOutdated says whether a release has to be previewed anew.
func IsOutdated(err error) bool { return errors.Is(err, ErrOutdated) }

// ErrUnfilled means that the candidate's pool cannot come up. No traffic has moved to the candidate.
var ErrUnfilled = errors.New("the candidate does not come up")

// IsUnfilled says whether a forward move failed before it began, because the candidate's pool cannot come up.
func IsUnfilled(err error) bool { return errors.Is(err, ErrUnfilled) }

// IsMoved says whether somebody else changed the target meanwhile.
func IsMoved(err error) bool { return errors.Is(err, ErrMoved) }

// IsFenced says whether a raised fence stopped a move.
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
