package conformance

import (
	"context"
	"errors"

	"github.com/google/go-cmp/cmp"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

var fenceProperties = []property{
	{"Shift asks the fence once, after reading and before writing, with what it found", fenceIsAskedInBetween},
	{"Shift asks the fence even when there is nothing to move", fenceIsAlwaysAsked},
	{"Shift stops at a fence that is up, with what it found", fenceStops},
	{"Shift passes on what the fence could not do", fenceErrorsPass},
	{"Shift loses to a rollback that begins while the fence is asked", fenceLosesToARollback},
	{"Restore wins against a shift that is under way", restoreOvertakesAShift},
}

func fenceIsAskedInBetween(r *rig) {
	r.intrude()
	var asked []Calls
	began := r.Calls()
	_, err := r.shift(r.at(500), fence(func(_ context.Context, found rollout.Split) error {
		now := r.Calls()
		asked = append(asked, Calls{Reads: now.Reads - began.Reads, Writes: now.Writes - began.Writes})
		r.same("what the fence is told", found, r.intruded())
		if want := r.Serves(r.t).Tag; found.Tag != want {
			r.t.Errorf("the fence is told lock %q, the target has %q", found.Tag, want)
		}
		return nil
	}))
	if err != nil {
		r.t.Fatal(err)
	}
	if diff := cmp.Diff([]Calls{{Reads: 1}}, asked); diff != "" {
		r.t.Errorf("calls made when the fence was asked (-want +got):\n%s", diff)
	}
}

// A release whose fence is up must not hear that its step is done, also when an earlier attempt had moved already.
func fenceIsAlwaysAsked(r *rig) {
	r.shifted(r.at(500))
	_, err := r.shift(r.at(500), up)
	if !traffic.IsFenced(err) {
		r.t.Errorf("the answer is %v, want ErrFenced", err)
	}
}

func fenceStops(r *rig) {
	for _, refusal := range []error{traffic.ErrFenced, traffic.ErrMoved} {
		r.Move(r.t, r.intruded())
		cost := r.cost(func() {
			found, err := r.shift(r.at(500), fence(func(context.Context, rollout.Split) error { return refusal }))
			if !errors.Is(err, refusal) {
				r.t.Errorf("the answer is %v, want %v", err, refusal)
			}
			r.same("what Shift says that it found", found, r.intruded())
		})
		if cost.Writes != 0 {
			r.t.Errorf("it wrote %d times against %v", cost.Writes, refusal)
		}
		r.serving(r.intruded())
	}
}

func fenceErrorsPass(r *rig) {
	blind := errors.New("cannot look")
	_, err := r.shift(r.at(500), fence(func(context.Context, rollout.Split) error { return blind }))
	if !errors.Is(err, blind) || traffic.IsFenced(err) || traffic.IsMoved(err) {
		r.t.Errorf("the answer is %v, want the fence's own error", err)
	}
	r.serving(rollout.Split{Stable: r.Stable})
}

// Invariant I3: the fence still said yes, then the rollback came, then the shift writes.
func fenceLosesToARollback(r *rig) {
	r.shifted(r.at(500))
	_, err := r.shift(r.at(2500), fence(func(_ context.Context, found rollout.Split) error {
		r.restored(rollout.Split{Stable: r.Stable, Tag: found.Tag})
		return nil
	}))
	if !traffic.IsMoved(err) {
		r.t.Errorf("the answer is %v, want ErrMoved", err)
	}
	r.serving(rollout.Split{Stable: r.Stable})
}

// Invariant I3, the other way round: the shift writes first, so the rollback's lock is stale.
func restoreOvertakesAShift(r *rig) {
	before := r.shifted(r.at(500))
	r.shifted(r.at(2500))
	r.restored(rollout.Split{Stable: r.Stable, Tag: before.Tag})
}

var up = fence(func(context.Context, rollout.Split) error { return traffic.ErrFenced })
