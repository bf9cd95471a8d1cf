package conformance

import (
	"context"
	"errors"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// What the port promises instead of a service without a compare-and-set: its writes cannot lose, so a move asks the permit twice and undoes.
var locklessProperties = []property{
	{"Forward asks the permit before it writes and again afterwards", locklessAsksTwice, lockless},
	{"Forward undoes what it wrote over a rollback", locklessUndoes, lockless},
	{"Forward undoes what it wrote over a rollback that found nothing to do", locklessUndoesOverNothing, lockless},
	{"Forward undoes what an earlier try wrote over a rollback", locklessUndoesAnEarlierTry, lockless},
	{"Forward leaves a rollback alone that came before it wrote", locklessStops, lockless},
	{"Forward undoes nothing while it cannot look", locklessIsBlind, lockless},
}

func locklessAsksTwice(r *rig) {
	var asked []int
	_, err := r.forward(r.at(500), permit(func(context.Context, rollout.Split) error {
		asked = append(asked, r.Calls().Writes)
		return nil
	}))
	if err != nil || len(asked) != 2 || asked[0] != 0 || asked[1] != 1 {
		r.t.Errorf("it asked after %v writes, and answered %v", asked, err)
	}
}

// Invariant I3: the permit was given, then the rollback came and ended, then the write came.
func locklessUndoes(r *rig) {
	r.forwarded(r.at(500))
	fenced := false
	r.OnWrite(Meddling{Before: func() {
		fenced = true
		r.broughtBack(rollout.Split{Stable: r.Stable})
	}})
	_, err := r.forward(r.at(1500), permit(func(context.Context, rollout.Split) error {
		if fenced {
			return traffic.ErrFenced
		}
		return nil
	}))
	if !traffic.IsFenced(err) && !(recurs(r.Fixture) && traffic.IsMoved(err)) {
		r.t.Errorf("the answer is %v, want ErrFenced", err)
	}
	r.serving(rollout.Split{Stable: r.Stable})
}

// A rollback that finds stable serving writes nothing, and leaves no trace in a lock that is what serves.
func locklessUndoesOverNothing(r *rig) {
	for _, lost := range []bool{false, true} {
		fenced := false
		r.OnWrite(Meddling{LoseAnswer: lost, Before: func() {
			fenced = true
			r.broughtBack(rollout.Split{Stable: r.Stable})
		}})
		_, err := r.forward(r.at(500), permit(func(context.Context, rollout.Split) error {
			if fenced {
				return traffic.ErrFenced
			}
			return nil
		}))
		if !traffic.IsFenced(err) {
			r.t.Errorf("the answer is %v, want ErrFenced", err)
		}
		r.serving(rollout.Split{Stable: r.Stable})
	}
}

// A try that died right after its write is made again. It finds the traffic as it wants it, and the fence up.
func locklessUndoesAnEarlierTry(r *rig) {
	r.forwarded(r.at(500))
	if _, err := r.forward(r.at(500), refused); !traffic.IsFenced(err) {
		r.t.Errorf("the answer is %v, want ErrFenced", err)
	}
	r.serving(rollout.Split{Stable: r.Stable})
}

func locklessStops(r *rig) {
	cost := r.cost(func() {
		if _, err := r.forward(r.at(500), refused); !traffic.IsFenced(err) {
			r.t.Errorf("the answer is %v, want ErrFenced", err)
		}
	})
	if cost.Writes != 0 {
		r.t.Errorf("it wrote %d times", cost.Writes)
	}
}

// The next try looks again. Until then nobody knows whose the traffic is.
func locklessIsBlind(r *rig) {
	blind := errors.New("cannot look")
	asked := 0
	_, err := r.forward(r.at(500), permit(func(context.Context, rollout.Split) error {
		if asked++; asked == 2 {
			return blind
		}
		return nil
	}))
	if !errors.Is(err, blind) {
		r.t.Errorf("the answer is %v, want the permit's own error", err)
	}
	r.serving(r.at(500))
}
