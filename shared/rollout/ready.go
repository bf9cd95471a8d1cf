package rollout

import (
	"errors"
)

// NotReady is the error of what passes by itself: a version that Lambda is still preparing, or a function that is being updated. A function
// of the state machine returns it as it is, for its name is what the machine's Retry knows it by: it tries again for half an
// hour, without a state of its own.
type NotReady struct{ What string }

// NotReadyError is the name under which Step Functions knows a NotReady: Lambda names an error by its Go type.
const NotReadyError = "NotReady"

// Error says what is waited for.
func (e *NotReady) Error() string { return e.What }

// Bare is an error without what was wrapped around a NotReady, which would hide its name.
func Bare(err error) error {
	if n := new(NotReady); errors.As(err, &n) {
		return n
	}
	return err
}

// Moving is the error of a Settle that finds its traffic on the way back: Rollback, which can wait for that, goes on. A function returns it as it is,
// for its name is what the machine's Catch knows it by.
type Moving struct{ What string }

// MovingError is the name under which Step Functions knows a Moving.
const MovingError = "Moving"

// Error says how far it is.
func (e *Moving) Error() string { return e.What }
