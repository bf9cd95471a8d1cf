package conformance

import (
	"context"
	"testing"
	"testing/synctest"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// Router tests that an implementation of traffic.Router keeps what the port promises. fixture makes a fresh target each time.
func Router(t *testing.T, fixture func(t *testing.T) Fixture) {
	for _, p := range properties() {
		t.Run(p.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if f := fixture(t); p.concerns(f) {
					p.holds(newRig(t, f))
				}
			})
		})
	}
}

// A property is one sentence about the port, and the test that it holds.
type property struct {
	name  string
	holds func(*rig)
	lock  capability
}

// A capability says which services a property is about: those with a compare-and-set, those without one, or both; those with a compare-and-set whose
// lock never comes back; those that give marked requests to the candidate alone; or those that can serve any revision beside stable at once, because nobody has to fill a pool with it first.
type capability int

const (
	either capability = iota
	locked
	lockless
	versioned
	unpooled
	marking
)

func recurs(f Fixture) bool {
	r, is := f.(Recurring)
	return is && r.Recurs()
}

func (p property) concerns(f Fixture) bool {
	switch p.lock {
	case locked:
		return f.Locks()
	case versioned:
		return f.Locks() && !recurs(f)
	case lockless:
		return !f.Locks() || recurs(f)
	case marking:
		_, is := f.(Marking)
		return is
	case unpooled:
		pooled, is := f.(Pooled)
		return !is || !pooled.Pooled()
	}
	return true
}

func properties() []property {
	var all []property
	for _, group := range [][]property{readProperties, forwardProperties, permitProperties, locklessProperties, backProperties, marksProperties} {
		all = append(all, group...)
	}
	return all
}

// A rig is a fixture in the words of the properties.
type rig struct {
	Fixture
	t      *testing.T
	ctx    context.Context
	mover  *traffic.Mover
	target rollout.Target
	Revisions
}

func newRig(t *testing.T, f Fixture) *rig {
	unlocked := !f.Locks() || recurs(f)
	return &rig{Fixture: f, t: t, ctx: t.Context(), mover: traffic.Over(traffic.Ports{Router: f.Router(), Unlocked: unlocked}), target: f.Target(), Revisions: f.Revisions()}
}

// at is the split that gives the candidate a weight.
func (r *rig) at(w rollout.Weight) rollout.Split {
	return rollout.Split{Stable: r.Stable, Candidate: r.Candidate, Weight: w}
}

// intruded is the split that somebody else wants.
func (r *rig) intruded() rollout.Split {
	return rollout.Split{Stable: r.Stable, Candidate: r.Other, Weight: 1000}
}

// intrude plays somebody else who moves the traffic.
func (r *rig) intrude() { r.Move(r.t, r.intruded()) }

func (r *rig) forward(to rollout.Split, f traffic.Permit) (rollout.Split, error) {
	return r.mover.Forward(r.ctx, r.target, to, f)
}

// forwarded makes a move forward that nothing hinders, and answers what it read back.
func (r *rig) forwarded(to rollout.Split) rollout.Split {
	r.t.Helper()
	back, err := r.forward(to, allowed)
	if err != nil {
		r.t.Fatalf("moving to %v: %v", to, err)
	}
	r.same("what Forward says that it read back", back, to)
	r.serving(to)
	return back
}

// broughtBack makes a move back that wins, and answers what it left.
func (r *rig) broughtBack(to rollout.Split) rollout.Split {
	r.t.Helper()
	now, err := r.mover.Back(r.ctx, r.target, to, ours)
	if err != nil {
		r.t.Fatalf("bringing back: %v", err)
	}
	r.same("what Back says that it left", now, rollout.Split{Stable: to.Stable})
	r.serving(rollout.Split{Stable: to.Stable})
	return now
}

// serving fails unless this is what really serves.
func (r *rig) serving(want rollout.Split) {
	r.t.Helper()
	r.same("what really serves", r.Serves(r.t), want)
}

func (r *rig) same(what string, got, want rollout.Split) {
	r.t.Helper()
	if !got.Same(want) {
		r.t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// cost counts the calls that something makes.
func (r *rig) cost(do func()) Calls {
	before := r.Calls()
	do()
	after := r.Calls()
	return Calls{Reads: after.Reads - before.Reads, Writes: after.Writes - before.Writes}
}

// permit is a traffic.Permit that asks a function; allowed lets everything through.
type permit func(ctx context.Context, found rollout.Split) error

// Allows implements traffic.Permit.
func (p permit) Allows(ctx context.Context, found rollout.Split) error { return p(ctx, found) }

var allowed = permit(func(context.Context, rollout.Split) error { return nil })
