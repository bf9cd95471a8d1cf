package conformance

import (
	"testing"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// A Fixture is a router and one target of the test's own. At first the target gives everything to stable. What the
// fixture does itself bypasses the router and does not count as a call of it.
type Fixture interface {
	Router() traffic.Router
	Target() rollout.Target
	Revisions() Revisions
	// Locks says whether the service has a compare-and-set.
	Locks() bool

	// Serves reads what really serves.
	Serves(t *testing.T) rollout.Split
	// Move plays somebody else who moves the traffic. It makes a new lock even when the division stays the same.
	Move(t *testing.T, to rollout.Split)

	// Calls counts what the router asked of the service so far.
	Calls() Calls
	// OnWrite meddles with the router's next write only. For another one, call it again.
	OnWrite(m Meddling)
}

// Pooled is a Fixture of a kind that has a pool for each of two revisions: what serves beside stable must be there already.
type Pooled interface{ Pooled() bool }

// Recurring is a Fixture of a kind with a compare-and-set by what serves: the lock comes back when somebody moves there and back. So a forward move
// can win over a rollback that found nothing to do, and is asked for again after it was made.
type Recurring interface{ Recurs() bool }

// Rereading is a Fixture whose router reads the target once more for a write, unless the tag says all that the write needs.
type Rereading interface{ Rereads() bool }

// Revisions are three revisions that the target can serve, any two of them side by side.
type Revisions struct{ Stable, Candidate, Other string }

// Calls counts the reads and writes that reached the service, including the SDK's own retries.
type Calls struct{ Reads, Writes int }

// Meddling is what happens around one write.
type Meddling struct {
	Before, After func()
	LoseAnswer    bool // the write is carried out, and the connection breaks before the answer
}
