package conformance

import (
	"context"
	"testing"
	"testing/synctest"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// Router holds an implementation of traffic.Router to the port. fixture makes a fresh target each time.
func Router(t *testing.T, fixture func(t *testing.T) Fixture) {
	for _, p := range properties() {
		t.Run(p.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { p.holds(newRig(t, fixture(t))) })
		})
	}
}

// A property is one sentence about the port, and what shows that it holds.
type property struct {
	name  string
	holds func(*rig)
}

func properties() []property {
	var all []property
	for _, group := range [][]property{readProperties, shiftProperties, fenceProperties, restoreProperties} {
		all = append(all, group...)
	}
	return all
}

// A rig is a fixture in the words of the properties.
type rig struct {
	Fixture
	t      *testing.T
	ctx    context.Context
	router traffic.Router
	target rollout.Target
	Revisions
}

func newRig(t *testing.T, f Fixture) *rig {
	return &rig{Fixture: f, t: t, ctx: t.Context(), router: f.Router(), target: f.Target(), Revisions: f.Revisions()}
}

// at is the split that gives the candidate a weight.
func (r *rig) at(w rollout.Weight) rollout.Split {
	return rollout.Split{Stable: r.Stable, Candidate: r.Candidate, Weight: w}
}

// intruded is what somebody else wants.
func (r *rig) intruded() rollout.Split {
	return rollout.Split{Stable: r.Stable, Candidate: r.Other, Weight: 5000}
}

// intrude is somebody else at work.
func (r *rig) intrude() { r.Move(r.t, r.intruded()) }

func (r *rig) shift(to rollout.Split, f traffic.Fence) (rollout.Split, error) {
	return r.router.Shift(r.ctx, r.target, to, f)
}

// shifted is a shift that nothing hinders.
func (r *rig) shifted(to rollout.Split) rollout.Split {
	r.t.Helper()
	back, err := r.shift(to, down)
	if err != nil {
		r.t.Fatalf("shifting to %v: %v", to, err)
	}
	r.same("what Shift says that it read back", back, to)
	r.serving(to)
	return back
}

// restored is a restore that wins.
func (r *rig) restored(to rollout.Split) rollout.Split {
	r.t.Helper()
	now, err := r.router.Restore(r.ctx, r.target, to, ours)
	if err != nil {
		r.t.Fatalf("restoring: %v", err)
	}
	r.same("what Restore says that it restored", now, rollout.Split{Stable: to.Stable})
	r.serving(rollout.Split{Stable: to.Stable})
	return now
}

// serving compares what really serves.
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

// fence asks a function; down is the fence that lets everything through.
type fence func(ctx context.Context, found rollout.Split) error

// Holds implements traffic.Fence.
func (f fence) Holds(ctx context.Context, found rollout.Split) error { return f(ctx, found) }

var down = fence(func(context.Context, rollout.Split) error { return nil })
