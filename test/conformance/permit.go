package conformance

import (
	"context"
	"errors"

	"github.com/google/go-cmp/cmp"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

var permitProperties = []property{
	{"Forward asks the permit once, after reading and before writing, with what it found", permitIsAskedInBetween, versioned},
	{"Forward asks the permit even when there is nothing to move", permitIsAlwaysAsked, either},
	{"Forward stops at a permit that is refused, with what it found", permitStops, either},
	{"Forward passes on what the permit could not do", permitErrorsPass, either},
	{"Forward loses to a rollback that begins while the permit is asked", permitLosesToARollback, locked},
	{"Back wins against a shift that is under way", backOvertakesAShift, either},
}

func permitIsAskedInBetween(r *rig) {
	r.intrude()
	var asked []Calls
	began := r.Calls()
	_, err := r.forward(r.at(500), permit(func(_ context.Context, found rollout.Split) error {
		now := r.Calls()
		asked = append(asked, Calls{Reads: now.Reads - began.Reads, Writes: now.Writes - began.Writes})
		r.same("what the permit is told", found, r.intruded())
		if want := r.Serves(r.t).Tag; found.Tag != want {
			r.t.Errorf("the permit is told lock %q, the target has %q", found.Tag, want)
		}
		return nil
	}))
	if err != nil {
		r.t.Fatal(err)
	}
	if diff := cmp.Diff([]Calls{{Reads: 1}}, asked); diff != "" {
		r.t.Errorf("calls made when the permit was asked (-want +got):\n%s", diff)
	}
}

// A release whose fence is up must not hear that its step is done, even when an earlier attempt had moved the traffic already.
func permitIsAlwaysAsked(r *rig) {
	r.forwarded(r.at(500))
	_, err := r.forward(r.at(500), refused)
	if !traffic.IsFenced(err) {
		r.t.Errorf("the answer is %v, want ErrFenced", err)
	}
}

func permitStops(r *rig) {
	for _, refusal := range []error{traffic.ErrFenced, traffic.ErrMoved} {
		r.Move(r.t, r.intruded())
		cost := r.cost(func() {
			found, err := r.forward(r.at(500), permit(func(context.Context, rollout.Split) error { return refusal }))
			if !errors.Is(err, refusal) {
				r.t.Errorf("the answer is %v, want %v", err, refusal)
			}
			r.same("what Forward says that it found", found, r.intruded())
		})
		if cost.Writes != 0 {
			r.t.Errorf("it wrote %d times against %v", cost.Writes, refusal)
		}
		r.serving(r.intruded())
	}
}

func permitErrorsPass(r *rig) {
	blind := errors.New("cannot look")
	_, err := r.forward(r.at(500), permit(func(context.Context, rollout.Split) error { return blind }))
	if !errors.Is(err, blind) || traffic.IsFenced(err) || traffic.IsMoved(err) {
		r.t.Errorf("the answer is %v, want the permit's own error", err)
	}
	r.serving(rollout.Split{Stable: r.Stable})
}

// Invariant I3: the permit still said yes, then the rollback came, then the shift writes.
func permitLosesToARollback(r *rig) {
	for _, w := range []rollout.Weight{1500, rollout.All} { // a promotion may be another call than a share
		r.forwarded(r.at(500))
		_, err := r.forward(r.at(w), permit(func(_ context.Context, found rollout.Split) error {
			r.broughtBack(rollout.Split{Stable: r.Stable, Tag: found.Tag})
			return nil
		}))
		if !traffic.IsMoved(err) {
			r.t.Errorf("the answer of a move to %v is %v, want ErrMoved", w, err)
		}
		r.serving(rollout.Split{Stable: r.Stable})
	}
}

// Invariant I3, the other way round: the shift writes first, so the rollback's lock is stale.
func backOvertakesAShift(r *rig) {
	before := r.forwarded(r.at(500))
	r.forwarded(r.at(1500))
	r.broughtBack(rollout.Split{Stable: r.Stable, Tag: before.Tag})
}

var refused = permit(func(context.Context, rollout.Split) error { return traffic.ErrFenced })
