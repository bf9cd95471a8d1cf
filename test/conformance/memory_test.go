package conformance

import "testing"

func TestMoverKeepsItsPromisesOnATargetWithALock(t *testing.T) {
	Router(t, func(*testing.T) Fixture { return NewMemory(true) })
}

func TestMoverKeepsItsPromisesOnATargetWithoutALock(t *testing.T) {
	Router(t, func(*testing.T) Fixture { return NewMemory(false) })
}
