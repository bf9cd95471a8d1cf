package rollout

import (
	"errors"
)

// NotReady is the error of a condition that passes by itself: Lambda is still preparing a version, or updating a function. A function of the
// state machine returns it unwrapped, because the machine's Retry knows the error by its name. It tries again for half an hour, without
// a state of its own.
type NotReady struct{ What string }

// NotReadyError is the name under which Step Functions knows a NotReady: Lambda names an error by its Go type.
const NotReadyError = "NotReady"

// Error says what is waited for.
func (e *NotReady) Error() string { return e.What }

// Bare unwraps a NotReady, because a wrapper would hide its name; other errors stay as they are.
func Bare(err error) error {
	if n := new(NotReady); errors.As(err, &n) {
		return n
	}
	return err
}

// Moving is the error of a Settle that finds its traffic still on the way back: Rollback goes on, because it can wait for that. A function returns it
// unwrapped, because the machine's Catch knows the error by its name.
type Moving struct{ What string }

// MovingError is the name under which Step Functions knows a Moving.
const MovingError = "Moving"

// Error says how far the move is.
func (e *Moving) Error() string { return e.What }
