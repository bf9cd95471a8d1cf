package conformance

import (
	"context"
	"strconv"
	"testing"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// Memory is a target in memory, with a lock or without one: what is above the port is held to its promises on it, too.
type Memory struct {
	Locked bool // has a compare-and-set

	serves rollout.Split
	moves  int
	calls  Calls
	next   Meddling
}

// NewMemory makes a target that gives everything to stable.
func NewMemory(locked bool) *Memory {
	m := &Memory{Locked: locked}
	m.set(rollout.Split{Stable: m.Revisions().Stable})
	return m
}

var _ Fixture = (*Memory)(nil)

// Router implements Fixture.
func (m *Memory) Router() traffic.Router { return memoryRouter{m} }

// Target implements Fixture.
func (m *Memory) Target() rollout.Target {
	return rollout.Target{LambdaAlias: &kind.LambdaAlias{Function: "memory", Alias: "live"}}
}

// Revisions implements Fixture.
func (m *Memory) Revisions() Revisions { return Revisions{Stable: "1", Candidate: "2", Other: "3"} }

// Locks implements Fixture.
func (m *Memory) Locks() bool { return m.Locked }

// Serves implements Fixture.
func (m *Memory) Serves(*testing.T) rollout.Split { return m.serves }

// Move implements Fixture.
func (m *Memory) Move(_ *testing.T, to rollout.Split) { m.set(to) }

// Calls implements Fixture.
func (m *Memory) Calls() Calls { return m.calls }

// OnWrite implements Fixture.
func (m *Memory) OnWrite(next Meddling) { m.next = next }

func (m *Memory) set(to rollout.Split) {
	m.moves++
	m.serves = to.Plain()
	if m.Locked {
		m.serves.Tag = strconv.Itoa(m.moves)
	}
}

type memoryRouter struct{ m *Memory }

// Read implements traffic.Router.
func (r memoryRouter) Read(ctx context.Context, _ rollout.Target) (rollout.Split, error) {
	r.m.calls.Reads++
	return r.m.serves, ctx.Err()
}

// Write implements traffic.Router. An answer that is lost is asked for again, as the SDK does.
func (r memoryRouter) Write(ctx context.Context, t rollout.Target, to rollout.Split, lock string) (rollout.Split, error) {
	r.m.calls.Writes++
	meddling := r.m.next
	r.m.next = Meddling{}
	if meddling.Before != nil {
		meddling.Before()
	}
	if r.m.Locked && lock != r.m.serves.Tag {
		return to, traffic.ErrMoved
	}
	r.m.set(to)
	now := r.m.serves
	if meddling.After != nil {
		meddling.After()
	}
	if meddling.LoseAnswer {
		return r.Write(ctx, t, to, lock)
	}
	return now, nil
}
